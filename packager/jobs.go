package packager

import (
	"context"

	"rung"
)

// Jobs are the VOD transcodes.
type Jobs interface {
	// Watch calls fn with each job that is there and its revision, then with each change, in order, one at a time; nil
	// means that the job was deleted. It tells also of one that was deleted while nobody watched, if State has a document
	// of it. It returns when ctx ends.
	Watch(ctx context.Context, fn func(id string, j *rung.Job, rev uint64)) error
	// Update writes a job whose revision is still rev and gives its new revision; a conflict Error where it is another.
	Update(ctx context.Context, j rung.Job, rev uint64) (uint64, error)
}
