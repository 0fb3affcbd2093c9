package packager

import (
	"fmt"
	"path"
	"strings"

	"rung"
)

// presentation is a list of segments with their periods: what playlists are made of. Live and VOD share it.
type presentation struct {
	Root    string    `json:"root"` // the folder of the playlists; empty: the store's own
	Target  int64     `json:"target"`
	Periods []period  `json:"periods"`
	Listed  []segment `json:"listed"`
}

// period is the one with the id; the presentation keeps those that its segments name.
func (p *presentation) period(id int64) *period {
	for i := range p.Periods {
		if p.Periods[i].ID == id {
			return &p.Periods[i]
		}
	}
	return nil
}

// check says what in a presentation that was read contradicts itself.
func (p *presentation) check() error {
	known := make(map[int64]bool, len(p.Periods))
	for _, per := range p.Periods {
		if per.Grid.Rate.Num <= 0 || per.Grid.Rate.Den <= 0 || per.Grid.SegmentFrames <= 0 {
			return fmt.Errorf("period %d has grid %+v", per.ID, per.Grid)
		}
		known[per.ID] = true
	}
	for _, s := range p.Listed {
		if !known[s.Period] {
			return fmt.Errorf("segment %d is of period %d, which is not there", s.Number, s.Period)
		}
	}
	return nil
}

// renditions are those of the newest period that has any: the ones that the master playlist offers.
func (p *presentation) renditions() []track {
	for i := len(p.Periods) - 1; i >= 0; i-- {
		if len(p.Periods[i].Tracks) > 0 {
			return p.Periods[i].Tracks
		}
	}
	return nil
}

// entries are the playlist entries of one rendition. Segments of periods that did not have it are gaps.
func (p *presentation) entries(t track) []entry {
	entries := make([]entry, len(p.Listed))
	var r periodRendition
	for i, s := range p.Listed {
		if r.period == nil || r.period.ID != s.Period {
			r = p.rendition(t, s.Period)
		}
		entries[i] = r.entry(s)
	}
	return entries
}

// measure is the peak and mean rate of one rendition over what is listed.
func (p *presentation) measure(t track) rates {
	samples := make([]sample, 0, len(p.Listed))
	for _, s := range p.Listed {
		if one, ok := s.sample(p.period(s.Period), t.ID, t.Type); ok {
			samples = append(samples, one)
		}
	}
	return rates{Peak: peakRate(samples, p.Target), Mean: meanRate(samples)}
}

// variants are the tracks that make one each, and those of its audio group, if it has one. A service without pictures has
// its sound as variants; more than one language there makes one variant with all of them in its group.
func variants(tracks []track) (variants, group []track) {
	var sound []track
	for _, t := range tracks {
		if t.Type == video {
			variants = append(variants, t)
		} else {
			sound = append(sound, t)
		}
	}
	if len(variants) > 0 {
		return variants, sound
	}
	for _, t := range sound {
		if t.Language != sound[0].Language {
			return sound[:1], sound
		}
	}
	return sound, nil
}

// measured are the figures of each variant, by its track's id: its own and those of the group's heaviest.
func (p *presentation) measured() map[string]rates {
	own, group := variants(p.renditions())
	var sound rates
	for _, t := range group {
		m := p.measure(t)
		sound.Peak, sound.Mean = max(sound.Peak, m.Peak), max(sound.Mean, m.Mean)
	}
	figures := make(map[string]rates, len(own))
	for _, t := range own {
		m := p.measure(t)
		if t.Type == video {
			m.Peak, m.Mean = m.Peak+sound.Peak, m.Mean+sound.Mean
		}
		figures[t.ID] = m
	}
	return figures
}

// audioGroup is the GROUP-ID of the one group.
const audioGroup = "audio"

// master is the master playlist that declares the figures given for each variant.
func (p *presentation) master(declared map[string]rates) masterPlaylist {
	own, group := variants(p.renditions())
	var m masterPlaylist
	codecs := ""
	for i, t := range group {
		m.Audio = append(m.Audio, audioEntry{
			Group: audioGroup, Name: trackName(t, group[:i]), Language: languageTag(t.Language), Default: i == 0, Channels: t.Channels, URI: mediaName(t.ID),
		})
		if !strings.Contains(codecs, t.Codecs) {
			codecs += "," + t.Codecs
		}
	}
	for _, t := range own {
		v := variantEntry{URI: mediaName(t.ID), Bandwidth: declared[t.ID].Peak, Average: declared[t.ID].Mean, Codecs: t.Codecs, Width: t.Width, Height: t.Height}
		if t.Type == video {
			v.FrameRate, v.Codecs = t.FrameRate.Float(), t.Codecs+codecs
		}
		if len(group) > 0 {
			v.Audio = audioGroup
		}
		m.Variants = append(m.Variants, v)
	}
	return m
}

// trackName is the NAME of an audio track: unique in its group (RFC 8216, 4.3.4.1.1).
func trackName(t track, before []track) string {
	name := t.Name
	if name == "" {
		name = t.ID
	}
	for _, other := range before {
		if other.Name == t.Name {
			return name + " (" + t.ID + ")"
		}
	}
	return name
}

// masterName and mediaName are the playlists' names in the presentation's folder.
const masterName = "master.m3u8"

func mediaName(id string) string { return id + ".m3u8" }

// relative is the URI of key in a playlist that lies in the folder root. Keys lie below it.
func relative(root, key string) string {
	if root == "" {
		return key
	}
	return strings.TrimPrefix(key, root+"/")
}

// key is the key of a playlist.
func (p *presentation) key(name string) string { return path.Join(p.Root, name) }

// targetDuration is the TARGETDURATION of segments of the grid: the longest one's duration to the nearest second
// (RFC 8216, 4.3.3.1), sound included, whose segments may be a frame longer.
func targetDuration(g rung.Grid) int64 {
	longest := g.Micros(g.SegmentFrames)
	frames := longest*rung.AudioRate/(rung.AudioFrame*1_000_000) + 1
	if exact := audioMicros(frames - 1); exact == longest {
		frames--
	}
	longest = max(longest, audioMicros(frames))
	return max((longest+500_000)/1_000_000, 1)
}
