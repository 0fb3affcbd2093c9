package mpegts

import (
	"slices"
	"testing"

	"rung"
	"rung/internal/mpegts/mpegtest"
)

// unit is one PES packet of a test's video stream.
type unit struct {
	data   []byte
	random bool // random_access_indicator
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// analyseVideo makes a stream of the units, half a frame apart where half says so.
func analyseVideo(streamType byte, step int64, units ...unit) (*Analyser, *recorder) {
	var m mpegtest.Muxer
	p := mpegtest.Program{Number: 1, PMTPID: 0x100}
	m.PAT(0, p)
	m.PMT(p, 0, 0x101, mpegtest.Stream{PID: 0x101, Type: streamType})
	for i, u := range units {
		t := 90_000 + int64(i)*step
		m.PES(0x101, 0xe0, t, t, false, mpegtest.Fields{PCR: t * 300, RandomAccess: u.random}, u.data)
	}
	return analyse(AnalyserOptions{}, m.Bytes())
}

func TestH264RandomAccess(t *testing.T) {
	sets := join(mpegtest.H264SPS(640, 352, 25, false), mpegtest.H264PPS())
	i := mpegtest.H264Slice{Type: mpegtest.SliceI, Size: 400}.NAL()
	p := mpegtest.H264Slice{Type: mpegtest.SliceP, Size: 400}.NAL()
	idr := mpegtest.H264Slice{Type: mpegtest.SliceI, IDR: true, Size: 400}.NAL()
	for name, c := range map[string]struct {
		unit     unit
		random   bool
		recovery int
	}{
		"IDR":                        {unit{data: join(sets, idr)}, true, 0},
		"P":                          {unit{data: p}, false, 0},
		"P with indicator":           {unit{data: join(sets, p), random: true}, false, 0},
		"I alone":                    {unit{data: i}, false, 0},
		"I with parameter sets":      {unit{data: join(sets, i)}, false, 0},
		"I with recovery point":      {unit{data: join(mpegtest.H264Recovery(0), i)}, true, 0},
		"I with indicator":           {unit{data: join(sets, i), random: true}, true, 0},
		"gradual refresh":            {unit{data: join(sets, mpegtest.H264Recovery(12), p)}, true, 12},
		"first slice lost":           {unit{data: mpegtest.H264Slice{FirstMB: 40, Size: 400}.NAL()}, false, 0},
		"short last slice":           {unit{data: join(sets, mpegtest.H264Slice{Type: mpegtest.SliceI, IDR: true}.NAL())}, true, 0},
		"long start code, padding":   {unit{data: join(sets, make([]byte, 300), idr)}, true, 0},
		"two slices of one picture":  {unit{data: join(sets, idr, mpegtest.H264Slice{Type: 2, IDR: true, FirstMB: 9, Size: 9}.NAL())}, true, 0},
		"slice cut by packet border": {unit{data: join(sets, make([]byte, 90), i), random: true}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, r := analyseVideo(0x1b, 3600, unit{data: join(sets, idr)}, c.unit, unit{data: p})
			if len(r.pictures) != 3 {
				t.Fatalf("%d pictures, want 3", len(r.pictures))
			}
			if got := r.pictures[1]; got.RandomAccess != c.random || got.RecoveryFrames != c.recovery || got.Count != 1 {
				t.Errorf("picture %+v, want random access %v, recovery %d", got, c.random, c.recovery)
			}
		})
	}
}

// An I picture behind parameter sets counts where the stream never marks its random access points.
func TestH264WeakRandomAccess(t *testing.T) {
	sets := join(mpegtest.H264SPS(640, 352, 25, false), mpegtest.H264PPS())
	i := unit{data: join(sets, mpegtest.H264Slice{Type: mpegtest.SliceI, Size: 40}.NAL())}
	_, r := analyseVideo(0x1b, 3600, i, i)
	if r.randomAccess() != 2 {
		t.Errorf("%d random access pictures, want 2", r.randomAccess())
	}
}

func TestH264Fields(t *testing.T) {
	sets := join(mpegtest.H264SPS(640, 352, 25, true), mpegtest.H264PPS())
	field := func(bottom bool, num uint32, idr bool) []byte {
		s := mpegtest.H264Slice{Type: mpegtest.SliceP, Interlaced: true, Field: true, Bottom: bottom, FrameNum: num, Size: 300, IDR: idr}
		if idr {
			s.Type = mpegtest.SliceI
		}
		return s.NAL()
	}
	t.Run("both in one PES packet", func(t *testing.T) {
		a, r := analyseVideo(0x1b, 3600, unit{data: join(sets, field(false, 0, true), field(true, 0, false))},
			unit{data: join(field(false, 1, false), field(true, 1, false))})
		if len(r.pictures) != 2 || r.frames() != 2 || !r.pictures[0].RandomAccess || r.pictures[1].RandomAccess {
			t.Errorf("pictures %+v", r.pictures)
		}
		if v := a.MediaHints().Video[0]; !v.Interlaced || v.Height != 352 {
			t.Errorf("video %+v", v)
		}
	})
	t.Run("one PES packet each", func(t *testing.T) {
		var units []unit
		for n := range uint32(10) {
			units = append(units, unit{data: join(sets, field(false, n, n == 0))}, unit{data: field(true, n, false)})
		}
		_, r := analyseVideo(0x1b, 1800, units...)
		if len(r.pictures) != 10 || r.frames() != 10 {
			t.Fatalf("%d pictures with %d frames, want 10", len(r.pictures), r.frames())
		}
		for i, p := range r.pictures {
			if p.PTS != 90_000+int64(i)*3600 || i > 0 && p.Position != r.pictures[i-1].End {
				t.Errorf("picture %d is %+v, behind %+v", i, p, r.pictures[max(0, i-1)])
			}
		}
	})
	t.Run("a field without its second", func(t *testing.T) {
		_, r := analyseVideo(0x1b, 3600, unit{data: join(sets, field(false, 0, true))}, unit{data: field(false, 1, false)},
			unit{data: field(true, 1, false)})
		if len(r.pictures) != 2 || r.frames() != 2 {
			t.Errorf("pictures %+v", r.pictures)
		}
	})
}

func TestSeveralPicturesInOnePES(t *testing.T) {
	sets := join(mpegtest.H264SPS(640, 352, 25, false), mpegtest.H264PPS())
	s := func(num uint32) []byte {
		return mpegtest.H264Slice{Type: mpegtest.SliceP, FrameNum: num, Size: 99}.NAL()
	}
	_, r := analyseVideo(0x1b, 10800, unit{data: join(sets, s(0), s(1), s(2))}, unit{data: join(s(3), s(4), s(5))})
	if len(r.pictures) != 2 || r.pictures[0].Count != 3 || r.pictures[1].Count != 3 {
		t.Errorf("pictures %+v, want two of three frames", r.pictures)
	}
}

func TestHEVCRandomAccess(t *testing.T) {
	for kind, random := range map[byte]bool{0: false, 1: false, 8: false, 9: false, 16: true, 18: true, 19: true, 20: true, 21: true} {
		_, r := analyseVideo(0x24, 3600,
			unit{data: join(mpegtest.HEVCSlice(kind, true, 400), mpegtest.HEVCSlice(kind, false, 400))})
		if len(r.pictures) != 1 || r.pictures[0].RandomAccess != random || r.pictures[0].Count != 1 {
			t.Errorf("type %d: pictures %+v, want random access %v", kind, r.pictures, random)
		}
	}
}

func TestMPEG2Pictures(t *testing.T) {
	seq := mpegtest.MPEG2Sequence(720, 576)
	pic := mpegtest.MPEG2Picture
	a, r := analyseVideo(2, 3600,
		unit{data: join(seq, pic(mpegtest.MPEG2I, mpegtest.MPEG2Frame, 500))},
		unit{data: pic(mpegtest.MPEG2B, mpegtest.MPEG2Frame, 500)},
		unit{data: join(seq, pic(mpegtest.MPEG2I, mpegtest.MPEG2Top, 50), pic(mpegtest.MPEG2P, mpegtest.MPEG2Bot, 50))},
		unit{data: pic(mpegtest.MPEG2I, mpegtest.MPEG2Frame, 50)},
	)
	var random []bool
	for _, p := range r.pictures {
		random = append(random, p.RandomAccess)
	}
	if !slices.Equal(random, []bool{true, false, true, false}) || r.frames() != 4 {
		t.Errorf("random access %v in %d frames", random, r.frames())
	}
	v := a.MediaHints().Video[0]
	if v.Width != 720 || v.Height != 576 || !v.Interlaced || v.SAR != rung.R(16, 15) || v.FrameRate != rung.R(25, 1) {
		t.Errorf("video %+v", v)
	}
}

func TestUntimedPictures(t *testing.T) {
	var m mpegtest.Muxer
	p := mpegtest.Program{Number: 1, PMTPID: 0x100}
	m.PAT(0, p)
	m.PMT(p, 0, 0x101, mpegtest.Stream{PID: 0x101, Type: 2})
	for i := range 4 {
		t := int64(90_000 + i*3600)
		if i%2 == 1 {
			t = -1
		}
		m.PES(0x101, 0xe0, t, t, false, mpegtest.NoFields, join(mpegtest.MPEG2Sequence(720, 576), mpegtest.MPEG2Picture(1, 3, 20)))
	}
	_, r := analyse(AnalyserOptions{}, m.Bytes())
	for i, p := range r.pictures {
		if p.PTS != 90_000+int64(i)*3600 || p.Untimed != (i%2 == 1) {
			t.Errorf("picture %d is %+v", i, p)
		}
	}
	if len(r.pictures) != 4 {
		t.Errorf("%d pictures, want 4", len(r.pictures))
	}
}
