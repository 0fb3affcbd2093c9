package transcode

import (
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"rung"
)

// engineName is the child's program.
const engineName = "rung-engine"

// EngineOptions configures an Engine. The zero value of a field means its default.
type EngineOptions struct {
	// Path of the rung-engine program. Default: beside the running program, then in PATH.
	Path string
	// ReadyTimeout is how long a new child may take to greet. Default: 10 s.
	ReadyTimeout time.Duration
	// MaxRequests is how many requests one child serves before the next one gets a new child, so that what C code leaks
	// has an end. Default: 500; negative: no bound.
	MaxRequests int
	// Env is the child's whole environment. Default: empty, because this process's own may hold credentials.
	Env []string
	// MemoryLimit bounds the child's private writable memory, in bytes (RLIMIT_DATA), so that a picture of absurd size
	// fails in the child and does not bring the machine down. Default: 4 GiB; negative: no bound.
	MemoryLimit int64
	// Logger gets the child's standard error and its comings and goings. Default: none.
	Logger *slog.Logger
}

// withDefaults fills in the defaults and finds the program.
func (o EngineOptions) withDefaults() (EngineOptions, error) {
	if o.ReadyTimeout == 0 {
		o.ReadyTimeout = 10 * time.Second
	}
	if o.MaxRequests == 0 {
		o.MaxRequests = 500
	}
	if o.MemoryLimit == 0 {
		o.MemoryLimit = 4 << 30
	}
	if o.Env == nil {
		o.Env = []string{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ReadyTimeout < 0 {
		return o, rung.Errorf(rung.CodeInvalid, "", "engine: ready timeout %v is negative", o.ReadyTimeout)
	}
	var err error
	o.Path, err = findEngine(o.Path)
	return o, err
}

// findEngine gives the absolute path of the engine's program.
func findEngine(path string) (string, error) {
	if path != "" {
		return checkEngine(path)
	}
	if self, err := os.Executable(); err == nil {
		if found, err := checkEngine(filepath.Join(filepath.Dir(self), engineName)); err == nil {
			return found, nil
		}
	}
	found, err := exec.LookPath(engineName)
	if err != nil {
		return "", rung.Errorf(rung.CodeEngine, "run `make build`, put rung-engine beside rung or in PATH, or configure its path",
			"engine: %s is neither beside this program nor in PATH", engineName)
	}
	return checkEngine(found)
}

// checkEngine refuses what cannot be run before a task depends on it.
func checkEngine(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", rung.Errorf(rung.CodeEngine, "", "engine: path %q: %w", path, err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", rung.Errorf(rung.CodeEngine, "run `make build`, or configure the path of rung-engine", "engine: there is no %s", path)
	case err != nil:
		return "", rung.Errorf(rung.CodeEngine, "", "engine: %s cannot be looked at: %w", path, err)
	case !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0:
		return "", rung.Errorf(rung.CodeEngine, "the path must name the rung-engine program", "engine: %s is not an executable file", path)
	}
	return path, nil
}
