package conformance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is a built program's path, which `make` gives in the environment.
func program(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Fatalf("%s does not name the built program; run `make test` or `make conformance`", variable)
	}
	return path
}

// profile is the path of one of the suite's own profiles.
func profile(t *testing.T, s stream) (name, path string) {
	t.Helper()
	name = s.profile
	if name == "" {
		name = "light"
	}
	path, err := filepath.Abs(filepath.Join("testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return name, path
}

// transcodeFile runs `rung transcode` with several slots, so that neighbouring segments are encoded by different children,
// and gives the master playlist's path.
func transcodeFile(t *testing.T, s stream, in string) (master string) {
	t.Helper()
	_, yaml := profile(t, s)
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.CommandContext(t.Context(), program(t, "RUNG_BIN"), "transcode", in, "--profile", yaml, "--out", out, "--slots", "3")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("rung transcode: %v: %s", err, stderr.Bytes())
	}
	return filepath.Join(out, "master.m3u8")
}
