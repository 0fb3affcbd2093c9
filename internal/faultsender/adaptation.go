package faultsender

import (
	"slices"

	"rung/internal/mpegts"
)

// adaptationForms are adaptation fields without their length byte, one for each form that ISO/IEC 13818-1, 2.4.3.4 has:
// none but its flags, stuffed, each optional field alone, and all of them together with an extension of all its own.
var adaptationForms = [][]byte{
	{0x00},
	{0x00, 0xff, 0xff, 0xff},
	{0x20},                             // elementary_stream_priority_indicator
	{0x08, 0, 0, 0x10, 0, 0x7e, 0},     // OPCR
	{0x04, 0xfe},                       // splice_countdown -2
	{0x02, 5, 'h', 'e', 'l', 'l', 'o'}, // transport_private_data
	{0x02, 0},                          // and none of it
	{0x01, 1, 0x1f},                    // an extension without fields
	{0x01, 3, 0x9f, 0x80, 0x01},        // ltw
	{0x01, 4, 0x5f, 0xc0, 0x12, 0x34},  // piecewise_rate
	{0x01, 6, 0x3f, 0x21, 0, 1, 0, 1},  // seamless_splice
	{0x01, 12, 0xff, 0x80, 1, 0xc0, 0x12, 0x34, 0x21, 0, 1, 0, 1, 0xff},         // all of them, and a reserved byte
	{0x0f, 0, 0, 0x10, 0, 0x7e, 0, 3, 2, 0xaa, 0xbb, 3, 0x9f, 0x80, 0x01, 0xff}, // OPCR, splice, private, extension, stuffing
}

// Adaptations gives the packets of PIDs adaptation fields of every legal form in turn: a field of one byte and of no
// length, fields with each optional part, and packets that have nothing but the field. Their payloads take as many packets
// as they then need.
func Adaptations(pids ...int) Fault {
	return func(s Stream) Stream {
		var out Stream
		form := 0
		for _, p := range s {
			packet := mpegts.Packet(p.Bytes)
			if !slices.Contains(pids, packet.PID()) || !packet.HasPayload() || packet.Scrambled() {
				out = append(out, p)
				continue
			}
			// The packet's own field comes first, with what fits behind it; the rest has another form.
			out = append(out, Packet{At: p.At, Bytes: fieldAlone(packet, adaptationForms[form%len(adaptationForms)])})
			for _, b := range spreadOver(packet, adaptationForms[form%len(adaptationForms)]) {
				out = append(out, Packet{At: p.At, Bytes: b})
			}
			form++
		}
		return renumber(out, pids...)
	}
}

// fieldAlone is a packet of the same PID with an adaptation field and no payload (its length is 183).
func fieldAlone(p mpegts.Packet, field []byte) []byte {
	b := slices.Concat(p[:4], []byte{mpegts.PacketSize - 5}, field)
	b[1] &^= 0x40
	b[3] = 0x20 | b[3]&0x0f
	return append(b, slices.Repeat([]byte{0xff}, mpegts.PacketSize-len(b))...)
}

// spreadOver lays a packet's payload into two packets: its own adaptation field and half of the payload, then the form and
// the rest. A field of length 0 (one byte) comes where just one byte is to be filled.
func spreadOver(p mpegts.Packet, form []byte) [][]byte {
	payload := p.Payload()
	if len(payload) < 2 {
		return [][]byte{slices.Clone(p)}
	}
	first, rest := payload[:len(payload)/2], payload[len(payload)/2:]
	if room := mpegts.PacketSize - 4 - 1; len(payload) >= room && p.Adaptation() == nil { // length 0: one byte of field
		first, rest = payload[:room], payload[room:]
	}
	again := slices.Clone(p)
	again[1] &^= 0x40
	return [][]byte{withField(p, p.Adaptation(), first), withField(again, form, rest)}
}

// withField is a packet with p's header, an adaptation field stuffed as long as it takes, and a payload that it ends with.
func withField(p mpegts.Packet, field, payload []byte) []byte {
	length := mpegts.PacketSize - 5 - len(payload)
	b := slices.Concat(p[:4], []byte{byte(length)}, field)
	b[3] |= 0x20
	if len(field) == 0 && length > 0 {
		b = append(b, 0)
	}
	b = append(b, slices.Repeat([]byte{0xff}, mpegts.PacketSize-len(payload)-len(b))...)
	return append(b, payload...)
}
