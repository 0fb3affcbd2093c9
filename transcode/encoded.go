package transcode

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"rung"
	"rung/transcode/protocol"
)

// maxEncoded bounds what an encode may give, in bytes, so that a child gone wild cannot fill this process's memory. A
// segment of 10 s at 200 Mbit/s has half of it.
const maxEncoded = 512 << 20

// Encoded is one segment as the engine gave it.
type Encoded struct {
	Reply protocol.EncodeReply
	// Objects has "ID/init" and "ID/media" of each rendition.
	Objects map[string][]byte
}

// Encode encodes a task whose parts are read from inputs, one for each: of a transport stream exactly the part's range,
// of other containers the whole file. Where the task has a slate, the last input may be that as RenderSlate gives it; without
// it the built-in one is shown. The child is told nothing of where the source and the segment lie.
func (e *Engine) Encode(ctx context.Context, task rung.Task, inputs []Input) (*Encoded, error) {
	if needed := len(task.Parts); len(inputs) != needed && !(hasSlate(task) && len(inputs) == needed+1) {
		return nil, rung.Errorf(rung.CodeInternal, "", "segment %v: %d inputs for %d parts", task.ID, len(inputs), needed)
	}
	bare := withoutPlaces(task)
	if len(inputs) == len(task.Parts) {
		bare.Slate = "" // the built-in one
	}
	req := protocol.Request{Op: protocol.OpEncode, Task: &bare}
	readers := make([]io.ReaderAt, len(inputs))
	for i, in := range inputs {
		req.Inputs = append(req.Inputs, protocol.Input{Size: in.Size()})
		readers[i] = in
	}
	out := &Encoded{Objects: map[string][]byte{}}
	total := 0
	payload, err := e.Do(ctx, req, readers, func(name string, data []byte) error {
		if total += len(data); total > maxEncoded {
			return rung.Errorf(rung.CodeEngine, "", "segment %v: the engine gave more than %d bytes", task.ID, maxEncoded)
		}
		out.Objects[name] = append(out.Objects[name], data...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(payload, &out.Reply); err != nil {
		return nil, rung.Errorf(rung.CodeEngine, "", "segment %v: the engine's reply: %w", task.ID, err)
	}
	return out, out.check(task)
}

// hasSlate reports whether a task has a picture of its own for a source that is not there.
func hasSlate(t rung.Task) bool { return t.Slate != "" && len(t.Ladder.Video) > 0 }

// check holds the engine to the task: each rendition has a track, an init segment and a media segment.
func (o *Encoded) check(task rung.Task) error {
	for _, id := range renditionIDs(task.Ladder) {
		track, ok := o.track(id)
		if !ok {
			return rung.Errorf(rung.CodeEngine, "", "segment %v: the engine's reply has no track %q", task.ID, id)
		}
		if err := checkTrack(task.ID, track); err != nil {
			return err
		}
		for _, object := range []string{id + "/init", id + "/media"} {
			if len(o.Objects[object]) == 0 {
				return rung.Errorf(rung.CodeEngine, "", "segment %v: the engine gave no %s", task.ID, object)
			}
		}
	}
	return nil
}

// track finds a rendition in the reply.
func (o *Encoded) track(id string) (protocol.EncodedTrack, bool) {
	i := slices.IndexFunc(o.Reply.Tracks, func(t protocol.EncodedTrack) bool { return t.ID == id })
	if i < 0 {
		return protocol.EncodedTrack{}, false
	}
	return o.Reply.Tracks[i], true
}

// renditionIDs are a ladder's, video first.
func renditionIDs(l rung.Ladder) []string {
	var ids []string
	for _, v := range l.Video {
		ids = append(ids, v.ID)
	}
	for _, a := range l.Audio {
		ids = append(ids, a.ID)
	}
	return ids
}

// withoutPlaces is the task without URLs, which may hold credentials: the child decodes hostile input and has no use for
// them.
func withoutPlaces(t rung.Task) rung.Task {
	t.Store = ""
	t.Parts = slices.Clone(t.Parts)
	for i, p := range t.Parts {
		if p.Object != nil {
			object := *p.Object
			object.URL, object.ETag = fmt.Sprintf("input:%d", i), ""
			t.Parts[i].Object = &object
		}
	}
	return t
}
