package transcode

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestChildLogKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out logBuffer
		l := newChildLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
		r, w := io.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			l.read(r)
		}()
		for i := range 100 {
			fmt.Fprintf(w, "first %d\n", i)
		}
		time.Sleep(time.Second) // of the bubble's clock
		fmt.Fprintf(w, "second [fatal] %s\n", strings.Repeat("y", 5*maxLine))
		fmt.Fprint(w, "last, without an end")
		_ = w.Close()
		<-done

		text := out.String()
		if n := strings.Count(text, "engine says"); n != maxLinesPerSecond+2 {
			t.Errorf("%d lines are logged, want %d of the first second and 2 of the next", n, maxLinesPerSecond)
		}
		if !strings.Contains(text, `level=WARN msg="engine lines left out of the log" count=80`) {
			t.Errorf("the log does not count the 80 lines left out:\n%s", text)
		}
		if !strings.Contains(text, `level=WARN msg="engine says" line="second [fatal]`) {
			t.Error("a fatal line is not a warning")
		}
		if words := l.lastWords(); len(words) != 1 || !strings.HasPrefix(words[0], "second [fatal]") || len(words[0]) > maxLine {
			t.Errorf("last words are %q, want the fatal line, cut", words)
		}
	})
}

func TestChildLogLastWords(t *testing.T) {
	l := newChildLog(slog.New(slog.DiscardHandler))
	for i := range 100 {
		l.take(fmt.Sprint("line ", i))
	}
	if words := l.lastWords(); len(words) != maxWords || words[0] != "line 88" || words[maxWords-1] != "line 99" {
		t.Errorf("last words are %q", words)
	}
}
