package scheduler

import (
	"strings"

	"github.com/nats-io/nats.go"
)

// windowReader puts a range's messages together.
type windowReader struct {
	writer string // empty: any
	skip   int64
	out    []byte // with the capacity of the range's length
}

func (r *windowReader) message(m *nats.Msg, _ uint64) error {
	if id, _, _ := strings.Cut(m.Header.Get(nats.MsgIdHdr), "-"); r.writer != "" && id != r.writer {
		return errRangeGone
	}
	data := m.Data
	skip := min(r.skip, int64(len(data)))
	data, r.skip = data[skip:], r.skip-skip
	room := cap(r.out) - len(r.out)
	r.out = append(r.out, data[:min(room, len(data))]...)
	return nil
}
