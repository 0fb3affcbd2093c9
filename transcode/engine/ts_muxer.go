// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// tsPiece is how much of a transport stream goes into one output: whole packets, about 64 KiB.
const tsPiece = 348 * tsPacket

// tsMuxer writes a transport stream to the request's output "ts". Its streams' time stamps are in 1/90000 s and go out as
// they come in, modulo 2^33.
type tsMuxer struct {
	rio requestIO
	fc  *astiav.FormatContext
	io  *astiav.IOContext

	bytes int64
	err   error // of the output
}

// newTSMuxer makes a muxer without streams.
func newTSMuxer(rio requestIO) (*tsMuxer, error) {
	m := &tsMuxer{rio: rio}
	var err error
	if m.fc, err = astiav.AllocOutputFormatContext(nil, "mpegts", ""); err != nil {
		return nil, fmt.Errorf("engine: opening the transport stream muxer: %w", err)
	}
	if m.io, err = astiav.AllocIOContext(tsPiece, true, nil, nil, m.write); err != nil {
		m.fc.Free()
		return nil, fmt.Errorf("engine: opening the transport stream output: %w", err)
	}
	m.fc.SetPb(m.io)
	if err := m.name(); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// name puts the service's name into the SDT.
func (m *tsMuxer) name() error {
	tags := astiav.NewDictionary()
	defer m.fc.SetMetadata(tags) // the context owns it from here
	if err := tags.Set("service_provider", "Rung", 0); err != nil {
		return err
	}
	return tags.Set("service_name", "Rung", 0)
}

// Close releases the muxer.
func (m *tsMuxer) Close() {
	m.fc.Free()
	m.io.Free()
}

// write is libavformat's write callback: the muxer writes whole packets, so what its buffer holds are whole packets.
func (m *tsMuxer) write(b []byte) (int, error) {
	if m.err != nil {
		return 0, astiav.ErrEpipe
	}
	if m.err = m.rio.Output("ts", b); m.err != nil {
		return 0, astiav.ErrEpipe
	}
	m.bytes += int64(len(b))
	return len(b), nil
}

// begin writes the header, when all streams have been added.
func (m *tsMuxer) begin() error {
	options := astiav.NewDictionary()
	defer options.Free()
	for key, value := range map[string]string{
		"mpegts_copyts":     "1",
		"avoid_negative_ts": "disabled", // times before 0 wrap, as they do on the air
		"max_delay":         "100000",   // microseconds that the PCR is behind the decoding times
		"pat_period":        "0.1",      // seconds
		"sdt_period":        "0.5",
		"pcr_period":        "30", // milliseconds
		"pes_payload_size":  "0",  // each audio frame has its own time stamp
	} {
		if err := options.Set(key, value, 0); err != nil {
			return err
		}
	}
	if err := m.fc.WriteHeader(options); err != nil {
		return m.failure("writing the transport stream's header", err)
	}
	return nil
}

// add writes a packet whose stream index and time stamps (in 1/90000 s) are set, in decoding order with those of the
// other streams. The packet is empty afterwards.
func (m *tsMuxer) add(p *astiav.Packet) error {
	if err := m.fc.WriteInterleavedFrame(p); err != nil {
		return m.failure("writing the transport stream", err)
	}
	return m.err
}

// end writes what is left.
func (m *tsMuxer) end() error {
	if err := m.fc.WriteTrailer(); err != nil {
		return m.failure("ending the transport stream", err)
	}
	m.io.Flush()
	return m.err
}

// failure prefers the output's own error to what libavformat makes of it.
func (m *tsMuxer) failure(doing string, err error) error {
	if m.err != nil {
		return m.err
	}
	return rung.Errorf(rung.CodeBadInput, "the source's packets may be damaged or out of order", "%s: %w", doing, err)
}
