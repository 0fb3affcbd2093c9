package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"rung"
	"rung/api/resource"
)

// answering is a server that gives one answer after another, the last one again and again.
func answering(t *testing.T, answers ...any) (url string) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := min(int(asked.Add(1)), len(answers)) - 1
		if answers[n] == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answers[n]); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A job that runs is canceled, one that has ended is deleted, and the command says which.
func TestJobDeleteSaysWhatHappens(t *testing.T) {
	running := answering(t, resource.Job{Job: rung.Job{ID: "film", State: rung.JobCanceled}})
	if code, out, _ := rungRun(t, "job", "delete", "film", "--api", running); code != 0 || !strings.Contains(out, "film is canceled") {
		t.Errorf("exit %d: %s", code, out)
	}
	var j resource.Job
	if code, out, _ := rungRun(t, "job", "delete", "film", "--json", "--api", running); code != 0 || json.Unmarshal([]byte(out), &j) != nil || j.State != rung.JobCanceled {
		t.Errorf("exit %d: %s", code, out)
	}
	ended := answering(t, nil)
	if code, out, _ := rungRun(t, "job", "delete", "film", "--api", ended); code != 0 || !strings.Contains(out, "film is deleted") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// The command waits until ingest has acted.
func TestChannelStopWaits(t *testing.T) {
	at := func(state rung.ChannelState) resource.Channel {
		return resource.Channel{Channel: rung.Channel{ID: "news"}, State: state}
	}
	url := answering(t, at(rung.ChannelRunning), at(rung.ChannelRunning), at(rung.ChannelStopped))
	if code, out, _ := rungRun(t, "channel", "stop", "news", "--api", url); code != 0 || out != "channel news: stopped\n" {
		t.Errorf("exit %d: %s", code, out)
	}
}

// With --json, errors are JSON as well.
func TestErrorsAsJSON(t *testing.T) {
	for _, c := range []struct {
		args []string
		code rung.Code
		exit int
	}{
		{[]string{"channel", "list", "--json", "--api", "http://127.0.0.1:1"}, rung.CodeUnavailable, exitFailed},
		{[]string{"--json", "channel", "walk"}, rung.CodeInvalid, exitUsage},
		{[]string{"profile", "show", "none", "--json"}, rung.CodeNotFound, exitFailed},
	} {
		exit, _, stderr := rungRun(t, c.args...)
		var p problem
		if err := json.Unmarshal([]byte(stderr), &p); err != nil {
			t.Errorf("%v: %v: %s", c.args, err, stderr)
			continue
		}
		if exit != c.exit || p.Exit != exit || p.Code != c.code || p.Detail == "" || p.Hint == "" {
			t.Errorf("%v: exit %d: %s", c.args, exit, stderr)
		}
		// Without it they are for people.
		if _, _, text := rungRun(t, without(c.args, "--json")...); !strings.HasPrefix(text, "rung: ") || !strings.Contains(text, "hint: ") {
			t.Errorf("%v: %s", c.args, text)
		}
	}
}

func without(args []string, flag string) (rest []string) {
	for _, a := range args {
		if a != flag {
			rest = append(rest, a)
		}
	}
	return rest
}

// A panic in a command's parsing is a bug and is seen.
func TestParseHidesNoPanic(t *testing.T) {
	defer func() {
		if fell := fmt.Sprint(recover()); fell != "broken pipe of a test" {
			t.Errorf("recovered %s", fell)
		}
	}()
	_, _ = parse([]string{"--help"}, streams{out: panickingWriter{}, err: panickingWriter{}})
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("broken pipe of a test") }
