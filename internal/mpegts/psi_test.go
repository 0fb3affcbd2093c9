package mpegts

import (
	"testing"

	"rung/internal/mpegts/mpegtest"
)

func TestSectionAssembler(t *testing.T) {
	long := mpegtest.Section(2, 1, 0, make([]byte, 700))
	short := mpegtest.Section(0, 1, 0, []byte{0, 1, 0xe1, 0})
	both := join([]byte{0}, long, short, []byte{0xff, 0xff})
	var a sectionAssembler
	var got []section
	keep := func(s section) { got = append(got, append(section{}, s...)) }
	for i, rest := 0, both; len(rest) > 0; i++ {
		n := min(184, len(rest))
		a.write(rest[:n], i == 0, keep)
		rest = rest[n:]
	}
	// The next payload ends a section, by its pointer, and begins another.
	a.write(join([]byte{0}, short[:5]), true, keep)
	a.write(join([]byte{byte(len(short) - 5)}, short[5:], short), true, keep)
	if len(got) != 4 {
		t.Fatalf("%d sections, want 4", len(got))
	}
	for i, s := range got {
		if !s.valid() {
			t.Errorf("section %d is not valid", i)
		}
	}
}

func TestServiceTexts(t *testing.T) {
	for in, want := range map[string]string{
		"France 2":                  "France 2",
		"\x05T\xfcrk":               "Türk",
		"\x10\x00\x02\xa3\xf3d\xbc": "Łódź",
		"\x15Zürich":                "Zürich",
		"\x11\x00A\x20\xac":         "A€",
		"M\xc8unchen":               "München",
		"\x86Big\x87 News":          "Big News",
		"":                          "",
		"\x1f\x01\x80":              "\ufffd",
	} {
		if got := decodeText([]byte(in)); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

func TestStreamCodecs(t *testing.T) {
	for name, c := range map[string]struct {
		kind  byte
		prog  string
		loop  []byte
		codec string
	}{
		"H.264":         {0x1b, "", nil, "h264"},
		"DVB E-AC-3":    {6, "", []byte{0x7a, 1, 0}, "eac3"},
		"DVB subtitles": {6, "", []byte{0x59, 0}, "dvb_subtitle"},
		"Opus":          {6, "", []byte{5, 4, 'O', 'p', 'u', 's'}, "opus"},
		"ATSC AC-3":     {0x81, "GA94", nil, "ac3"},
		"Blu-ray":       {0x83, "HDMV", nil, "truehd"},
		"unknown":       {0x99, "", nil, ""},
		"cut loop":      {6, "", []byte{0x7a, 9, 0}, ""},
	} {
		if got := codecOf(c.kind, c.prog, c.loop); got != c.codec {
			t.Errorf("%s: %q, want %q", name, got, c.codec)
		}
	}
}

func FuzzPSI(f *testing.F) {
	f.Add(mpegtest.Section(0, 1, 0, []byte{0, 1, 0xe1, 0}), uint16(0))
	f.Add(mpegtest.Section(2, 1, 0, []byte{0xe1, 1, 0xf0, 0, 6, 0xe1, 1, 0xf0, 3, 0x7a, 1, 0}), uint16(0x100))
	f.Add(mpegtest.Section(0x42, 1, 0, []byte{0, 1, 0xff, 0, 1, 0xfc, 0x80, 6, 0x48, 4, 1, 0, 1, 'x'}), uint16(0x11))
	f.Fuzz(func(t *testing.T, b []byte, pid uint16) {
		// The CRC would keep nearly all of it out: parse as if it held, too.
		if s := section(b); len(s) >= sectionHead+sectionCRC {
			parsePAT(s)
			parseSDT(s)
			if m, ok := parsePMT(s); ok && len(m.streams) > len(b)/5 {
				t.Fatalf("%d streams in %d bytes", len(m.streams), len(b))
			}
		}
		a := NewAnalyser(AnalyserOptions{})
		a.handler = &recorder{}
		a.sectionPID = int(pid) & 0x1fff
		var s sectionAssembler
		for start := true; len(b) > 0; start = false {
			n := min(184, len(b))
			s.write(b[:n], start, a.emitSection)
			b = b[n:]
		}
	})
}
