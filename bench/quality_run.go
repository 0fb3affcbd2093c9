package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"rung"
	"rung/internal/objects"
	"rung/transcode"
)

// MeasureQuality encodes the inputs with every setting and measures what came out. Settings take turns segment by segment
// and repeat by repeat, so that a machine whose speed drifts does no setting an injustice.
func MeasureQuality(ctx context.Context, o QualityOptions) (*Quality, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	variants, err := o.variants(ctx)
	if err != nil {
		return nil, err
	}
	r := &qualityRun{options: o, variants: variants, repeats: max(1, o.Repeats), totals: map[qualityKey]*qualityTotals{}}
	r.plan()
	o.Progress.Begin(fmt.Sprintf("measuring %d segments, %d settings", r.segments, r.settings), 0)
	for segment := range r.segments {
		for repeat := range r.repeats {
			if err := r.round(ctx, segment, repeat); err != nil {
				return nil, err
			}
		}
	}
	o.Progress.End(fmt.Sprintf("%d pictures measured", r.pictures()))
	return r.result(), nil
}

// qualityKey names one point of one rendition.
type qualityKey struct {
	variant, point int
	rendition      string
}

// qualityRun is one measurement as it goes.
type qualityRun struct {
	options  QualityOptions
	variants []*qualityVariant
	repeats  int
	segments int // of the variant that has most: profiles may cut differently
	settings int
	done     int
	totals   map[qualityKey]*qualityTotals
}

func (r *qualityRun) plan() {
	for _, v := range r.variants {
		r.segments = max(r.segments, len(v.tasks))
		r.settings += len(v.points)
	}
}

// round encodes one segment with every setting.
func (r *qualityRun) round(ctx context.Context, segment, repeat int) error {
	for i, v := range r.variants {
		if segment >= len(v.tasks) {
			continue
		}
		for j, s := range v.points {
			if err := r.one(ctx, i, j, v.task(segment, s), repeat); err != nil {
				return err
			}
			r.done++
			r.options.Progress.Update(fmt.Sprintf("%d of %d segments encoded and measured", r.done, r.segments*r.repeats*r.settings))
		}
	}
	return nil
}

// one encodes one segment with one setting. What comes out is the same each time, so it is measured once.
func (r *qualityRun) one(ctx context.Context, variant, point int, task rung.Task, repeat int) (err error) {
	inputs, closeAll, err := r.open(ctx, task)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	encoded, err := r.options.Encoder.Encode(ctx, task, inputs)
	if err != nil {
		return err
	}
	for _, v := range task.Ladder.Video {
		t := r.total(qualityKey{variant, point, v.ID})
		for len(t.cpu) <= repeat {
			t.cpu = append(t.cpu, 0)
		}
		t.cpu[repeat] += encoded.Reply.Stats.StageUS["encode:"+v.ID]
	}
	if repeat > 0 {
		return nil
	}
	return r.measure(ctx, variant, point, task, inputs, encoded)
}

// measure holds a segment's renditions against their source.
func (r *qualityRun) measure(ctx context.Context, variant, point int, task rung.Task, inputs []transcode.Input, encoded *transcode.Encoded) error {
	reference := task
	if r.options.FullSize {
		reference.Ladder.Video = fullSize(task.Ladder.Video)
	}
	var distorted []transcode.Input
	for _, v := range task.Ladder.Video {
		distorted = append(distorted, bytes.NewReader(bytes.Join([][]byte{encoded.Objects[v.ID+"/init"], encoded.Objects[v.ID+"/media"]}, nil)))
	}
	reply, err := r.options.Measurer.Measure(ctx, reference, inputs, distorted, "")
	if err != nil {
		return err
	}
	if reply.Stats.Slate > 0 || len(reply.Renditions) != len(task.Ladder.Video) {
		return rung.Errorf(rung.CodeBadInput, "choose a recording without gaps", "segment %d: %d pictures have no source", task.ID.Number, reply.Stats.Slate)
	}
	for i, v := range task.Ladder.Video {
		t := r.total(qualityKey{variant, point, v.ID})
		t.crf = v.CRF
		t.bytes += int64(len(encoded.Objects[v.ID+"/media"]))
		t.pictures = append(t.pictures, reply.Renditions[i].Pictures...)
	}
	return nil
}

// fullSize are the renditions at the widest one's size.
func fullSize(renditions []rung.VideoRendition) []rung.VideoRendition {
	full := make([]rung.VideoRendition, len(renditions))
	for i, v := range renditions {
		v.Width, v.Height = renditions[0].Width, renditions[0].Height
		full[i] = v
	}
	return full
}

// open opens a task's parts as a worker does.
func (r *qualityRun) open(ctx context.Context, task rung.Task) ([]transcode.Input, func() error, error) {
	var inputs []transcode.Input
	var opened []objects.Object
	closeAll := func() error {
		var errs []error
		for _, o := range opened {
			errs = append(errs, o.Close())
		}
		return errors.Join(errs...)
	}
	for _, p := range task.Parts {
		if p.Object == nil {
			return nil, nil, errors.Join(rung.Errorf(rung.CodeInternal, "", "segment %v: a part is no file's", task.ID), closeAll())
		}
		o, err := r.options.Open(ctx, p.Object.URL)
		if err != nil {
			return nil, nil, errors.Join(err, closeAll())
		}
		opened = append(opened, o)
		if p.Object.End > 0 {
			inputs = append(inputs, objects.Section(o, p.Object.Offset, p.Object.End))
		} else {
			inputs = append(inputs, o)
		}
	}
	return inputs, closeAll, nil
}

func (r *qualityRun) total(k qualityKey) *qualityTotals {
	if r.totals[k] == nil {
		r.totals[k] = &qualityTotals{}
	}
	return r.totals[k]
}

func (r *qualityRun) pictures() (n int) {
	for _, t := range r.totals {
		n += len(t.pictures)
	}
	return n
}

// result puts the section together.
func (r *qualityRun) result() *Quality {
	q := &Quality{Segments: r.segments, Repeats: r.repeats, FullSize: r.options.FullSize, Capped: r.options.Capped}
	for i, v := range r.variants {
		var media int64
		for _, t := range v.tasks {
			media += t.Ladder.Grid.Micros(t.Interval.Frames)
		}
		q.MediaUS = max(q.MediaUS, media)
		for _, c := range v.curves() {
			for j, s := range v.points {
				c.Points = append(c.Points, r.total(qualityKey{i, j, c.Rendition}).point(s, media))
			}
			q.Curves = append(q.Curves, c)
		}
	}
	q.Deltas = q.deltas()
	return q
}
