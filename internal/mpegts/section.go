package mpegts

import "encoding/binary"

// section is one whole private section in the long form, CRC included (ISO/IEC 13818-1, 2.4.4.10).
type section []byte

// The tables that are read.
const (
	tablePAT = 0x00
	tablePMT = 0x02
	tableSDT = 0x42 // of the actual transport stream (ETSI EN 300 468, 5.2.3)
)

const (
	sectionHead = 8 // bytes up to the table's own
	sectionCRC  = 4
)

func (s section) table() uint8   { return s[0] }
func (s section) id() int        { return int(binary.BigEndian.Uint16(s[3:])) } // table_id_extension
func (s section) version() uint8 { return s[5] >> 1 & 0x1f }
func (s section) current() bool  { return s[5]&1 != 0 }
func (s section) number() uint8  { return s[6] }
func (s section) last() uint8    { return s[7] }
func (s section) body() []byte   { return s[sectionHead : len(s)-sectionCRC] }
func (s section) crc() uint32    { return binary.BigEndian.Uint32(s[len(s)-sectionCRC:]) }

// valid reports whether a section of a table of ours has its long form and its CRC holds.
func (s section) valid() bool {
	return len(s) >= sectionHead+sectionCRC && s[1]&0x80 != 0 && crc32MPEG(s) == 0
}
