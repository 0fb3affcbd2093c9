package mediatest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Rendition is one media playlist as a player sees it.
type Rendition struct {
	Name     string // "1280x720", or "audio"
	URI      string
	Attrs    map[string]string
	Playlist string  // its text
	Target   float64 // its EXT-X-TARGETDURATION, in seconds
	Segments []Segment
	Ended    bool
}

// Segment is one entry of a media playlist.
type Segment struct {
	Sequence      int64
	URI, Init     string
	Seconds       float64
	Gap           bool
	Discontinuity bool
}

// Presentation is a master playlist with all it names.
type Presentation struct {
	Master string // its text
	Video  []Rendition
	Audio  []Rendition
}

var attribute = regexp.MustCompile(`([A-Z0-9-]+)=("[^"]*"|[^,]*)`)

// Fetch reads the playlists of a presentation from a file or an http URL.
func Fetch(ctx context.Context, master string) (*Presentation, error) {
	text, err := get(ctx, master)
	if err != nil {
		return nil, err
	}
	p := &Presentation{Master: string(text)}
	var variant map[string]string
	for line := range strings.Lines(p.Master) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#EXT-X-STREAM-INF:"):
			variant = attributes(line)
		case strings.HasPrefix(line, "#EXT-X-MEDIA:"):
			a := attributes(line)
			r, err := fetchRendition(ctx, "audio", resolve(master, a["URI"]), a)
			if err != nil {
				return nil, err
			}
			p.Audio = append(p.Audio, r)
		case line != "" && !strings.HasPrefix(line, "#") && variant != nil:
			r, err := fetchRendition(ctx, variant["RESOLUTION"], resolve(master, line), variant)
			if err != nil {
				return nil, err
			}
			p.Video = append(p.Video, r)
			variant = nil
		}
	}
	if len(p.Video) == 0 {
		return nil, fmt.Errorf("%s names no variants:\n%s", master, text)
	}
	return p, nil
}

func attributes(line string) map[string]string {
	m := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(line, -1) {
		m[a[1]] = strings.Trim(a[2], `"`)
	}
	return m
}

func fetchRendition(ctx context.Context, name, uri string, attrs map[string]string) (Rendition, error) {
	text, err := get(ctx, uri)
	if err != nil {
		return Rendition{}, err
	}
	r := Rendition{Name: name, URI: uri, Attrs: attrs, Playlist: string(text)}
	var sequence int64
	var next Segment
	init := ""
	for line := range strings.Lines(r.Playlist) {
		line = strings.TrimSpace(line)
		tag, value, _ := strings.Cut(line, ":")
		switch tag {
		case "#EXT-X-MEDIA-SEQUENCE":
			sequence, err = strconv.ParseInt(value, 10, 64)
		case "#EXT-X-TARGETDURATION":
			r.Target, err = strconv.ParseFloat(value, 64)
		case "#EXT-X-MAP":
			init = resolve(uri, attributes(line)["URI"])
		case "#EXTINF":
			next.Seconds, err = strconv.ParseFloat(strings.TrimSuffix(value, ","), 64)
		case "#EXT-X-GAP":
			next.Gap = true
		case "#EXT-X-DISCONTINUITY":
			next.Discontinuity = true
		case "#EXT-X-ENDLIST":
			r.Ended = true
		default:
			if line != "" && !strings.HasPrefix(line, "#") {
				next.URI, next.Init, next.Sequence = resolve(uri, line), init, sequence
				r.Segments = append(r.Segments, next)
				next = Segment{}
				sequence++
			}
		}
		if err != nil {
			return r, fmt.Errorf("%s: line %q: %w", uri, line, err)
		}
	}
	return r, nil
}

func get(ctx context.Context, uri string) ([]byte, error) {
	if !strings.HasPrefix(uri, "http") {
		return os.ReadFile(uri)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", uri, resp.Status, body)
	}
	return body, err
}

func resolve(base, ref string) string {
	if !strings.HasPrefix(base, "http") {
		return filepath.Join(filepath.Dir(base), ref)
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}
