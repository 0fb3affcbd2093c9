package packager

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/grafov/m3u8"
)

// This file is the only user of grafov/m3u8, which is archived. What the library lacks or does wrong is put right here:
//
//   - EXTINF has three decimals only, so the durations are written by ours.
//   - GAP, INDEPENDENT-SEGMENTS in media playlists and EXT-X-MEDIA with CHANNELS are not known to it: they are custom tags.
//     Custom tags come in the order of a Go map, so there is one for each place that writes all its lines.
//   - STREAM-INF has the attribute PROGRAM-ID, which protocol version 6 removed: it is taken out.

// Protocol versions by feature (RFC 8216, 7; GAP: RFC 8216bis, 8).
const (
	versionMap = 7 // EXT-X-MAP asks for 6; 7 is what CMAF players know
	versionGap = 8
)

// timeFormat is the form of EXT-X-PROGRAM-DATE-TIME: ISO 8601 with milliseconds.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// mediaPlaylist is what one rendition's playlist says.
type mediaPlaylist struct {
	Target        int64 // seconds
	Sequence      uint64
	Discontinuity uint64
	VOD           bool
	Ended         bool
	Entries       []entry
}

// entry is one segment in a playlist.
type entry struct {
	URI           string
	Init          string // URI of its media initialization section; empty where it is not known (a gap)
	DurationUS    int64
	Time          time.Time // of the first sample on the wall clock; zero: not said
	Discontinuity bool
	Gap           bool
}

// masterPlaylist is what the master playlist says.
type masterPlaylist struct {
	Audio    []audioEntry
	Variants []variantEntry
}

// audioEntry is one EXT-X-MEDIA tag of type AUDIO.
type audioEntry struct {
	Group    string
	Name     string
	Language string // RFC 5646; empty: not known
	Default  bool
	Channels int
	URI      string
}

// variantEntry is one EXT-X-STREAM-INF tag. Rates are in bit/s.
type variantEntry struct {
	URI       string
	Bandwidth int64
	Average   int64
	Codecs    string
	Width     int // 0: no picture
	Height    int
	FrameRate float64
	Audio     string // group
}

// lines is a custom tag of any number of lines. Its name only tells it apart from others.
type lines struct {
	name string
	text []string
}

func (l lines) TagName() string { return l.name }
func (l lines) String() string  { return strings.Join(l.text, "\n") }

func (l lines) Encode() *bytes.Buffer {
	if len(l.text) == 0 {
		return nil
	}
	return bytes.NewBufferString(l.String())
}

// encode is the playlist's text.
func (p mediaPlaylist) encode() ([]byte, error) {
	list, err := m3u8.NewMediaPlaylist(0, uint(max(len(p.Entries), 1)))
	if err != nil {
		return nil, fmt.Errorf("media playlist of %d entries: %w", len(p.Entries), err)
	}
	list.SeqNo, list.DiscontinuitySeq, list.Closed = p.Sequence, p.Discontinuity, p.Ended
	if p.VOD {
		list.MediaType = m3u8.VOD
	}
	list.SetVersion(versionMap)
	list.SetCustomTag(lines{"header", []string{"#EXT-X-INDEPENDENT-SEGMENTS"}})
	init := ""
	for _, e := range p.Entries {
		if e.Gap {
			list.SetVersion(versionGap)
		}
		segment := e.segment()
		if e.Init != "" && e.Init != init {
			init = e.Init
			segment.Map = &m3u8.Map{URI: init}
		}
		if err := list.AppendSegment(segment); err != nil {
			return nil, fmt.Errorf("media playlist, entry %s: %w", e.URI, err)
		}
	}
	list.TargetDuration = float64(p.Target) // AppendSegment raises it to the longest duration rounded up
	return withDurations(list.Encode().Bytes(), p.Entries), nil
}

func (e entry) segment() *m3u8.MediaSegment {
	var tags []string
	if !e.Time.IsZero() {
		tags = append(tags, "#EXT-X-PROGRAM-DATE-TIME:"+e.Time.UTC().Round(time.Millisecond).Format(timeFormat))
	}
	if e.Gap {
		tags = append(tags, "#EXT-X-GAP")
	}
	tag := lines{"segment", tags}
	return &m3u8.MediaSegment{URI: e.URI, Discontinuity: e.Discontinuity, Custom: map[string]m3u8.CustomTag{tag.name: tag}}
}

// withDurations writes the entries' durations, to the microsecond, in the place of the library's.
func withDurations(text []byte, entries []entry) []byte {
	var out bytes.Buffer
	i := 0
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("#EXTINF:")) && i < len(entries) {
			us := entries[i].DurationUS
			fmt.Fprintf(&out, "#EXTINF:%d.%06d,\n", us/1e6, us%1e6)
			i++
			continue
		}
		out.Write(line)
	}
	return out.Bytes()
}

// encode is the playlist's text.
func (p masterPlaylist) encode() []byte {
	list := m3u8.NewMasterPlaylist()
	list.SetVersion(versionMap)
	list.SetIndependentSegments(true)
	media := make([]string, len(p.Audio))
	for i, a := range p.Audio {
		media[i] = a.tag()
	}
	list.SetCustomTag(lines{"media", media})
	for _, v := range p.Variants {
		params := m3u8.VariantParams{
			Bandwidth: uint32(min(v.Bandwidth, 1<<32-1)), AverageBandwidth: uint32(min(v.Average, 1<<32-1)),
			Codecs: v.Codecs, Audio: v.Audio, FrameRate: v.FrameRate,
		}
		if v.Width > 0 {
			params.Resolution = fmt.Sprintf("%dx%d", v.Width, v.Height)
		}
		list.Append(v.URI, nil, params)
	}
	return bytes.ReplaceAll(list.Encode().Bytes(), []byte("#EXT-X-STREAM-INF:PROGRAM-ID=0,"), []byte("#EXT-X-STREAM-INF:"))
}

// tag is the EXT-X-MEDIA tag.
func (a audioEntry) tag() string {
	s := fmt.Sprintf(`#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="%s",NAME="%s"`, quotable(a.Group), quotable(a.Name))
	if a.Language != "" {
		s += fmt.Sprintf(`,LANGUAGE="%s"`, quotable(a.Language))
	}
	if a.Default {
		s += ",DEFAULT=YES"
	} else {
		s += ",DEFAULT=NO"
	}
	s += ",AUTOSELECT=YES"
	if a.Channels > 0 {
		s += fmt.Sprintf(`,CHANNELS="%d"`, a.Channels)
	}
	return s + fmt.Sprintf(`,URI="%s"`, quotable(a.URI))
}

// quotable is s without what a quoted string cannot hold (RFC 8216, 4.2).
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '"':
			return '\''
		case '\n', '\r':
			return ' '
		}
		return r
	}, s)
}
