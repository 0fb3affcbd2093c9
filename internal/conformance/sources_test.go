package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"rung/transcode"
	"rung/transcode/protocol"
)

// sources makes each stream once, for those that use it as a file and live at the same time.
type sources struct {
	engine *transcode.Engine
	dir    string

	mu   sync.Mutex
	made map[string]*made
}

// made is a source, or why there is none.
type made struct {
	once sync.Once
	path string
	err  error
}

// newSources keeps them until the test ends.
func newSources(t *testing.T) *sources {
	t.Helper()
	engine, err := transcode.NewEngine(transcode.EngineOptions{Path: program(t, "RUNG_ENGINE")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return &sources{engine: engine, dir: t.TempDir(), made: map[string]*made{}}
}

// of gives the path of a pattern's transport stream.
func (s *sources) of(t *testing.T, p protocol.Pattern) string {
	t.Helper()
	s.mu.Lock()
	key := fmt.Sprintf("%+v", p)
	m := s.made[key]
	if m == nil {
		m = &made{path: filepath.Join(s.dir, fmt.Sprintf("%d.ts", len(s.made)))}
		s.made[key] = m
	}
	s.mu.Unlock()
	m.once.Do(func() { m.err = s.generate(t, p, m.path) })
	if m.err != nil {
		t.Fatal(m.err)
	}
	return m.path
}

func (s *sources) generate(t *testing.T, p protocol.Pattern, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.engine.Generate(t.Context(), p, f)
}
