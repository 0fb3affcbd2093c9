package transcode

import (
	"bytes"
	"context"

	"rung"
	"rung/internal/objects"
)

// sources are a task's parts, open for the engine to read.
type sources struct {
	inputs []Input
	opened []objects.Object
}

// openSources reads the parts that lie in the source window and opens those that are objects. ctx bounds the reads of
// objects later on as well. Close the sources after use.
func openSources(ctx context.Context, o WorkerOptions, task rung.Task) (*sources, error) {
	s := &sources{}
	for i, p := range task.Parts {
		var err error
		switch {
		case p.Window != nil && p.Object == nil && o.Window != nil:
			err = s.readWindow(ctx, o.Window, task, *p.Window)
		case p.Object != nil && p.Window == nil && o.Open != nil:
			err = s.openObject(ctx, o.Open, p)
		default:
			err = rung.Errorf(rung.CodeInternal, "", "segment %v: part %d has no source that this worker can read", task.ID, i)
		}
		if err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// readWindow takes a range of the source window into memory: a few seconds of source.
func (s *sources) readWindow(ctx context.Context, w Window, task rung.Task, r rung.WindowRange) error {
	var data []byte
	err := persist(ctx, func() (err error) {
		data, err = w.Read(ctx, r)
		return err
	})
	switch {
	case rung.CodeOf(err) == rung.CodeNotFound:
		return &rung.Error{Code: rung.CodeBadInput, Message: "segment " + task.ID.String() + ": its source is no longer in the window",
			Hint: "the segment waited too long for a worker: add nodes, or make the source window longer", Err: err}
	case err != nil:
		return err
	case int64(len(data)) != r.Length:
		return rung.Errorf(rung.CodeUnavailable, "", "segment %v: the source window gave %d bytes of %d", task.ID, len(data), r.Length)
	}
	s.inputs = append(s.inputs, bytes.NewReader(data))
	return nil
}

// openObject opens an object and holds it to what the task was planned on. A transport stream is read in its range only.
func (s *sources) openObject(ctx context.Context, open Opener, p rung.Part) error {
	var o objects.Object
	err := persist(ctx, func() (err error) {
		o, err = open(ctx, p.Object.URL)
		return err
	})
	if err != nil {
		return err
	}
	s.opened = append(s.opened, o)
	if o.Size() != p.Object.Size || p.Object.ETag != "" && o.ETag() != p.Object.ETag {
		return rung.Errorf(rung.CodeBadInput, "start the job again; publish a new version of a file under a new name",
			"the source changed after it was indexed: it had %d bytes and version %s, now %d and %s", p.Object.Size, p.Object.ETag, o.Size(), o.ETag())
	}
	if p.Object.End == 0 {
		s.inputs = append(s.inputs, o)
		return nil
	}
	if p.Object.Offset < 0 || p.Object.Offset > p.Object.End || p.Object.End > o.Size() {
		return rung.Errorf(rung.CodeInternal, "", "range %d to %d is not in a source of %d bytes", p.Object.Offset, p.Object.End, o.Size())
	}
	s.inputs = append(s.inputs, objects.Section(o, p.Object.Offset, p.Object.End))
	return nil
}

// close closes the objects; they were only read.
func (s *sources) close() {
	for _, o := range s.opened {
		_ = o.Close()
	}
}
