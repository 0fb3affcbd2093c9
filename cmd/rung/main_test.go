package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"rung/transcode"
	"rung/transcode/protocol"
)

// TestMain lets the test binary stand for the program itself, for tests of several processes.
func TestMain(m *testing.M) {
	if os.Getenv("RUNG_TEST_AS_PROGRAM") != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
	}
	// fasthttp starts these once for the process, and they end by themselves or never.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

// rungRun runs a command line in this process and gives its exit code and outputs.
func rungRun(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, streams{in: bytes.NewReader(nil), out: &out, err: &err})
	return code, out.String(), err.String()
}

// needEngine is the engine that the tests use: built by `make test`, which names it.
func needEngine(t *testing.T) string {
	t.Helper()
	path := os.Getenv("RUNG_ENGINE")
	if path == "" {
		t.Fatal("RUNG_ENGINE does not name the built engine; run `make test`")
	}
	return path
}

// makeStream writes the test pattern of a test: URL to a file, and gives its path.
func makeStream(t *testing.T, url, path string) string {
	t.Helper()
	p, err := transcode.ParsePattern(url)
	if err != nil {
		t.Fatal(err)
	}
	makePattern(t, p, path)
	return path
}

func makePattern(t *testing.T, p protocol.Pattern, path string) {
	t.Helper()
	engine, err := transcode.NewEngine(transcode.EngineOptions{Path: needEngine(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := engine.Generate(t.Context(), p, f); err != nil {
		t.Fatal(err)
	}
}
