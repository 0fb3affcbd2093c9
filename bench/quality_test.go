package bench

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"rung"
	"rung/internal/objects"
	"rung/profiles"
	"rung/transcode"
	"rung/transcode/protocol"
)

// modelEngine encodes and measures by a formula: a rendition's bytes halve with 6 of CRF and its error doubles, a slower
// preset saves a tenth of the bytes for twice the time. Each encode costs a little more than the one before, as on a machine
// that slows down.
type modelEngine struct {
	encoded []rung.Task
	sizes   map[string]int // compared at
	slate   int64
}

func (m *modelEngine) Encode(_ context.Context, task rung.Task, inputs []transcode.Input) (*transcode.Encoded, error) {
	if len(inputs) != len(task.Parts) || len(task.Ladder.Audio) > 0 {
		return nil, fmt.Errorf("%d inputs for %d parts, %d audio renditions", len(inputs), len(task.Parts), len(task.Ladder.Audio))
	}
	m.encoded = append(m.encoded, task)
	out := &transcode.Encoded{Objects: map[string][]byte{}, Reply: protocol.EncodeReply{Stats: rung.EncodeStats{StageUS: map[string]int64{}}}}
	for _, v := range task.Ladder.Video {
		size := float64(v.Width*v.Height) * math.Pow(2, -(v.CRF-23)/6) / 10
		cost := int64(v.Width) * 1000
		if v.Preset == "faster" {
			size, cost = 0.9*size, 2*cost
		}
		out.Objects[v.ID+"/init"], out.Objects[v.ID+"/media"] = []byte("init"), make([]byte, int(size))
		out.Reply.Stats.StageUS["encode:"+v.ID] = cost + int64(len(m.encoded))
	}
	return out, nil
}

func (m *modelEngine) Measure(_ context.Context, task rung.Task, _, distorted []transcode.Input, _ string) (protocol.MeasureReply, error) {
	var reply protocol.MeasureReply
	reply.Stats.Slate = m.slate
	for i, v := range task.Ladder.Video {
		if m.sizes != nil {
			m.sizes[v.ID] = v.Width
		}
		if distorted[i].Size() <= int64(len("init")) {
			return reply, fmt.Errorf("rendition %s has no media", v.ID)
		}
		e := 1e-4 * math.Pow(2, (v.CRF-23)/6)
		all := protocol.Planes{Y: e, U: e, V: e}
		reply.Renditions = append(reply.Renditions, protocol.MeasuredRendition{ID: v.ID,
			Pictures: slices.Repeat([]protocol.PictureQuality{{MSE: all, WSE: all, SSIM: protocol.Planes{Y: 1 - e, U: 1 - e, V: 1 - e}}}, int(task.Interval.Frames))})
	}
	return reply, nil
}

// openObject is an object of no interest.
type openObject struct{ *bytes.Reader }

func (openObject) ETag() string { return "" }
func (openObject) Close() error { return nil }

// quietProgress says nothing.
type quietProgress struct{}

func (quietProgress) Begin(string, time.Duration) {}
func (quietProgress) Update(string)               {}
func (quietProgress) End(string)                  {}

// qualityOptions measure two renditions of sd3 in three segments of a model.
func qualityOptions(m *modelEngine) QualityOptions {
	return QualityOptions{
		Profiles: []*profiles.Profile{profiles.Find("sd3")}, Inputs: []Input{{Name: "a.ts", Path: "/a.ts"}}, Renditions: []string{"540p", "234p"},
		Encoder: m, Measurer: m, Progress: quietProgress{},
		Open: func(context.Context, string) (objects.Object, error) {
			return openObject{bytes.NewReader([]byte("source"))}, nil
		},
		Plan: func(_ context.Context, p *profiles.Profile, input string) ([]rung.Task, error) {
			l, err := p.Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}, []rung.AudioInfo{{}})
			if err != nil {
				return nil, err
			}
			var tasks []rung.Task
			for n := range int64(3) {
				tasks = append(tasks, rung.Task{ID: rung.SegmentID{Number: n}, Interval: l.Grid.Segment(n), Ladder: l,
					Parts: []rung.Part{{Object: &rung.ObjectRange{URL: input, Size: 6, Offset: n, End: 6}}}})
			}
			return tasks, nil
		},
	}
}

func measuredQuality(t *testing.T, o QualityOptions) *Quality {
	t.Helper()
	q, err := MeasureQuality(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A profile alone is measured as it is written.
func TestQualityOfOneProfile(t *testing.T) {
	m := &modelEngine{}
	q := measuredQuality(t, qualityOptions(m))
	if len(q.Curves) != 2 || q.Segments != 3 || q.MediaUS != 3*3_840_000 || len(q.Deltas) != 0 {
		t.Fatalf("%+v", q)
	}
	c := q.Curves[0]
	if c.Variant != "sd3" || c.Rendition != "540p" || c.Width != 960 || c.Preset != "veryfast" || len(c.Points) != 1 {
		t.Errorf("%+v", c)
	}
	p := c.Points[0]
	if p.CRF != 23 || !p.AsWritten || p.Bytes != 3*51840 || p.BitRate != 108000 || p.Quality.Pictures != 3*96 || !close1(p.Quality.PSNR.Y, 40) {
		t.Errorf("%+v", p)
	}
	for _, task := range m.encoded {
		if task.Ladder.Video[0].MaxRate != 2_140_000 {
			t.Errorf("the profile's own point has a cap of %d", task.Ladder.Video[0].MaxRate)
		}
	}
}

// Presets make curves around each rendition's own CRF, without its cap; they take turns, and their costs are medians.
func TestQualityOfPresets(t *testing.T) {
	m := &modelEngine{}
	o := qualityOptions(m)
	o.Presets, o.Repeats, o.Duration = []string{"veryfast", "faster"}, 3, 7*time.Second
	q := measuredQuality(t, o)
	if q.Segments != 2 || len(m.encoded) != 2*3*2*5 {
		t.Fatalf("%d segments, %d encodes; want 2 of 7 s, and 2 * 3 repeats * 2 presets * 5 points", q.Segments, len(m.encoded))
	}
	var order, caps []string
	for _, task := range m.encoded[:10] {
		v := task.Ladder.Video[0]
		order = append(order, fmt.Sprintf("%s %v", v.Preset, v.CRF))
		caps = append(caps, fmt.Sprint(v.MaxRate))
	}
	want := "veryfast 23 veryfast 19 veryfast 23 veryfast 27 veryfast 31 faster 23 faster 19 faster 23 faster 27 faster 31"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("the first round is %s, want %s", got, want)
	}
	if got := strings.Join(caps, " "); got != "2140000 0 0 0 0 2140000 0 0 0 0" {
		t.Errorf("caps %s", got)
	}
	for _, p := range q.Curves[0].Points {
		if each := p.EncodeCPUUSEach; len(each) != 3 || p.EncodeCPUUS != each[1] || each[0] >= each[1] || each[1] >= each[2] {
			t.Errorf("repeats %v, median %d", each, p.EncodeCPUUS)
		}
	}
	if len(q.Deltas) != 3 {
		t.Fatalf("deltas %+v, want two renditions and all", q.Deltas)
	}
	for _, d := range q.Deltas {
		if d.Variant != "sd3/faster" || d.Anchor != "sd3/veryfast" {
			t.Errorf("%+v", d)
		}
		for name, r := range map[string]BDRate{"PSNR": d.PSNR, "SSIM": d.SSIM, "XPSNR": d.XPSNR} {
			if r.Unknown != "" || math.Abs(r.Percent+10) > 0.05 || !close1(r.Overlap, 1) {
				t.Errorf("%s %s: %+v, want -10%%", d.Rendition, name, r)
			}
		}
		if math.Abs(d.CPURatio-2) > 0.001 {
			t.Errorf("%s: %v of the processor time, want 2", d.Rendition, d.CPURatio)
		}
	}
	r := NewReport(KindQuality, "v1", []string{"rung"}, Machine{Cores: 2})
	r.Inputs, r.Quality = o.Inputs, q
	var text, html bytes.Buffer
	if err := NewPage(r).WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := NewPage(r).WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "sd3/faster needs 10.0% less rate than sd3/veryfast for the same XPSNR, and 2.00 times its processor time") {
		t.Errorf("the text is\n%s", text.String())
	}
	if n := strings.Count(html.String(), "<svg"); n != 3 {
		t.Errorf("%d plots, want one for each size and one of the cost", n)
	}
}

// CRFs of the command line are every rendition's; caps are kept on request; the widest size is compared at on request.
func TestQualityOfCRFs(t *testing.T) {
	m := &modelEngine{sizes: map[string]int{}}
	o := qualityOptions(m)
	o.CRFs, o.Capped, o.FullSize = []float64{20, 30}, true, true
	q := measuredQuality(t, o)
	var crfs []float64
	for _, p := range q.Curves[1].Points {
		crfs = append(crfs, p.CRF)
	}
	if !slices.Equal(crfs, []float64{23, 20, 30}) || len(q.Curves[1].swept()) != 2 || m.sizes["234p"] != 960 {
		t.Errorf("CRFs %v, 234p compared at a width of %d", crfs, m.sizes["234p"])
	}
	for _, task := range m.encoded {
		if v := task.Ladder.Video; v[0].MaxRate == 0 || v[1].Width != 416 {
			t.Errorf("encoded %+v", v)
		}
	}
}

// A profile is compared with another's renditions of the same size.
func TestQualityOfProfiles(t *testing.T) {
	o := qualityOptions(&modelEngine{})
	other := *profiles.Find("sd3")
	other.Name, other.Video = "tuned", slices.Clone(other.Video[:1])
	other.Video[0].Preset = "faster"
	o.Profiles = append(o.Profiles, &other)
	q := measuredQuality(t, o)
	if len(q.Deltas) != 1 || q.Deltas[0].Variant != "tuned" || q.Deltas[0].Rendition != "540p" || math.Abs(q.Deltas[0].XPSNR.Percent+10) > 0.05 {
		t.Errorf("%+v", q.Deltas)
	}
}

func TestQualityRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*QualityOptions)
		code   rung.Code
	}{
		"an unknown preset":    {func(o *QualityOptions) { o.Presets = []string{"quick"} }, rung.CodeInvalid},
		"an unknown rendition": {func(o *QualityOptions) { o.Renditions = []string{"1080p"} }, rung.CodeInvalid},
		"a CRF out of bounds":  {func(o *QualityOptions) { o.CRFs = []float64{70} }, rung.CodeInvalid},
		"the same name twice":  {func(o *QualityOptions) { o.Profiles = append(o.Profiles, o.Profiles[0]) }, rung.CodeInvalid},
		"a source with holes":  {func(o *QualityOptions) { o.Measurer = &modelEngine{slate: 3} }, rung.CodeBadInput},
	} {
		o := qualityOptions(&modelEngine{})
		c.change(&o)
		if _, err := MeasureQuality(t.Context(), o); rung.CodeOf(err) != c.code || rung.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
