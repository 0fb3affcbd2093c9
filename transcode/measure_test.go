package transcode

import (
	"bytes"
	"testing"

	"rung"
)

// Each rendition is measured against its own stream, and the engine is told nothing of where the source lies.
func TestMeasure(t *testing.T) {
	e, err := NewEngine(fakeOptions(t, "ready"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	task := rung.Task{Parts: []rung.Part{{Object: &rung.ObjectRange{URL: "https://user:secret@host/a"}}},
		Ladder: rung.Ladder{Video: []rung.VideoRendition{{ID: "a"}, {ID: "b"}}}}
	source, a, b := bytes.NewReader(make([]byte, 5)), bytes.NewReader(make([]byte, 7)), bytes.NewReader(make([]byte, 11))
	reply, err := e.Measure(t.Context(), task, []Input{source}, []Input{a, b}, "mov")
	if err != nil {
		t.Fatal(err)
	}
	if r := reply.Renditions; len(r) != 2 || r[0].ID != "a of input:0 as mov" || r[0].Width != 7 || r[1].ID != "b of input:0 as mov" || r[1].Width != 11 {
		t.Errorf("%+v", r)
	}
	for name, streams := range map[string][2][]Input{"a stream short": {{source}, {a}}, "no source": {nil, {a, b}}} {
		if _, err := e.Measure(t.Context(), task, streams[0], streams[1], ""); rung.CodeOf(err) != rung.CodeInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
}
