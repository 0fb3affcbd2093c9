package protocol

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"rung"
)

// message is the bytes of one message.
func message(t Type, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{byte(t), 0, 0, 0}, uint32(len(payload)))
	return append(b, payload...)
}

// reading is a Conn that reads b.
func reading(b []byte) *Conn { return NewConn(bytes.NewReader(b), io.Discard) }

func TestMessagesRoundTrip(t *testing.T) {
	var wire bytes.Buffer
	c := NewConn(&wire, &wire)
	sent := []struct {
		kind   Type
		pieces [][]byte
	}{
		{MsgReady, [][]byte{[]byte(`{}`)}},
		{MsgData, nil},
		{MsgData, [][]byte{{1}, {}, {2, 3}}},
		{MsgData, [][]byte{make([]byte, MaxPayload)}},
		{MsgFailed, [][]byte{[]byte("x")}},
	}
	for _, m := range sent {
		if err := c.Write(m.kind, m.pieces...); err != nil {
			t.Fatal(err)
		}
		kind, payload, err := c.Read()
		if want := bytes.Join(m.pieces, nil); err != nil || kind != m.kind || !bytes.Equal(payload, want) {
			t.Errorf("message %d of %d bytes came as %d of %d, %v", m.kind, len(want), kind, len(payload), err)
		}
	}
	if _, _, err := c.Read(); err != io.EOF {
		t.Errorf("after the last message: %v, want io.EOF", err)
	}
}

func TestReadRefuses(t *testing.T) {
	tooLong := message(MsgData, nil)
	binary.BigEndian.PutUint32(tooLong[4:], MaxPayload+1)
	tests := map[string]struct {
		wire []byte
		want error // nil: any but io.EOF
	}{
		"nothing":            {nil, io.EOF},
		"half a header":      {[]byte{byte(MsgData), 0, 0}, io.ErrUnexpectedEOF},
		"half a payload":     {message(MsgData, []byte("four"))[:10], io.ErrUnexpectedEOF},
		"no payload":         {message(MsgData, []byte("four"))[:8], io.ErrUnexpectedEOF},
		"type 0":             {message(0, nil), nil},
		"an unknown type":    {message(MsgFailed+1, nil), nil},
		"nonzero fill bytes": {[]byte{byte(MsgData), 0, 1, 0, 0, 0, 0, 0}, nil},
		"a payload too long": {tooLong, nil},
		"text":               {[]byte("panic: runtime error"), nil},
	}
	for name, tt := range tests {
		_, _, err := reading(tt.wire).Read()
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || tt.want == nil && errors.Is(err, io.EOF) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestWriteRefusesTooLong(t *testing.T) {
	var wire bytes.Buffer
	c := NewConn(&wire, &wire)
	if err := c.Write(MsgData, make([]byte, MaxPayload), []byte{1}); err == nil || wire.Len() != 0 {
		t.Errorf("%v, %d bytes written; want an error and none", err, wire.Len())
	}
}

func TestOutputRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, MaxOutput - 1, MaxOutput, MaxOutput + 1, 3*MaxOutput + 5} {
		var wire bytes.Buffer
		c := NewConn(&wire, &wire)
		data := bytes.Repeat([]byte("0123456789a"), size/11+1)[:size]
		if err := c.WriteOutput("video/media", data); err != nil {
			t.Fatal(err)
		}
		var got []byte
		messages := 0
		for wire.Len() > 0 || c.r.Buffered() > 0 {
			kind, payload, err := c.Read()
			if err != nil || kind != MsgOutput {
				t.Fatalf("message %d, %v", kind, err)
			}
			name, piece, err := ParseOutput(payload)
			if err != nil || name != "video/media" || len(piece) > MaxOutput {
				t.Fatalf("output %q of %d bytes, %v", name, len(piece), err)
			}
			got = append(got, piece...)
			messages++
		}
		if !bytes.Equal(got, data) || messages != max((size+MaxOutput-1)/MaxOutput, 1) {
			t.Errorf("%d bytes came as %d in %d messages", size, len(got), messages)
		}
	}
}

func TestParseOutputRefuses(t *testing.T) {
	for _, payload := range [][]byte{nil, {0}, {0, 1}, {0xff, 0xff, 'a'}} {
		if _, _, err := ParseOutput(payload); err == nil {
			t.Errorf("output % x was taken", payload)
		}
	}
}

func TestReadRequestRoundTrip(t *testing.T) {
	for _, r := range []ReadRequest{{}, {Input: 65535, Offset: 1<<63 - 1, Length: MaxPayload}, {Input: 1, Offset: 1 << 40, Length: 1}} {
		var wire bytes.Buffer
		c := NewConn(&wire, &wire)
		if err := c.WriteRead(r); err != nil {
			t.Fatal(err)
		}
		kind, payload, err := c.Read()
		if err != nil || kind != MsgRead {
			t.Fatalf("message %d, %v", kind, err)
		}
		if got, err := ParseRead(payload); err != nil || got != r {
			t.Errorf("%+v came as %+v, %v", r, got, err)
		}
	}
}

func TestParseReadRefuses(t *testing.T) {
	negative := binary.BigEndian.AppendUint64([]byte{0, 0}, 1<<63)
	long := binary.BigEndian.AppendUint32(make([]byte, 10), MaxPayload+1)
	for name, payload := range map[string][]byte{
		"nothing": nil, "short": make([]byte, 13), "long": make([]byte, 15),
		"negative offset": append(negative, 0, 0, 0, 0), "too much": long,
	} {
		if r, err := ParseRead(payload); err == nil {
			t.Errorf("%s: taken as %+v", name, r)
		}
	}
}

// Requests and replies come through JSON as they were.
func TestJSONRoundTrip(t *testing.T) {
	seek := int64(-5)
	values := []any{
		&Ready{Version: Version, Versions: map[string]string{"x264": "164"}, Encoders: []string{"aac"}, Sandbox: []string{"seccomp"}, PID: 7},
		&Request{Op: OpIndex, Inputs: []Input{{Size: -1}}, Format: "mov", VideoIndex: -1, AudioIndexes: []int{1, 2}},
		&Request{Op: OpGenerate, Pattern: &Pattern{Width: 1280, Height: 720, SAR: rung.R(64, 45), Rate: rung.R(30000, 1001), Codec: "h264", Interlaced: "tff"}},
		&Request{Op: OpEncode, Task: &rung.Task{ID: rung.SegmentID{Kind: rung.VOD, Owner: "a", Session: "s", Number: 1},
			Parts: []rung.Part{{Format: "mov", Prefix: []byte{0x47, 0}, Object: &rung.ObjectRange{URL: "file:///a", SeekTS: &seek}}}}},
		&IndexReply{Video: []VideoPacket{{PTS: 2, DTS: -1, Key: true}}, Audio: []AudioSpan{{First: -1024, End: 48000}}},
		&EncodeReply{Tracks: []EncodedTrack{{ID: "v1", Type: "video", Frames: 96, Codecs: "avc1.64001f"}}},
	}
	for _, v := range values {
		var wire bytes.Buffer
		c := NewConn(&wire, &wire)
		if err := c.WriteJSON(MsgRequest, v); err != nil {
			t.Fatal(err)
		}
		_, payload, err := c.Read()
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(reflect.TypeOf(v).Elem()).Interface()
		if err := json.Unmarshal(payload, back); err != nil || !reflect.DeepEqual(v, back) {
			t.Errorf("%+v came as %+v, %v", v, back, err)
		}
	}
}

// FuzzRead feeds the reader of either side with what a broken or hostile other side may send: every message is within its
// bounds, whatever follows the first broken one is never looked at, and what was read is written back the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte{})
	f.Add(message(MsgReady, []byte(`{"version":1}`)))
	f.Add(append(message(MsgRead, make([]byte, 14)), message(MsgData, nil)...))
	f.Add(message(MsgOutput, append([]byte{0, 2}, "tsG"...)))
	f.Add(message(MsgOutput, []byte{0xff, 0xff}))
	f.Add([]byte{byte(MsgData), 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte(strings.Repeat("\x04\x00\x00\x00\x00\x00\x00\x00", 3)))
	f.Fuzz(func(t *testing.T, wire []byte) {
		var again bytes.Buffer
		c, echo := reading(wire), NewConn(nil, &again)
		for {
			kind, payload, err := c.Read()
			if err != nil {
				break
			}
			if kind < MsgReady || kind > MsgFailed || len(payload) > MaxPayload {
				t.Fatalf("message %d of %d bytes is out of bounds", kind, len(payload))
			}
			if r, err := ParseRead(payload); err == nil && (r.Offset < 0 || r.Length > MaxPayload) {
				t.Fatalf("read %+v is out of bounds", r)
			}
			if name, data, err := ParseOutput(payload); err == nil && len(name)+len(data)+2 != len(payload) {
				t.Fatalf("output %q and %d bytes are not the payload's %d", name, len(data), len(payload))
			}
			if err := echo.Write(kind, payload); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(wire, again.Bytes()) {
			t.Fatal("what was read is not what was sent")
		}
	})
}
