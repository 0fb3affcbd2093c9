package receive

import (
	"log/slog"
	"time"
)

// dropLog says at most once a second that datagrams are thrown away.
type dropLog struct {
	logger  *slog.Logger
	message string
	said    time.Time
	count   int64
}

func (l *dropLog) add(n int64, now time.Time) {
	l.count += n
	if now.Sub(l.said) < time.Second {
		return
	}
	l.logger.Warn(l.message, slog.Int64("datagrams", l.count))
	l.said, l.count = now, 0
}
