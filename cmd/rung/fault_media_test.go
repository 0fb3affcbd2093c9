package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mediatest"
	"rung/profiles"
	"rung/transcode"
)

// wholeConformance says that `make conformance` runs: all cases, not a quick few.
var wholeConformance = os.Getenv("RUNG_CONFORMANCE") != ""

// faultProfile has one small rendition, so that a test's time goes into its cases.
const faultProfile = `
name: fault
segment: {25: 1.92s, 50: 1.92s, other: 2s}
gop: {25: 1.92s, 50: 1.92s, other: 2s}
video:
  - {size: 640x360, preset: ultrafast, crf: 24, max_rate: 3000k, buffer: 4500k}
audio:
  - {codec: aac, bit_rate: 128k, channels: 2}
`

// faultSize is the size of the pattern that is sent.
var faultSize = mediatest.Size{Width: 640, Height: 360}

// faultURL is 14 s of the pattern, with B pictures and an open GOP of a second.
const faultURL = "test:?size=640x360&rate=25&gop=25&open_gop=1&frames=350&bit_rate=5000000&start=900000"

// faultAt is when a case's fault begins: picture 150 is due then, an IDR picture's place.
const faultAt = 6 * time.Second

// faultCase is one way in which a source misbehaves, and what becomes of it.
type faultCase struct {
	name   string
	quick  bool   // it runs with all tests
	source string // a test: URL; "": faultURL
	faults []faultsender.Fault
	splice string // a test: URL of what goes on at faultAt
	alarm  string // one that is raised; "": none is
	// At least so many of 300 pictures are their own, at most so many the slate, and at least so many beeps are heard.
	own, slate, beeps int
}

// What comes out of a source that misbehaves, picture by picture and sample by sample: the grid is exact, each picture is
// the one of its place or one before it stands in for it, and sound is within 40 ms of its pictures.
func TestFaultyMedia(t *testing.T) {
	engine, err := transcode.NewEngine(transcode.EngineOptions{Path: needEngine(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for _, c := range faultCases() {
		if !c.quick && !wholeConformance {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			clean := readStream(t, c.source)
			f := &faultIngest{stream: c.stream(t, clean).With(c.faults...), media: probed(t, engine, clean), profile: faultLadder(t)}
			faultTasks(t, f, 0)
			s := mediatest.Steady(encodeAndDecode(t, engine, f))
			t.Log(s)
			for _, fault := range s.Faults {
				t.Error(fault)
			}
			if s.Own < c.own || s.Slate > c.slate || s.Beeps < c.beeps {
				t.Errorf("%v; want at least %d their own, at most %d slate, at least %d beeps", s, c.own, c.slate, c.beeps)
			}
			if got := f.alarms(); c.alarm != "" && !slices.Contains(got, c.alarm) || c.alarm == "" && len(got) > 0 {
				t.Errorf("alarms %q, want %q", got, c.alarm)
			}
		})
	}
}

// readStream makes the test pattern of a URL; "" is faultURL.
func readStream(t *testing.T, url string) []byte {
	t.Helper()
	if url == "" {
		url = faultURL
	}
	ts, err := os.ReadFile(makeStream(t, url, filepath.Join(t.TempDir(), "in.ts")))
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

func probed(t *testing.T, engine *transcode.Engine, ts []byte) rung.MediaInfo {
	t.Helper()
	head := ts[:len(ts)/4/188*188]
	media, err := engine.Probe(t.Context(), bytes.NewReader(head), int64(len(head)), "mpegts")
	if err != nil {
		t.Fatal(err)
	}
	return media
}

func faultLadder(t *testing.T) *profiles.Profile {
	t.Helper()
	p, err := profiles.Load("fault", []byte(faultProfile))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// encodeAndDecode encodes the tasks and decodes what comes out, as mediatest.Steady takes it.
func encodeAndDecode(t *testing.T, engine *transcode.Engine, f *faultIngest) (pictures []mediatest.Picture, sound *mediatest.Sound, begin float64, perSecond int) {
	t.Helper()
	files := map[string]*bytes.Buffer{}
	for i, task := range f.tasks {
		if task.ID.Number != int64(i) || task.ID.Session != f.tasks[0].ID.Session || task.Interval != task.Ladder.Grid.Segment(int64(i)) {
			t.Fatalf("segment %d is %v with interval %+v", i, task.ID, task.Interval)
		}
		var inputs []transcode.Input
		for _, p := range task.Parts {
			inputs = append(inputs, f.read(p.Window))
		}
		if f.slate != nil {
			picture, err := transcode.RenderSlate(f.slate, task.Ladder)
			if err != nil {
				t.Fatal(err)
			}
			inputs = append(inputs, bytes.NewReader(picture))
		}
		out, err := engine.Encode(t.Context(), task, inputs)
		if err != nil {
			t.Fatalf("segment %d: %v", i, err)
		}
		for _, track := range out.Reply.Tracks {
			if files[track.Type] == nil {
				files[track.Type] = bytes.NewBuffer(slices.Clone(out.Objects[track.ID+"/init"]))
			} else if !bytes.HasPrefix(files[track.Type].Bytes(), out.Objects[track.ID+"/init"]) {
				t.Errorf("segment %d: %s has another init segment", i, track.ID)
			}
			files[track.Type].Write(out.Objects[track.ID+"/media"])
		}
	}
	dir := t.TempDir()
	for kind, b := range files {
		if err := os.WriteFile(filepath.Join(dir, kind+".mp4"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if pictures, err = mediatest.Pictures(t.Context(), filepath.Join(dir, "video.mp4"), faultSize); err != nil {
		t.Fatal(err)
	}
	if sound, err = mediatest.Samples(t.Context(), filepath.Join(dir, "audio.mp4")); err != nil {
		t.Fatal(err)
	}
	return pictures, sound, rung.MediaOrigin, 25
}

// stream is the source's packets: the clean ones, or those that the case splices together.
func (c *faultCase) stream(t *testing.T, clean []byte) faultsender.Stream {
	t.Helper()
	s := faultsender.Read(clean)
	if c.splice == "" {
		return s
	}
	p, err := transcode.ParsePattern(c.splice)
	if err != nil {
		t.Fatal(err)
	}
	p.FirstFrame = int64(faultAt/time.Second) * 25 // its pictures' numbers go on
	path := filepath.Join(t.TempDir(), "next.ts")
	makePattern(t, p, path)
	next, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return faultsender.Splice(s, faultAt, faultsender.Read(next))
}

// A channel that has an image of its own shows that when its source is gone for good, a second after the last picture, with
// silence. The image has a number's marks where the pattern has them, so that it is read where it ought to be.
func TestSlateOfItsOwn(t *testing.T) {
	engine, err := transcode.NewEngine(transcode.EngineOptions{Path: needEngine(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	clean := readStream(t, faultURL)
	gone := faultsender.Between(4*time.Second, 0, func(faultsender.Stream) faultsender.Stream { return nil })
	f := &faultIngest{stream: faultsender.Read(clean).With(gone, faultsender.UDP()), media: probed(t, engine, clean), profile: faultLadder(t), slate: markedImage(t, 4242)}
	faultTasks(t, f, 8*time.Second)
	pictures, sound, _, _ := encodeAndDecode(t, engine, f)
	last := 0
	for i, p := range pictures {
		if p.Number == int64(i) {
			last = i
		}
	}
	if last < 90 || last > 105 {
		t.Fatalf("the last picture of its own is %d, want about 100", last)
	}
	for i, p := range pictures[last+1:] {
		want := int64(last) // for a second
		if i >= 25 {
			want = 4242
		}
		if p.Number != want && i != 25 && i != 24 {
			t.Errorf("place %d shows %d, want %d", last+1+i, p.Number, want)
		}
	}
	if tail := sound.Left[5*48000:]; slices.Max(tail) > 8 || slices.Min(tail) < -8 {
		t.Errorf("from 5 s on there is sound of up to %d, want silence", slices.Max(tail))
	}
	if !slices.Contains(f.alarms(), rung.AlarmSourceLost) {
		t.Errorf("alarms %q, want %s", f.alarms(), rung.AlarmSourceLost)
	}
}

// markedImage is a PNG of twice the pattern's size with the marks of a number along its top, white on black, on blue.
func markedImage(t *testing.T, number int) []byte {
	t.Helper()
	const side = 48 // of a block; the pattern's are 24 wide at 640
	img := image.NewRGBA(image.Rect(0, 0, 2*faultSize.Width, 2*faultSize.Height))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{B: 90, A: 255}), image.Point{}, draw.Src)
	for bit := range 24 {
		if number>>(23-bit)&1 != 0 {
			draw.Draw(img, image.Rect(bit*side, 0, (bit+1)*side, side), image.White, image.Point{}, draw.Src)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
