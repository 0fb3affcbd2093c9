package rung_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"rung"
)

func TestChannelStates(t *testing.T) {
	all := []rung.ChannelState{rung.ChannelStopped, rung.ChannelStarting, rung.ChannelRunning, rung.ChannelWaiting, rung.ChannelFailed}
	forbidden := map[string]bool{"stopped running": true, "stopped waiting": true, "failed running": true, "failed waiting": true}
	for _, from := range all {
		for _, to := range all {
			if got, want := from.CanBecome(to), !forbidden[string(from)+" "+string(to)]; got != want {
				t.Errorf("%s -> %s: %t, want %t", from, to, got, want)
			}
		}
	}
}

func TestJobStatesOnlyMoveForward(t *testing.T) {
	order := [][]rung.JobState{{rung.JobQueued}, {rung.JobPlanning}, {rung.JobRunning}, {rung.JobDone, rung.JobFailed, rung.JobCanceled}}
	for i, froms := range order {
		for j, tos := range order {
			for _, from := range froms {
				for _, to := range tos {
					if got, want := from.CanBecome(to), j > i; got != want {
						t.Errorf("%s -> %s: %t, want %t", from, to, got, want)
					}
				}
			}
		}
	}
}

func TestErrorf(t *testing.T) {
	err := fmt.Errorf("reading: %w", rung.Errorf(rung.CodeBadInput, "send a whole file", "file %q ends early: %w", "x.ts", io.ErrUnexpectedEOF))
	if rung.CodeOf(err) != rung.CodeBadInput || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v: code %q", err, rung.CodeOf(err))
	}
	if want := `reading: file "x.ts" ends early: unexpected EOF`; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if got := rung.AsError(err); got.Hint != "send a whole file" {
		t.Errorf("hint %q", got.Hint)
	}
	if e := rung.AsError(io.EOF); e.Code != rung.CodeInternal || e.Message != "internal error" {
		t.Errorf("an internal cause is served: %+v", e)
	}
	if rung.CodeOf(nil) != "" {
		t.Error("nil has a code")
	}
}
