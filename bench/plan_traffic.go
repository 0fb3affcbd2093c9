package bench

import (
	"fmt"

	"rung"
	"rung/profiles"
)

const (
	day = 86400.0 // seconds
	// planWindow is how many segments a live playlist lists where the channel says nothing else.
	planWindow = 10
	// sweepsADay is how often a channel's folder is listed for forgotten objects: every half hour.
	sweepsADay = 48
)

// planStream is what a channel of a profile sends and asks for.
type planStream struct {
	rate     float64 // bit/s to the store
	rateFrom string
	segment  float64 // seconds
	tracks   int     // renditions, audio included
	source   float64 // bit/s in
}

// traffic adds up what all channels send and ask for.
func (o *PlanOptions) traffic() ([]PlanFigure, error) {
	var in, out, written, kept, puts, playlists, deletes, lists float64
	var inFrom, outFrom, keptFrom string
	for _, c := range o.Channels {
		s, err := o.stream(c.Profile)
		if err != nil {
			return nil, err
		}
		n := float64(c.Channels)
		window := max(planWindow*s.segment, float64(o.DVRUS)/1e6)
		in += n * s.source
		out += n * s.rate
		written += n * s.rate / 8 * day
		kept += n * s.rate / 8 * 2 * window
		puts += n * float64(s.tracks) * day / s.segment
		playlists += n * float64(s.tracks) * day / s.segment
		deletes += n * day / max(s.segment, deletePause)
		lists += n * sweepsADay
		outFrom = join(outFrom, c.Profile.Name+": "+s.rateFrom)
	}
	inFrom = o.Reports[0].Name + ": mean rate of the streams it was measured on"
	keptFrom = fmt.Sprintf("as sent to the store; rule: a window of %d segments or the DVR time, and as long again before it is deleted", planWindow)
	segments := "profiles: segment length and renditions"
	return []PlanFigure{
		{"sources into the nodes", in, "bit/s", inFrom},
		{"source windows, between nodes and queue", 2 * in, "bit/s", "rule: each source is written once and read once; each replica of the queue adds one more"},
		{"segments to the store", out, "bit/s", outFrom},
		{"written to the store a day", written, "bytes", "as sent to the store"},
		{"kept in the store", kept, "bytes", keptFrom},
		{"segments put a day", puts, "requests", segments},
		{"playlists put a day", playlists, "requests", segments + "; rule: each media playlist with each segment"},
		{"deletions a day", deletes, "requests", fmt.Sprintf("rule: one for a segment's renditions together, at most every %d s", int(deletePause))},
		{"listings a day", lists, "requests", fmt.Sprintf("rule: %d a channel", sweepsADay)},
	}, nil
}

// deletePause is the least time between two deletions of a channel, in seconds.
const deletePause = 20

// stream is what a channel of a profile sends.
func (o *PlanOptions) stream(p *profiles.Profile) (planStream, error) {
	m := newPlanMeasured(o.Reports[0])
	for _, r := range o.Reports {
		if other := newPlanMeasured(r); other.has(p.Name) {
			m = other
			break
		}
	}
	s := planStream{source: meanSource(m.Report.Inputs)}
	source := m.sourceFor(p)
	ladder, err := p.Resolve(&source, []rung.AudioInfo{{}})
	if err != nil {
		return s, err
	}
	s.segment = float64(ladder.Grid.Micros(ladder.Grid.SegmentFrames)) / 1e6
	s.tracks = len(ladder.Video) + len(ladder.Audio)
	if s.rate = m.rate(p.Name); s.rate > 0 {
		s.rateFrom = m.Name + ", measured mean"
		return s, nil
	}
	for _, v := range ladder.Video {
		s.rate += float64(max(v.MaxRate, v.BitRate))
	}
	for _, a := range ladder.Audio {
		s.rate += float64(a.BitRate)
	}
	s.rateFrom = "profile's declared rates, the most it can be"
	return s, nil
}

// rate is the measured rate of a profile's renditions together, in bit/s; 0 if it was not in the load.
func (m planMeasured) rate(profile string) (sum float64) {
	for _, r := range m.trial.Renditions {
		if r.Profile == profile {
			sum += float64(r.BitRate)
		}
	}
	return sum
}

// meanSource is the mean rate of inputs, in bit/s.
func meanSource(inputs []Input) float64 {
	var bits, us float64
	for _, in := range inputs {
		bits += 8 * float64(in.Bytes)
		us += float64(in.DurationUS)
	}
	if us == 0 {
		return 0
	}
	return bits / us * 1e6
}

// join puts texts together, each once.
func join(all, text string) string {
	if all == "" {
		return text
	}
	return all + "; " + text
}
