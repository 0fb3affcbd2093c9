package mediatest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// media is a rendition's bytes, as far as it is looked at, and what its segments' boxes say.
type media struct {
	rendition *Rendition
	inits     [][]byte // each once, in order
	segments  [][]byte
	scale     int64
	fragments []fragment
}

// load fetches a rendition's segments, but not its gaps.
func (r *Rendition) load(ctx context.Context) (*media, error) {
	m := &media{rendition: r}
	last := ""
	for _, s := range r.Segments {
		if s.Gap {
			continue
		}
		if s.Init != last {
			init, err := get(ctx, s.Init)
			if err != nil {
				return nil, err
			}
			if m.scale, err = timeScale(init); err != nil {
				return nil, fmt.Errorf("%s: %w", s.Init, err)
			}
			m.inits, last = append(m.inits, init), s.Init
		}
		data, err := get(ctx, s.URI)
		if err != nil {
			return nil, err
		}
		f, err := readFragment(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.URI, err)
		}
		m.segments, m.fragments = append(m.segments, data), append(m.fragments, f)
	}
	return m, nil
}

// save writes the segments, one after the other behind their init segment, to a file that ffmpeg reads.
func (m *media) save(dir string) (string, error) {
	if len(m.inits) != 1 {
		return "", fmt.Errorf("%s: %d init segments, not one", m.rendition.URI, len(m.inits))
	}
	path := filepath.Join(dir, m.rendition.Name+".mp4")
	return path, os.WriteFile(path, bytes.Join(slices.Concat(m.inits, m.segments), nil), 0o644)
}

// pictures decodes the rendition's pictures. dir is for temporary files.
func (m *media) pictures(ctx context.Context, source Size, dir string) ([]Picture, error) {
	path, err := m.save(dir)
	if err != nil {
		return nil, err
	}
	defer os.Remove(path)
	return Pictures(ctx, path, source)
}

// sound decodes the rendition's sound. dir is for temporary files.
func (m *media) sound(ctx context.Context, dir string) (*Sound, error) {
	path, err := m.save(dir)
	if err != nil {
		return nil, err
	}
	defer os.Remove(path)
	return Samples(ctx, path)
}

// peak is the largest rate, in bit/s, of any run of segments that lasts 0.5 to 1.5 target durations (RFC 8216bis, 4.4.6.2).
func (m *media) peak(target float64) float64 {
	best := 0.0
	for i := range m.segments {
		bits, seconds := 0.0, 0.0
		for j := i; j < len(m.segments); j++ {
			bits += float64(8 * len(m.segments[j]))
			seconds += float64(m.fragments[j].duration) / float64(m.scale)
			if seconds > 1.5*target {
				break
			}
			if seconds >= 0.5*target {
				best = max(best, bits/seconds)
			}
		}
	}
	return best
}
