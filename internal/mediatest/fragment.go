package mediatest

import (
	"encoding/binary"
	"fmt"
)

// maxSamples bounds what a segment is believed to hold.
const maxSamples = 1 << 16

// fragment is what a media segment's boxes say (ISO/IEC 14496-12, 8.8), in its track's time scale.
type fragment struct {
	sequence int64 // mfhd
	begin    int64 // tfdt
	duration int64
	shown    int64 // the earliest presentation time
	samples  int
	sync     bool // the first sample stands alone
}

// end is where the next fragment has to begin.
func (f fragment) end() int64 { return f.begin + f.duration }

// readFragment reads a segment of one fragment of one track. Each sample's duration and the first one's flags are in trun
// or in tfhd: segments do not lean on the init segment's defaults.
func readFragment(segment []byte) (f fragment, err error) {
	moof, err := box(segment, "moof")
	if err != nil {
		return f, err
	}
	mfhd, err := box(moof, "mfhd")
	if err != nil {
		return f, err
	}
	traf, err := box(moof, "traf")
	if err != nil {
		return f, err
	}
	tfhd, err1 := box(traf, "tfhd")
	tfdt, err2 := box(traf, "tfdt")
	trun, err3 := box(traf, "trun")
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return f, err
		}
	}
	f.sequence = int64(mfhd.u32(4))
	f.begin = int64(tfdt.u32(4))
	if tfdt.u32(0)>>24 == 1 {
		f.begin = f.begin<<32 | int64(tfdt.u32(8))
	}
	defaults := readDefaults(tfhd)
	return f, f.readRun(trun, defaults)
}

// sampleDefaults are a tfhd's (8.8.7).
type sampleDefaults struct{ duration, flags uint32 }

func readDefaults(tfhd fields) (d sampleDefaults) {
	at := 8
	for _, field := range []struct {
		flag  uint32
		bytes int
		to    *uint32
	}{{1, 8, nil}, {2, 4, nil}, {8, 4, &d.duration}, {0x10, 4, nil}, {0x20, 4, &d.flags}} {
		if tfhd.u32(0)&field.flag == 0 {
			continue
		}
		if field.to != nil {
			*field.to = tfhd.u32(at)
		}
		at += field.bytes
	}
	return d
}

// readRun reads a trun (8.8.8).
func (f *fragment) readRun(trun fields, defaults sampleDefaults) error {
	flags, count := trun.u32(0)&0xffffff, int(trun.u32(4))
	at, firstFlags := 8, defaults.flags
	if flags&1 != 0 {
		at += 4
	}
	if flags&4 != 0 {
		firstFlags = trun.u32(at)
		at += 4
	}
	if count > maxSamples {
		return fmt.Errorf("trun of %d samples", count)
	}
	f.samples = count
	for i := range count {
		duration, sampleFlags, offset := defaults.duration, defaults.flags, uint32(0)
		for _, field := range []struct {
			flag uint32
			to   *uint32
		}{{0x100, &duration}, {0x200, nil}, {0x400, &sampleFlags}, {0x800, &offset}} {
			if flags&field.flag == 0 {
				continue
			}
			if field.to != nil {
				*field.to = trun.u32(at)
			}
			at += 4
		}
		if shown := f.begin + f.duration + int64(int32(offset)); i == 0 || shown < f.shown {
			f.shown = shown
		}
		f.duration += int64(duration)
		if i == 0 && flags&4 == 0 {
			firstFlags = sampleFlags
		}
	}
	if at > len(trun) {
		return fmt.Errorf("trun of %d bytes ends before its %d samples", len(trun), count)
	}
	f.sync = firstFlags&0x10000 == 0
	return nil
}

// timeScale is the track's, from its init segment (mdhd, 8.4.2).
func timeScale(init []byte) (int64, error) {
	var err error
	for _, name := range []string{"moov", "trak", "mdia", "mdhd"} {
		if init, err = box(init, name); err != nil {
			return 0, err
		}
	}
	mdhd := fields(init)
	if mdhd.u32(0)>>24 == 1 {
		return int64(mdhd.u32(20)), nil
	}
	return int64(mdhd.u32(12)), nil
}

// box is the content of the first box of that name.
func box(b []byte, name string) (fields, error) {
	for len(b) >= 8 {
		size := int(binary.BigEndian.Uint32(b))
		if size < 8 || size > len(b) {
			return nil, fmt.Errorf("box %q of %d bytes in %d", b[4:8], size, len(b))
		}
		if string(b[4:8]) == name {
			return b[8:size], nil
		}
		b = b[size:]
	}
	return nil, fmt.Errorf("no box %q", name)
}

// fields are a box's content: 32-bit numbers at fixed places. What lies behind its end is 0.
type fields []byte

func (f fields) u32(at int) uint32 {
	if at+4 > len(f) {
		return 0
	}
	return binary.BigEndian.Uint32(f[at:])
}
