package bench

import (
	"fmt"
	"net/url"
	"time"

	"rung"
	"rung/profiles"
)

// liveChannel is one channel of a load.
type liveChannel struct {
	id      string
	profile *profiles.Profile
	input   Input
	ladder  rung.Ladder
}

// channels makes n channels of the load: the profiles in its proportion, however few the channels, and each profile's
// inputs in turn.
func (l Load) channels(n int, all []*profiles.Profile, inputs []Input) ([]liveChannel, error) {
	counts := make([]int, len(l.Mix))
	list := make([]liveChannel, 0, n)
	for k := range n {
		i := l.next(counts, k)
		c := liveChannel{id: fmt.Sprintf("bench-%04d", k), profile: all[i]}
		own := inputsOf(inputs, c.profile.Name)
		if len(own) == 0 {
			return nil, rung.Errorf(rung.CodeInternal, "", "profile %q has no input", c.profile.Name)
		}
		c.input = own[counts[i]%len(own)]
		counts[i]++
		var err error
		if c.ladder, err = resolve(c.profile, c.input); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// next is the profile that is farthest behind its share after k channels.
func (l Load) next(counts []int, k int) int {
	sum := 0
	for _, s := range l.Mix {
		sum += s.Parts
	}
	best, most := 0, 0
	for i, s := range l.Mix {
		if behind := s.Parts*(k+1) - counts[i]*sum; i == 0 || behind > most {
			best, most = i, behind
		}
	}
	return best
}

// inputsOf are the inputs that a profile's channels take in turn.
func inputsOf(inputs []Input, profile string) []Input {
	var own []Input
	for _, in := range inputs {
		if in.Profile == "" || in.Profile == profile {
			own = append(own, in)
		}
	}
	return own
}

// resolve is the ladder that a profile makes of an input.
func resolve(p *profiles.Profile, in Input) (rung.Ladder, error) {
	return p.Resolve(&rung.VideoInfo{Codec: in.Codec, Width: in.Width, Height: in.Height, SAR: rung.R(1, 1), FrameRate: in.FrameRate, Interlaced: in.Interlaced},
		make([]rung.AudioInfo, min(in.Audio, 1)))
}

// segment is how long the channel's segments are.
func (c *liveChannel) segment() time.Duration {
	return time.Duration(c.ladder.Grid.Micros(c.ladder.Grid.SegmentFrames)) * time.Microsecond
}

// channel is what the platform is asked for.
func (c *liveChannel) channel() rung.Channel {
	now := time.Now().UTC()
	u := url.URL{Scheme: "file", Path: c.input.Path}
	return rung.Channel{ID: c.id, Source: rung.Source{URL: u.String(), Loop: true}, Profile: c.profile.Name, Enabled: true, Created: now, Updated: now}
}
