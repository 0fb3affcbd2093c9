package conformance

import (
	"flag"
	"testing"

	"rung/internal/mediatest"
)

var (
	whole  = flag.Bool("whole", false, "run every stream, not the quick part alone")
	update = flag.Bool("update", false, "write the table to docs/conformance.md")
)

// runVOD transcodes a stream as a file and judges the presentation.
func runVOD(t *testing.T, made *sources, s stream, all *outcomes) {
	p := s.pattern(t)
	source := made.of(t, p)
	want := wanted(t, s.expectation(p, vod), source)
	report, err := mediatest.Examine(t.Context(), transcodeFile(t, s, source), want, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	judge(t, outcome{stream: s, kind: vod, in: want.Frames, report: report}, all)
}

// wanted adds to an expectation what the source itself is like.
func wanted(t *testing.T, want mediatest.Expectation, source string) mediatest.Expectation {
	t.Helper()
	if want.Channels == 0 {
		return want
	}
	var err error
	if want.Break, err = mediatest.SourceBreak(t.Context(), source, want); err != nil {
		t.Fatal(err)
	}
	return want
}

// judge notes an outcome and fails the test with all that is wrong with it.
func judge(t *testing.T, row outcome, all *outcomes) {
	t.Helper()
	all.add(row)
	t.Log(row.line())
	for _, f := range row.report.Faults {
		t.Error(f)
	}
}
