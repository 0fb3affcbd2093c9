package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// serverLog hands the embedded server's lines to slog. It keeps the first fatal one, because nats-server reports
// failures to start (a port in use, a folder that cannot be written) in no other way.
type serverLog struct {
	to *slog.Logger

	mu    sync.Mutex
	fatal string
}

func (l *serverLog) log(level slog.Level, format string, v []any) {
	if l.to.Enabled(context.Background(), level) {
		l.to.Log(context.Background(), level, "nats-server", "line", fmt.Sprintf(format, v...))
	}
}

// Noticef implements server.Logger; the server's notices are details to us.
func (l *serverLog) Noticef(format string, v ...any) { l.log(slog.LevelDebug, format, v) }

// Warnf implements server.Logger.
func (l *serverLog) Warnf(format string, v ...any) { l.log(slog.LevelWarn, format, v) }

// Errorf implements server.Logger.
func (l *serverLog) Errorf(format string, v ...any) { l.log(slog.LevelError, format, v) }

// Debugf implements server.Logger.
func (l *serverLog) Debugf(format string, v ...any) { l.log(slog.LevelDebug, format, v) }

// Tracef implements server.Logger; the server is never asked to trace.
func (l *serverLog) Tracef(string, ...any) {}

// Fatalf implements server.Logger. Unlike the server's own logger it does not end the process.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == "" {
		l.fatal = fmt.Sprintf(format, v...)
	}
}

func (l *serverLog) fatalLine() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}
