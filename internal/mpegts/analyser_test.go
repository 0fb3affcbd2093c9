package mpegts

import (
	"testing"
	"time"

	"rung"
	"rung/internal/mpegts/mpegtest"
)

func TestAnalyserFollowsClip(t *testing.T) {
	clip := mpegtest.Clip{Frames: 60, GOP: 12, Start: 900_000, FrameSize: 2000}
	a, r := analyse(AnalyserOptions{}, clip.Bytes())
	if len(r.tables) != 1 || len(r.breaks) != 0 {
		t.Fatalf("%d tables, breaks %v, want 1 and none", len(r.tables), r.breaks)
	}
	tab := r.tables[0]
	if tab.Program.Number != 1 || tab.Program.PCRPID != mpegtest.ClipVideo || tab.Video == nil || tab.Video.Codec != "h264" ||
		len(tab.Audio) != 1 || tab.Audio[0].Language != "eng" || tab.Version != 1 {
		t.Errorf("tables %+v", tab)
	}
	if len(r.pictures) != 60 || r.frames() != 60 || r.randomAccess() != 5 {
		t.Fatalf("%d pictures, %d frames, %d random access, want 60, 60, 5", len(r.pictures), r.frames(), r.randomAccess())
	}
	for i, p := range r.pictures {
		want := Picture{
			PTS: 900_000 + int64(i)*3600, DTS: 900_000 + int64(i)*3600, RandomAccess: i%12 == 0, Count: 1,
			Position: p.Position, End: p.End,
		}
		if p != want {
			t.Fatalf("picture %d is %+v, want %+v", i, p, want)
		}
		if i > 0 && p.Position < r.pictures[i-1].End {
			t.Fatalf("picture %d begins at %d, before %d", i, p.Position, r.pictures[i-1].End)
		}
	}
	for i, s := range r.soundsOf(0) {
		if s.PTS != 900_000+int64(i)*2160 || s.Frames != 1 {
			t.Fatalf("sound %d is %+v", i, s)
		}
	}
	checkClipHints(t, a.MediaHints())
	if f := a.Figures(); f.ContinuityErrors != 0 || f.PATMissing != 0 || f.PCRMissing != 0 || f.Bytes != int64(len(clip.Bytes())) {
		t.Errorf("figures %+v", f)
	}
}

func checkClipHints(t *testing.T, m rung.MediaInfo) {
	t.Helper()
	if len(m.Video) != 1 || len(m.Audio) != 1 {
		t.Fatalf("hints %+v", m)
	}
	v, s := m.Video[0], m.Audio[0]
	if v.Width != 640 || v.Height != 352 || v.FrameRate != rung.R(25, 1) || v.Interlaced || v.StartTime != 900_000 {
		t.Errorf("video %+v", v)
	}
	if s.SampleRate != 48000 || s.FrameSize != 1152 || s.Channels != 2 || s.Codec != "mp2" {
		t.Errorf("audio %+v", s)
	}
}

func TestAnalyserAcrossTheWrap(t *testing.T) {
	start := wrap33 - 30*3600
	_, r := analyse(AnalyserOptions{}, mpegtest.Clip{Frames: 60, GOP: 12, Start: start, FrameSize: 200}.Bytes())
	if len(r.pictures) != 60 || len(r.breaks) != 0 {
		t.Fatalf("%d pictures, breaks %+v", len(r.pictures), r.breaks)
	}
	for i, p := range r.pictures {
		if p.PTS != start+int64(i)*3600 {
			t.Fatalf("picture %d at %d, want %d", i, p.PTS, start+int64(i)*3600)
		}
	}
	for i, s := range r.sounds {
		if s.PTS != start+int64(i)*2160 {
			t.Fatalf("sound %d at %d, want %d", i, s.PTS, start+int64(i)*2160)
		}
	}
}

func TestAnalyserDiscontinuity(t *testing.T) {
	for name, start := range map[string]int64{"back": 90_000, "forward": 90_000_000} {
		t.Run(name, func(t *testing.T) {
			var m mpegtest.Muxer
			mpegtest.Clip{Frames: 25, GOP: 25, Start: 9_000_000, FrameSize: 200, NoAudio: true}.Write(&m)
			at := int64(len(m.Bytes()))
			mpegtest.Clip{Frames: 25, GOP: 25, Start: start, FrameSize: 200, NoAudio: true}.Write(&m)
			_, r := analyse(AnalyserOptions{}, m.Bytes())
			if len(r.pictures) != 50 || len(r.breaks) != 2 {
				t.Fatalf("%d pictures, breaks %+v, want 50 and one of each clock", len(r.pictures), r.breaks)
			}
			for i, clock := range []Clock{ClockPCR, ClockVideo} {
				b := r.breaks[i]
				if b.Clock != clock || b.Flagged || b.Position < at || (b.To > b.From) != (name == "forward") {
					t.Errorf("break %d is %+v, at or behind %d", i, b, at)
				}
			}
		})
	}
}

func TestAnalyserFlaggedDiscontinuity(t *testing.T) {
	var m mpegtest.Muxer
	mpegtest.Clip{Frames: 3, GOP: 3, Start: 9_000_000, FrameSize: 20, NoAudio: true}.Write(&m)
	m.Skip(mpegtest.ClipVideo, 5)
	m.Packet(mpegtest.ClipVideo, false, mpegtest.Fields{PCR: 9_000_000 * 300, Discontinuity: true}, nil)
	a, r := analyse(AnalyserOptions{}, m.Bytes())
	if len(r.breaks) != 1 || !r.breaks[0].Flagged || r.breaks[0].Clock != ClockPCR {
		t.Errorf("breaks %+v", r.breaks)
	}
	if n := a.Figures().ContinuityErrors; n != 0 {
		t.Errorf("%d continuity errors at a flagged discontinuity", n)
	}
}

func TestAnalyserSelectsProgram(t *testing.T) {
	one, two := mpegtest.Program{Number: 10, PMTPID: 0x20}, mpegtest.Program{Number: 20, PMTPID: 0x30}
	var m mpegtest.Muxer
	m.PAT(3, one, two)
	m.SDT(20, "Prov", "\x05T\xfcrk TV") // ISO 8859-9
	m.PMT(one, 0, 0x21, mpegtest.Stream{PID: 0x21, Type: 3, Descriptors: mpegtest.Language("fre")})
	m.PMT(two, 0, 0x31, mpegtest.Stream{PID: 0x31, Type: 2},
		mpegtest.Stream{PID: 0x32, Type: 0x0f, Descriptors: mpegtest.Language("ger")},
		mpegtest.Stream{PID: 0x33, Type: 6, Descriptors: append(mpegtest.Language("eng"), 0x6a, 1, 0)})
	for name, c := range map[string]struct {
		o       AnalyserOptions
		program int
		audio   []int
	}{
		"first with video": {AnalyserOptions{}, 20, []int{0x32}},
		"by number":        {AnalyserOptions{Program: 10}, 10, []int{0x21}},
		"by service":       {AnalyserOptions{Service: "türk tv"}, 20, []int{0x32}},
		"audio":            {AnalyserOptions{Program: 20, Audio: []string{"eng", "deu", "fra"}}, 20, []int{0x33, 0x32}},
		"audio by PID":     {AnalyserOptions{Program: 20, Audio: []string{"51"}}, 20, []int{0x33}},
		"absent":           {AnalyserOptions{Program: 30}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, r := analyse(c.o, m.Bytes())
			if c.program == 0 {
				if len(r.tables) != 0 {
					t.Fatalf("tables %+v", r.tables)
				}
				return
			}
			if len(r.tables) != 1 || r.tables[0].Program.Number != c.program || len(r.tables[0].Audio) != len(c.audio) {
				t.Fatalf("tables %+v", r.tables)
			}
			for i, pid := range c.audio {
				if r.tables[0].Audio[i].PID != pid {
					t.Errorf("track %d is PID %d, want %d", i, r.tables[0].Audio[i].PID, pid)
				}
			}
			if c.program == 20 && r.tables[0].Program.Name != "Türk TV" {
				t.Errorf("service %q", r.tables[0].Program.Name)
			}
		})
	}
}

// The PSI packets alone must select the program: that is what they are put before a cut for.
func TestTablesPSI(t *testing.T) {
	_, r := analyse(AnalyserOptions{}, mpegtest.Clip{Frames: 2, GOP: 2, FrameSize: 10}.Bytes())
	psi := r.tables[0].PSI
	if len(psi) != 2*PacketSize {
		t.Fatalf("%d bytes of PSI, want two packets", len(psi))
	}
	_, again := analyse(AnalyserOptions{}, psi)
	if len(again.tables) != 1 || again.tables[0].Program.PMTPID != mpegtest.ClipPMT || len(again.tables[0].All) != 2 {
		t.Errorf("tables of the PSI %+v", again.tables)
	}
}

func TestAnalyserTablesChange(t *testing.T) {
	var m mpegtest.Muxer
	clip := mpegtest.Clip{Frames: 10, GOP: 10, Start: 90_000, FrameSize: 100, NoAudio: true}
	clip.Write(&m)
	at := int64(len(m.Bytes()))
	clip.Start, clip.NoAudio = clip.Start+36_000, false
	clip.Write(&m)
	_, r := analyse(AnalyserOptions{}, m.Bytes())
	if len(r.tables) != 2 || r.tables[1].Version != 2 || r.tables[1].Position < at || len(r.tables[1].Audio) != 1 {
		t.Fatalf("tables %+v", r.tables)
	}
	if len(r.pictures) != 20 || len(r.breaks) != 0 || len(r.sounds) == 0 {
		t.Errorf("%d pictures, %d sounds, breaks %+v", len(r.pictures), len(r.sounds), r.breaks)
	}
}

func TestAnalyserRewind(t *testing.T) {
	var m mpegtest.Muxer
	mpegtest.Clip{Frames: 10, GOP: 10, FrameSize: 100, NoAudio: true}.Write(&m)
	late := m.Bytes()[2*PacketSize:] // the tables come only with the second clip
	var n mpegtest.Muxer
	mpegtest.Clip{Frames: 10, GOP: 10, Start: 36_000, FrameSize: 100, NoAudio: true}.Write(&n)
	stream := append(append([]byte{}, late...), n.Bytes()...)
	a, first := analyse(AnalyserOptions{}, stream)
	a.Rewind()
	var r recorder
	a.Analyse(stream, &r)
	a.Flush(&r)
	if len(first.pictures) != 10 || len(r.pictures) != 20 || r.pictures[0].Position != 0 || len(r.tables) != 1 {
		t.Errorf("%d pictures before and %d after, tables %+v", len(first.pictures), len(r.pictures), r.tables)
	}
}

func TestFiguresCountErrors(t *testing.T) {
	var m mpegtest.Muxer
	mpegtest.Clip{Frames: 10, GOP: 10, FrameSize: 1000, NoAudio: true}.Write(&m)
	whole := m.Bytes()
	packet := func(n int) []byte { return whole[n*PacketSize : (n+1)*PacketSize] }
	with := func(change func(b []byte) []byte) rung.SourceFigures {
		a, _ := analyse(AnalyserOptions{}, change(append([]byte{}, whole...)))
		return a.Figures()
	}
	repeat := func(n, times int) func([]byte) []byte {
		return func(b []byte) []byte {
			out := append([]byte{}, b[:(n+1)*PacketSize]...)
			for range times {
				out = append(out, packet(n)...)
			}
			return append(out, b[(n+1)*PacketSize:]...)
		}
	}
	for name, c := range map[string]struct {
		change     func(b []byte) []byte
		continuity int64
		tei        int64
		scrambled  int64
	}{
		"none":           {func(b []byte) []byte { return b }, 0, 0, 0},
		"lost packet":    {func(b []byte) []byte { return append(b[:10*PacketSize:10*PacketSize], b[11*PacketSize:]...) }, 1, 0, 0},
		"duplicate":      {repeat(10, 1), 0, 0, 0},
		"two duplicates": {repeat(10, 2), 1, 0, 0},
		"TEI":            {func(b []byte) []byte { b[10*PacketSize+1] |= 0x80; return b }, 1, 1, 0},
		"scrambled":      {func(b []byte) []byte { b[10*PacketSize+3] |= 0x80; return b }, 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := with(c.change)
			if f.ContinuityErrors != c.continuity || f.TransportErrors != c.tei || f.Scrambled != c.scrambled {
				t.Errorf("continuity %d, transport %d, scrambled %d; want %d, %d, %d",
					f.ContinuityErrors, f.TransportErrors, f.Scrambled, c.continuity, c.tei, c.scrambled)
			}
		})
	}
}

func TestFiguresMissing(t *testing.T) {
	var m mpegtest.Muxer
	mpegtest.Clip{Frames: 50, GOP: 50, FrameSize: 100, NoAudio: true}.Write(&m) // 2 s with tables at the beginning only
	mpegtest.Clip{Frames: 5, GOP: 5, Start: 50*3600 + 18_000, FrameSize: 100, NoAudio: true}.Write(&m)
	a, _ := analyse(AnalyserOptions{}, m.Bytes())
	if f := a.Figures(); f.PATMissing != 1 || f.PMTMissing != 1 || f.PCRMissing != 1 {
		t.Errorf("by PCR: PAT %d, PMT %d, PCR %d missing, want one each", f.PATMissing, f.PMTMissing, f.PCRMissing)
	}
	b, now := NewAnalyser(AnalyserOptions{}), time.Unix(1000, 0)
	for range 4 { // nothing but silence, then null packets
		b.Clock(now)
		now = now.Add(300 * time.Millisecond)
	}
	if f := b.Figures(); f.PATMissing != 1 {
		t.Errorf("by arrival: PAT missing %d times, want 1", f.PATMissing)
	}
}

func TestFiguresRates(t *testing.T) {
	var m mpegtest.Muxer
	mpegtest.Clip{Frames: 100, GOP: 10, FrameSize: 5000, NoAudio: true}.Write(&m)
	a, _ := analyse(AnalyserOptions{}, m.Bytes())
	f, want := a.Figures(), int64(len(m.Bytes()))*8/4
	if f.BitRate < want*9/10 || f.BitRate > want*11/10 {
		t.Errorf("%d bit/s, want about %d", f.BitRate, want)
	}
	types := map[int]string{0: "pat", mpegtest.ClipPMT: "pmt", mpegtest.ClipVideo: "video"}
	for _, p := range f.PIDs {
		if p.Type != types[p.PID] {
			t.Errorf("PID %d is %q, want %q", p.PID, p.Type, types[p.PID])
		}
	}
	if len(f.PIDs) != len(types) {
		t.Errorf("PIDs %+v", f.PIDs)
	}
}

func TestCRCErrorsAreCounted(t *testing.T) {
	b := mpegtest.Clip{Frames: 1, GOP: 1, FrameSize: 10, NoAudio: true}.Bytes()
	b[12] ^= 1
	a, r := analyse(AnalyserOptions{}, b)
	if a.CRCErrors() != 1 || len(r.tables) != 0 {
		t.Errorf("%d CRC errors, tables %+v", a.CRCErrors(), r.tables)
	}
}
