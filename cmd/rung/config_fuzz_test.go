package main

import (
	"os"
	"path/filepath"
	"testing"

	"rung"
)

// FuzzConfig reads any text as a configuration: its keys are flags, or the error says which is not.
func FuzzConfig(f *testing.F) {
	shown, err := os.ReadFile(filepath.Join("..", "..", "deploy", "rung.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	known := map[string]bool{"addr": true, "roles": true, "slots": true, "log-level": true}
	f.Add(shown)
	f.Add([]byte("addr: 127.0.0.1:8080\nroles: [api, worker]\nslots: 4\n"))
	f.Add([]byte("roles: &r [api, *r]\n"))
	f.Add([]byte("addr: {a: 1}\nslots: ~\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<13 {
			return // the file is the operator's own: the reader's time, which grows faster than the text, does not matter
		}
		values, err := readConfig("rung.yaml", text, known)
		if err != nil {
			if e := rung.AsError(err); e.Code != rung.CodeInvalid || e.Hint == "" {
				t.Fatalf("code %q, hint %q: %v", e.Code, e.Hint, err)
			}
			return
		}
		for name, v := range values {
			if !known[name] {
				t.Fatalf("key %q is taken", name)
			}
			configText(v)
		}
	})
}
