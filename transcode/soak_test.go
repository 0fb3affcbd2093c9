package transcode

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"rung"
)

const (
	// soakShort is how many segments the soak has in `make test`; RUNG_SOAK says otherwise.
	soakShort = 40
	// soakDeadline is each segment's: a hundred times what one takes.
	soakDeadline = time.Minute
	// soakGrace is how long after its deadline a segment's end may be told.
	soakGrace = 10 * time.Second
	// soakControl is after how many segments the engine shows that a whole one still comes out as at first.
	soakControl = 50
)

// The engine gets damaged streams, one segment after another, through the supervision that it has in a worker. Each ends
// with all that was asked for, with an error that says why, or with a child that died and is replaced; none is still at
// work after its deadline; neither the child nor its parent grows from one to the next; and a whole stream in between
// gives the very bytes that it gave before.
//
// RUNG_SOAK is the number of segments, RUNG_SOAK_SEED another sequence of damages, RUNG_STREAMS a folder of recordings
// that are damaged as well, RUNG_SOAK_KEEP a folder for the streams that end a child.
func TestSoak(t *testing.T) {
	segments := number64(t, "RUNG_SOAK", soakShort)
	seed := uint64(number64(t, "RUNG_SOAK_SEED", 1))
	made := generatedSources(t)
	folder := os.Getenv("RUNG_STREAMS")
	if folder != "" {
		segments -= segments / 4
	}
	t.Run("generated", func(t *testing.T) { soak(t, seed, segments, made) })
	if folder != "" {
		t.Run("recorded", func(t *testing.T) { soak(t, seed, segments/3, recordedSources(t, folder)) })
	}
}

// number64 reads a number from the environment.
func number64(t *testing.T, name string, otherwise int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		t.Fatalf("%s %q is not a number of at least 1", name, text)
	}
	return n
}

// soakRun is one engine's way through many segments.
type soakRun struct {
	t       *testing.T
	engine  *Engine
	sources []soakSource
	control *Encoded // what the first source gives whole
	report  soakReport
}

func soak(t *testing.T, seed uint64, segments int64, sources []soakSource) {
	// The child lives on for as long as it can, so that what it may lose adds up.
	e := newFakeEngine(t, EngineOptions{Path: os.Getenv("RUNG_ENGINE"), MaxRequests: -1, Logger: slog.New(slog.DiscardHandler)})
	s := &soakRun{t: t, engine: e, sources: sources, report: newSoakReport()}
	s.checkControl()
	for n := range segments {
		// Each segment's damage is its own: one that ends a child can be done again alone.
		s.segment(rand.New(rand.NewPCG(seed, uint64(n))), n)
		if n%soakControl == soakControl-1 {
			s.checkControl()
			s.report.parent()
		}
	}
	s.report.print(t, e.Versions())
	s.report.judge(t)
}

// segment gives the engine one damaged stream and looks at how that ends.
func (s *soakRun) segment(r *rand.Rand, n int64) {
	source := s.sources[r.IntN(len(s.sources))]
	stream, damages := spoil(r, source.stream, source.video)
	ctx, cancel := context.WithTimeout(s.t.Context(), soakDeadline)
	defer cancel()
	began := time.Now()
	encoded, err := s.engine.Encode(ctx, source.taskOf(stream), []Input{bytes.NewReader(stream)})
	took := time.Since(began)
	end := soakEndOf(err)
	s.report.add(end, source.name, took, s.engine.Figures())
	if took > soakDeadline+soakGrace {
		s.report.overruns++
	}
	switch {
	case end == endCrash || end == endDeadline:
		s.keep(n, stream)
		s.t.Logf("segment %d, %s, %s: %v", n, source.name, strings.Join(damages, ", "), err)
	case end == endUnclear:
		s.t.Errorf("segment %d, %s, %s: the error is not the source's: %v", n, source.name, strings.Join(damages, ", "), err)
	case err == nil:
		source.checkWhole(s.t, n, encoded)
	}
}

// keep writes a stream that ended a child where the environment says.
func (s *soakRun) keep(n int64, stream []byte) {
	if folder := os.Getenv("RUNG_SOAK_KEEP"); folder != "" {
		if err := os.WriteFile(folder+"/"+strconv.FormatInt(n, 10)+".ts", stream, 0o600); err != nil {
			s.t.Error(err)
		}
	}
}

// checkControl encodes the first source whole: whatever came between, it gives the same bytes.
func (s *soakRun) checkControl() {
	s.t.Helper()
	source := s.sources[0]
	got, err := s.engine.Encode(s.t.Context(), source.taskOf(source.stream), []Input{bytes.NewReader(source.stream)})
	if err != nil {
		s.t.Fatalf("%s, whole: %v", source.name, err)
	}
	if s.control == nil {
		s.control = got
	}
	if !maps.EqualFunc(s.control.Objects, got.Objects, bytes.Equal) {
		s.t.Errorf("%s, whole, gives other bytes than at first", source.name)
	}
}

// soakEnd is how a segment of the soak ends.
type soakEnd string

// The ends that are no code of a clear error.
const (
	endClean    soakEnd = "clean result"
	endCrash    soakEnd = "contained crash"
	endDeadline soakEnd = "killed at the deadline"
	endUnclear  soakEnd = "unclear error"
)

// soakEndOf tells how a segment ended.
func soakEndOf(err error) soakEnd {
	switch code := rung.CodeOf(err); {
	case err == nil:
		return endClean
	case code == rung.CodeDeadline:
		return endDeadline
	case code == rung.CodeEngine && strings.Contains(err.Error(), "the engine "):
		return endCrash
	case code == rung.CodeBadInput || code == rung.CodeUnsupported || code == rung.CodeEncrypted:
		return soakEnd("error " + string(code))
	}
	return endUnclear
}
