package transcode

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxWords is how many lines of a child's standard error are kept to explain its end.
	maxWords = 12
	// maxLine is where a line is cut, in bytes.
	maxLine = 1 << 10
	// maxLinesPerSecond is how many lines of one child are logged; broken video can give thousands.
	maxLinesPerSecond = 20
)

// childLog takes a child's standard error line by line: into the log, within a rate, and the last lines for the error
// that tells of a crash.
type childLog struct {
	logger *slog.Logger

	second  time.Time // when the current second of counting began
	lines   int       // logged in it
	dropped int       // not logged in it

	mu    sync.Mutex
	last  []string
	fatal []string // the first of the fatal lines: what follows a panic is only where it was
}

func newChildLog(logger *slog.Logger) *childLog { return &childLog{logger: logger} }

// read takes lines until r fails, which it does when the child is gone.
func (l *childLog) read(r io.Reader) {
	br := bufio.NewReaderSize(r, maxLine)
	for {
		line, more, err := br.ReadLine()
		if len(line) > 0 {
			l.take(strings.ToValidUTF8(string(line), "?"))
		}
		for more && err == nil {
			_, more, err = br.ReadLine()
		}
		if err != nil {
			l.report()
			return
		}
	}
}

// take keeps one line and logs it if the rate allows.
func (l *childLog) take(line string) {
	l.keep(line)
	if now := time.Now(); now.Sub(l.second) >= time.Second {
		l.report()
		l.second, l.lines = now, 0
	}
	if l.lines == maxLinesPerSecond {
		l.dropped++
		return
	}
	l.lines++
	l.logger.Log(context.Background(), lineLevel(line), "engine says", "line", line)
}

// keep remembers one line.
func (l *childLog) keep(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isFatal(line) && len(l.fatal) < maxWords {
		l.fatal = append(l.fatal, line)
	}
	if len(l.last) == maxWords {
		l.last = slices.Delete(l.last, 0, 1)
	}
	l.last = append(l.last, line)
}

// report says how many lines were left out.
func (l *childLog) report() {
	if l.dropped > 0 {
		l.logger.Warn("engine lines left out of the log", "count", l.dropped)
		l.dropped = 0
	}
}

// lastWords are the lines that say why the child ended, oldest first: those that call themselves fatal, or else the
// latest.
func (l *childLog) lastWords() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fatal) > 0 {
		return slices.Clone(l.fatal)
	}
	return slices.Clone(l.last)
}

// isFatal reports whether a line says why the process ends: as libav, Go's runtime and C's assertions put it. libav's
// [error] is not one: each damaged picture gives it.
func isFatal(line string) bool {
	return containsAny(line, "[fatal]", "[panic]", "panic: ", "fatal error: ", "SIGSEGV", "SIGABRT", "SIGSYS", "Assertion ", "level=ERROR")
}

// lineLevel is warn for what an operator should see and debug for the rest.
func lineLevel(line string) slog.Level {
	if isFatal(line) || containsAny(line, "level=WARN") {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

func containsAny(line string, marks ...string) bool {
	return slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(line, mark) })
}
