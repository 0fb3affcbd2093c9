// Package mpegts reads MPEG-2 transport streams (ISO/IEC 13818-1): it finds packets in bytes, follows one program's
// tables, clocks and access units without decoding or buffering them, and measures the stream as ETSI TR 101 290 does.
//
// Clocks. PTS and DTS are in 1/90000 s; PCR in 1/27000000 s. On the wire they have 33 bits and wrap every 26.5 hours;
// everything that leaves the Analyser is unwrapped: it goes on rising where the wire's value starts again.
package mpegts

// PacketSize is the length of a transport packet in bytes. Packets of 204 bytes are such packets with 16 bytes of
// Reed-Solomon parity behind (ETSI EN 300 429); the Aligner drops those.
const PacketSize = 188

// SyncByte begins every packet.
const SyncByte = 0x47

// The PIDs that the standard fixes.
const (
	pidPAT  = 0x0000
	pidSDT  = 0x0011 // ETSI EN 300 468
	pidNull = 0x1fff
	pidMax  = 0x2000
)

// Timescale is the unit of PTS and DTS, in ticks a second; PCRScale is the unit of PCR.
const (
	Timescale = 90_000
	PCRScale  = 27_000_000
)

// wrap33 is where PTS, DTS and the PCR base start again.
const wrap33 = int64(1) << 33
