package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProfileCommands(t *testing.T) {
	if code, out, _ := rungRun(t, "profile", "list"); code != 0 || !strings.Contains(out, "hd5") || !strings.Contains(out, "apple") {
		t.Errorf("list: %d\n%s", code, out)
	}
	code, yaml, _ := rungRun(t, "profile", "show", "hd3")
	if code != 0 || !strings.Contains(yaml, "name: hd3") {
		t.Errorf("show: %d\n%s", code, yaml)
	}
	mine := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(mine, []byte(strings.Replace(yaml, "preset: veryfast", "preset: rapid", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := rungRun(t, "profile", "check", mine); code != exitFailed || !strings.Contains(stderr, `rendition "720p": preset "rapid"`) {
		t.Errorf("check: %d\n%s", code, stderr)
	}
	if code, out, _ := rungRun(t, "profile", "check", "hd5", "--rate", "29.97"); code != 0 || !strings.Contains(out, "120 frames, 4.004 s") {
		t.Errorf("check: %d\n%s", code, out)
	}
}

// The file weighs less than the environment, and that less than the command line; keys that are no flags are refused.
func TestConfigurationWeights(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rung.yaml")
	if err := os.WriteFile(file, []byte("listen: file:1\nnode: file-node\nslots: 7\nroles: [api, worker]\nnats-ca: file-ca\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RUNG_NODE", "env-node")
	t.Setenv("RUNG_LISTEN", "env:1")
	g := parsed(t, "serve", "--config", file, "--listen", "flag:1")
	if s := g.Serve; s.Listen != "flag:1" || s.Node != "env-node" || s.Slots != 7 || strings.Join(s.Roles, " ") != "api worker" || s.NATS.CA != "file-ca" {
		t.Errorf("%+v", s)
	}
	if err := os.WriteFile(file, []byte("lisen: x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := rungRun(t, "serve", "--config", file); code != exitUsage || !strings.Contains(stderr, `unknown key "lisen"`) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// deploy/rung.yaml shows the flags of serve: every one, and no other.
func TestExampleConfigurationIsComplete(t *testing.T) {
	text, err := os.ReadFile("../../deploy/rung.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if key, _, ok := strings.Cut(strings.TrimPrefix(line, "# "), ":"); ok && !strings.Contains(key, " ") {
			shown[key] = true
		}
	}
	parser, err := newParser(&grammar{}, streams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, group := range command.AllFlags(true) {
			for _, f := range group {
				if f.Name != "help" && f.Name != "config" && f.Name != "json" && !shown[f.Name] {
					t.Errorf("--%s is not in deploy/rung.yaml", f.Name)
				}
				delete(shown, f.Name)
			}
		}
	}
	for key := range shown {
		t.Errorf("deploy/rung.yaml shows %q, which is no flag", key)
	}
}

func parsed(t *testing.T, args ...string) *grammar {
	t.Helper()
	g := &grammar{}
	parser, err := newParser(g, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return g
}

// The completion script is bash that offers what the grammar has.
func TestCompletion(t *testing.T) {
	code, script, _ := rungRun(t, "completion", "bash")
	if code != 0 {
		t.Fatal(code)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script+"\nCOMP_WORDS=(rung channel cr); COMP_CWORD=2; _rung; echo ${COMPREPLY[@]}; COMP_WORDS=(rung serve --lis); COMP_CWORD=2; _rung; echo ${COMPREPLY[@]}")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "create\n--listen\n" {
		t.Errorf("%v: %q", err, out)
	}
}
