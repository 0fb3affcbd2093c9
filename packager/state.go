package packager

import "context"

// State keeps what must outlast a packager: one small document for each presentation, changed by compare and set.
type State interface {
	// Load gives a document and its revision; a not_found Error where there is none.
	Load(ctx context.Context, id string) (data []byte, rev uint64, err error)
	// Save writes a document whose revision is still rev (0: there is none yet) and gives its new revision; a conflict
	// Error where it is another by now.
	Save(ctx context.Context, id string, data []byte, rev uint64) (uint64, error)
	// Delete removes a document; one that is not there is no error.
	Delete(ctx context.Context, id string) error
}
