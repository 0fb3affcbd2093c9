package mediatest

import (
	"encoding/binary"
	"io"
)

// RTP puts each write behind an RTP header (RFC 3550, payload type 33: MP2T, RFC 3551) with the next sequence number.
type RTP struct {
	W        io.Writer
	Sequence uint16
	Time     uint32 // 1/90000 s; moves on by one a packet: receivers of MP2T take their time from the PCR
}

// Write implements io.Writer.
func (r *RTP) Write(p []byte) (int, error) {
	packet := make([]byte, 12, 12+len(p))
	packet[0], packet[1] = 0x80, 33
	binary.BigEndian.PutUint16(packet[2:], r.Sequence)
	binary.BigEndian.PutUint32(packet[4:], r.Time)
	binary.BigEndian.PutUint32(packet[8:], 0x52756e67)
	r.Sequence++
	r.Time++
	if _, err := r.W.Write(append(packet, p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
