package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"rung"
	"rung/bench"
)

// Two channels go through the whole control plane, with this test as their engine. However slow the machine is, what the
// report says agrees with itself.
func TestBenchControl(t *testing.T) {
	dir := t.TempDir()
	engine := filepath.Join(dir, "engine")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nRUNG_TEST_AS_PROGRAM=1 exec '%s' bench instant-engine\n", self)
	if err := os.WriteFile(engine, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := rungRun(t, "bench", "control", "--json", "--channels", "2", "--settle", "1s", "--duration", "8s", "--slots", "2", "--engine", engine,
		"--store", filepath.Join(dir, "store"), "--data", filepath.Join(dir, "queue"), "--profiles", dir)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var r bench.ControlReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if r.Channels != 2 || r.SettleUS != 1_000_000 || r.Segments+r.Gaps+r.Unlisted < 2 || r.Segments != r.Latency.Count || r.Memory <= 0 || r.BusyCores <= 0 {
		t.Errorf("the report is %+v", r)
	}
	if r.Segments > 0 && (r.Latency.P50US <= 0 || r.Latency.MaxUS > r.Window.MaxUS+r.Queueing.MaxUS+r.Work.MaxUS+r.Publish.MaxUS) {
		t.Errorf("the latency is %+v, more than its parts", r.Latency)
	}
	sum := 0.0
	for _, share := range r.CPUShares {
		sum += share
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("the shares of processor time come to %f: %v", sum, r.CPUShares)
	}
	if r.Segments > 0 {
		if list, err := filepath.Glob(filepath.Join(dir, "store", "live", "control-*", "master.m3u8")); err != nil || len(list) == 0 {
			t.Errorf("the store has %v, error %v", list, err)
		}
	}
	for _, name := range []string{"cpu.pprof", "heap.pprof"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBenchControlRefuses(t *testing.T) {
	for _, args := range [][]string{{"--channels", "0"}, {"--duration", "0s"}, {"--profile", "none"}} {
		if code, _, _ := rungRun(t, append([]string{"bench", "control"}, args...)...); code == exitOK {
			t.Errorf("%v is taken", args)
		}
	}
}

// The probe's place takes no jobs.
func TestControlProber(t *testing.T) {
	m, err := controlProber{}.Probe(t.Context(), nil, 0, "mpegts")
	if err != nil || len(m.Video) != 1 || len(m.Audio) != 1 {
		t.Errorf("it finds %+v, error %v", m, err)
	}
	if _, err := (controlProber{}).Index(t.Context(), nil, 0, "mov", 0, nil); rung.CodeOf(err) != rung.CodeUnsupported {
		t.Errorf("an index gives %v", err)
	}
}
