package ingest

import (
	"strconv"
	"strings"
	"time"
)

// sessionID names a session by its start: "s" and the milliseconds of Unix time in base 36, in at least 9 digits, so that
// ids sort by time. previous is the session before it, which the new one follows even where the clock was set back.
func sessionID(start time.Time, previous string) string {
	millis := start.UnixMilli()
	if last, err := strconv.ParseInt(strings.TrimPrefix(previous, "s"), 36, 64); err == nil && strings.HasPrefix(previous, "s") {
		millis = max(millis, last+1)
	}
	digits := strconv.FormatInt(millis, 36)
	return "s" + strings.Repeat("0", max(0, 9-len(digits))) + digits
}
