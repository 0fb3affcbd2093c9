package packager

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parsedMedia is a media playlist as a player reads it: a reader of its own, so that it does not share the writer's mistakes.
type parsedMedia struct {
	version, target         int64
	sequence, discontinuity uint64
	ended, vod              bool
	entries                 []entry
}

func parseMedia(text string) (p parsedMedia, err error) {
	if !strings.HasPrefix(text, "#EXTM3U\n") {
		return p, fmt.Errorf("does not begin with #EXTM3U")
	}
	var e entry
	init := ""
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n")[1:] {
		tag, value, _ := strings.Cut(line, ":")
		switch tag {
		case "#EXT-X-VERSION":
			p.version, err = strconv.ParseInt(value, 10, 64)
		case "#EXT-X-TARGETDURATION":
			p.target, err = strconv.ParseInt(value, 10, 64)
		case "#EXT-X-MEDIA-SEQUENCE":
			p.sequence, err = strconv.ParseUint(value, 10, 64)
		case "#EXT-X-DISCONTINUITY-SEQUENCE":
			p.discontinuity, err = strconv.ParseUint(value, 10, 64)
		case "#EXT-X-PLAYLIST-TYPE":
			p.vod = value == "VOD"
		case "#EXT-X-INDEPENDENT-SEGMENTS":
		case "#EXT-X-ENDLIST":
			p.ended = true
		case "#EXT-X-DISCONTINUITY":
			e.Discontinuity = true
		case "#EXT-X-GAP":
			e.Gap = true
		case "#EXT-X-MAP":
			init = strings.TrimSuffix(strings.TrimPrefix(value, `URI="`), `"`)
		case "#EXT-X-PROGRAM-DATE-TIME":
			e.Time, err = time.Parse(time.RFC3339Nano, value)
		case "#EXTINF":
			whole, frac, _ := strings.Cut(strings.TrimSuffix(value, ","), ".")
			if len(frac) != 6 {
				return p, fmt.Errorf("%s has not six decimals", line)
			}
			e.DurationUS, err = strconv.ParseInt(whole+frac, 10, 64)
		default:
			if strings.HasPrefix(line, "#") || line == "" {
				return p, fmt.Errorf("line %q is not one of ours", line)
			}
			e.URI, e.Init = line, init
			p.entries = append(p.entries, e)
			e = entry{}
		}
		if err != nil {
			return p, fmt.Errorf("line %q: %w", line, err)
		}
	}
	return p, nil
}

// parseMaster reads what the tests need of a master playlist's variants.
func parseMaster(text string) (list []variantEntry) {
	var v variantEntry
	for line := range strings.SplitSeq(text, "\n") {
		if attributes, ok := strings.CutPrefix(line, "#EXT-X-STREAM-INF:"); ok {
			for attribute := range strings.SplitSeq(attributes, ",") {
				name, value, _ := strings.Cut(attribute, "=")
				switch name {
				case "BANDWIDTH":
					v.Bandwidth, _ = strconv.ParseInt(value, 10, 64)
				case "AVERAGE-BANDWIDTH":
					v.Average, _ = strconv.ParseInt(value, 10, 64)
				}
			}
		} else if line != "" && !strings.HasPrefix(line, "#") {
			v.URI = line
			list = append(list, v)
			v = variantEntry{}
		}
	}
	return list
}

// outline is a playlist in a line: "3/1: 3 4 gap5 |0 1" has media sequence 3, discontinuity sequence 1, a gap and a
// discontinuity; segments are their numbers. "end" stands for ENDLIST.
func outline(p parsedMedia) string {
	s := fmt.Sprintf("%d/%d:", p.sequence, p.discontinuity)
	for _, e := range p.entries {
		s += " "
		if e.Discontinuity {
			s += "|"
		}
		if e.Gap {
			s += "gap"
		}
		number := strings.TrimSuffix(e.URI[strings.LastIndexByte(e.URI, '/')+1:], ".m4s")
		s += strings.TrimLeft(number[:len(number)-1], "0") + number[len(number)-1:]
	}
	if p.ended {
		s += " end"
	}
	return s
}
