package packager

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"

	"rung"
)

// maxState bounds a state document before it is unpacked.
const maxState = 256 << 20

// pack is a state document: JSON, packed, because a long window or film makes hundreds of kilobytes of it, and a value in
// a JetStream bucket is one message.
func pack(v any) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, &rung.Error{Code: rung.CodeInternal, Message: "a presentation's state cannot be written", Err: err}
	}
	if err := w.Close(); err != nil {
		return nil, &rung.Error{Code: rung.CodeInternal, Message: "a presentation's state cannot be written", Err: err}
	}
	return out.Bytes(), nil
}

// unpack reads what pack made.
func unpack(data []byte, v any) error {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(r, maxState)).Decode(v)
	}
	if err != nil {
		return &rung.Error{Code: rung.CodeInternal, Message: "a presentation's state cannot be read", Hint: "delete its channel or job and create it again", Err: err}
	}
	return nil
}
