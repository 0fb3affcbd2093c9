package bench_test

import (
	"encoding/json"
	"testing"

	"rung"
)

// decodeMedia reads what `rung probe --json` prints.
func decodeMedia(tb testing.TB, text []byte) rung.MediaInfo {
	tb.Helper()
	var m rung.MediaInfo
	if err := json.Unmarshal(text, &m); err != nil {
		tb.Fatalf("probe printed %q: %v", text, err)
	}
	if len(m.Video) == 0 {
		tb.Fatalf("no video in %+v", m)
	}
	return m
}
