package conformance

import (
	"testing"

	"rung/internal/mediatest"
	"rung/transcode"
	"rung/transcode/protocol"
)

// kinds are the ways that a stream takes through the system.
type kinds int

const (
	vod kinds = 1 << iota
	live
)

// stream is a row of the table: what is made, and what it is held against.
type stream struct {
	name    string
	source  string // a test: URL
	kinds   kinds  // 0: all
	quick   kinds  // those that run with all tests
	profile string // in testdata; empty: light
}

// pattern is what the source describes.
func (s stream) pattern(t *testing.T) protocol.Pattern {
	t.Helper()
	p, err := transcode.ParsePattern(s.source)
	if err != nil {
		t.Fatal(err)
	}
	if p.Frames == 0 {
		t.Fatalf("%s has no end", s.source)
	}
	return p
}

// expectation is what a presentation of the pattern has to be.
func (s stream) expectation(p protocol.Pattern, kind kinds) mediatest.Expectation {
	want := mediatest.Expectation{
		Source:   mediatest.Size{Width: p.Width, Height: p.Height},
		Rate:     p.Rate,
		Pulldown: p.Pulldown != "" && s.profile != "restore",
		Drifts:   p.AudioDrift != 0,
		Frames:   p.Frames,
		Live:     kind == live,
		From:     max(0, float64(p.AudioDelay)/float64(p.SampleRate)), // sound before the first picture is no part of the timeline
		To:       float64(p.Frames*p.Rate.Den) / float64(p.Rate.Num),
	}
	if p.Audio != "none" {
		want.Channels = p.Channels
	}
	return want
}
