package packager

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafov/m3u8"
)

// This file is the only user of grafov/m3u8, which is archived. What the library lacks or does wrong is put right here:
//
//   - Its EXTINF has three decimals only, and GAP is not known to it: the entries of media playlists are written by ours.
//   - INDEPENDENT-SEGMENTS in media playlists and EXT-X-MEDIA with CHANNELS are not known to it: they are custom tags.
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

// encode is the playlist's text: the library's head, and the entries by ours.
func (p mediaPlaylist) encode() ([]byte, error) {
	list, err := m3u8.NewMediaPlaylist(0, 1)
	if err != nil {
		return nil, fmt.Errorf("media playlist: %w", err)
	}
	list.SeqNo, list.DiscontinuitySeq, list.TargetDuration = p.Sequence, p.Discontinuity, float64(p.Target)
	if p.VOD {
		list.MediaType = m3u8.VOD
	}
	list.SetVersion(versionMap)
	if slices.ContainsFunc(p.Entries, func(e entry) bool { return e.Gap }) {
		list.SetVersion(versionGap)
	}
	list.SetCustomTag(lines{"header", []string{"#EXT-X-INDEPENDENT-SEGMENTS"}})
	head := list.Encode().Bytes()
	text := append(make([]byte, 0, len(head)+len(p.Entries)*entryRoom), head...)
	init := ""
	for _, e := range p.Entries {
		text = e.append(text, e.Init != init)
		if e.Init != "" {
			init = e.Init
		}
	}
	if p.Ended {
		text = append(text, "#EXT-X-ENDLIST\n"...)
	}
	return text, nil
}

// entryRoom is what an entry usually takes, in bytes.
const entryRoom = 160

// append writes the entry behind text. newInit: its media initialization section is another than that of the one before.
func (e entry) append(text []byte, newInit bool) []byte {
	if e.Discontinuity {
		text = append(text, "#EXT-X-DISCONTINUITY\n"...)
	}
	if newInit && e.Init != "" {
		text = append(append(append(text, `#EXT-X-MAP:URI="`...), e.Init...), "\"\n"...)
	}
	if !e.Time.IsZero() {
		text = append(text, "#EXT-X-PROGRAM-DATE-TIME:"...)
		text = append(e.Time.UTC().Round(time.Millisecond).AppendFormat(text, timeFormat), '\n')
	}
	if e.Gap {
		text = append(text, "#EXT-X-GAP\n"...)
	}
	text = fmt.Appendf(text, "#EXTINF:%d.%06d,\n", e.DurationUS/1e6, e.DurationUS%1e6)
	return append(append(text, e.URI...), '\n')
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
