package transcode

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rung"
	"rung/transcode/protocol"
)

// newFakeEngine is an Engine over this binary, closed at the test's end.
func newFakeEngine(t *testing.T, opts EngineOptions) *Engine {
	t.Helper()
	e, err := NewEngine(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// wantError fails unless err has the code and its text has all the words.
func wantError(t *testing.T, err error, code rung.Code, words ...string) {
	t.Helper()
	if rung.CodeOf(err) != code {
		t.Fatalf("error %v has code %q, want %q", err, rung.CodeOf(err), code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// behave runs a request without input that makes the fake behave so.
func behave(ctx context.Context, e *Engine, behaviour string, output func(string, []byte) error) error {
	_, err := e.Do(ctx, protocol.Request{Op: protocol.OpRemux, Format: behaviour}, nil, output)
	return err
}

// probePID runs a good request and gives the process that served it.
func probePID(t *testing.T, e *Engine) int {
	t.Helper()
	if _, err := e.Probe(t.Context(), strings.NewReader("abc"), 3, "mpegts"); err != nil {
		t.Fatal(err)
	}
	return e.Figures().PID
}

func TestEngineOperations(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	data := bytes.Repeat([]byte("0123456789abcdef"), 200_000) // more than a read or a message has
	media, err := e.Probe(t.Context(), bytes.NewReader(data), int64(len(data)), "mpegts")
	if err != nil || media.Format != "mpegts" || media.Size != int64(len(data)) {
		t.Errorf("probe gives %+v, %v", media, err)
	}
	index, err := e.Index(t.Context(), bytes.NewReader(data), int64(len(data)), "mov", 3, []int{4, 5})
	if err != nil || len(index.Video) != 1 || index.Video[0].PTS != 3 || len(index.Audio) != 2 {
		t.Errorf("index gives %+v, %v", index, err)
	}
	var out bytes.Buffer
	if err := e.Remux(t.Context(), bytes.NewReader(data), int64(len(data)), "mov", false, &out); err != nil || !bytes.Equal(out.Bytes(), data) {
		t.Errorf("remux gives %d bytes, %v; want the %d of its input", out.Len(), err, len(data))
	}
	if f := e.Figures(); f.Resident == 0 || f.Peak < f.Resident {
		t.Errorf("figures are %+v", f)
	}
}

func TestEngineChildStandsAlone(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	if len(e.Versions()) != 0 {
		t.Errorf("versions before the first child: %v", e.Versions())
	}
	ready, err := e.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if env := e.Versions()["env"]; strings.Contains(env, "hunter2") || !strings.Contains(env, fakeEnv+"=ready") {
		t.Errorf("the child's environment is %q", env)
	}
	group, err := syscall.Getpgid(ready.PID)
	if err != nil || group != ready.PID {
		t.Errorf("the child's process group is %d, %v; want its own, %d", group, err, ready.PID)
	}
}

func TestEngineIsReusedAndReplacedAfterMaxRequests(t *testing.T) {
	opts := fakeOptions(t, "ready")
	opts.MaxRequests = 2
	e := newFakeEngine(t, opts)
	a, b, c := probePID(t, e), probePID(t, e), probePID(t, e)
	if a != b || b == c {
		t.Errorf("requests were served by processes %d, %d, %d; want the same for two and another for the third", a, b, c)
	}
}

func TestEngineKeepsItsChildAfterARefusal(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	pid := probePID(t, e)
	err := behave(t.Context(), e, "bad", nil)
	wantError(t, err, rung.CodeBadInput, "no picture can be decoded")
	if hint := rung.AsError(err).Hint; hint != "look at it" {
		t.Errorf("the hint is %q", hint)
	}
	if got := probePID(t, e); got != pid {
		t.Errorf("process %d served after the refusal, not %d", got, pid)
	}
}

func TestEngineTellsInputErrors(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	cause := rung.Errorf(rung.CodeUnavailable, "", "the disk is away")
	_, err := e.Probe(t.Context(), failingReader{cause}, 10, "mpegts")
	if !errors.Is(err, cause) {
		t.Errorf("probe of an input that fails gives %v, want its own error", err)
	}
}

// failingReader fails each read.
type failingReader struct{ err error }

func (f failingReader) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestEngineSurvivesItsChild(t *testing.T) {
	tests := map[string]struct {
		behaviour string
		words     []string
	}{
		"a fault":                   {"crash", []string{"exit status 2", "SIGSEGV: segmentation violation"}},
		"an exit":                   {"exit", []string{"exit status 3", "panic: fell over"}},
		"noise on standard output":  {"noise", []string{"broke the protocol", "header"}},
		"a closed output":           {"mute", []string{"closed its output"}},
		"a read of no input":        {"greedy", []string{"broke the protocol", "input 7 of 0"}},
		"a reply that is no JSON":   {"badreply", []string{"broke the protocol", "not JSON"}},
		"output that was not asked": {"hang", []string{"broke the protocol", "output \"pid\""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newFakeEngine(t, fakeOptions(t, "ready"))
			pid := probePID(t, e)
			wantError(t, behave(t.Context(), e, test.behaviour, nil), rung.CodeEngine, test.words...)
			if got := e.Figures().PID; got != 0 {
				t.Errorf("process %d is still kept", got)
			}
			if got := probePID(t, e); got == pid {
				t.Errorf("the next request was served by the same process %d", got)
			}
		})
	}
}

func TestEngineKilledFromOutside(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	err := behave(t.Context(), e, "hang", func(_ string, pid []byte) error {
		n, err := strconv.Atoi(string(pid))
		if err != nil {
			return err
		}
		return syscall.Kill(n, syscall.SIGKILL)
	})
	wantError(t, err, rung.CodeEngine, "SIGKILL", "now hanging")
	if hint := rung.AsError(err).Hint; !strings.Contains(hint, "memory") {
		t.Errorf("the hint is %q", hint)
	}
	probePID(t, e)
}

func TestEngineDiesIdle(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	pid := probePID(t, e)
	killAndAwait(t, pid)
	// Until its parent has waited for it the child may be taken for alive: then the request fails, and only that one.
	if _, err := e.Probe(t.Context(), strings.NewReader("abc"), 3, ""); err != nil {
		wantError(t, err, rung.CodeEngine, "SIGKILL")
	}
	if got := probePID(t, e); got == pid {
		t.Errorf("process %d served after its death", got)
	}
}

// killAndAwait kills a process and waits until it has ended.
func killAndAwait(t *testing.T, pid int) {
	t.Helper()
	await := awaitEnd(t, pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await()
}

// awaitEnd gives a function that returns once the process has ended.
func awaitEnd(t *testing.T, pid int) func() {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		defer func() { _ = unix.Close(fd) }()
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 20_000)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if n != 1 {
				t.Fatalf("process %d has not ended after 20 s (%v)", pid, err)
			}
			return
		}
	}
}

func TestEngineContextEnds(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	ctx, cancel := context.WithCancel(t.Context())
	var await func()
	err := behave(ctx, e, "hang", func(_ string, pid []byte) error {
		n, err := strconv.Atoi(string(pid))
		await = awaitEnd(t, n)
		cancel()
		return err
	})
	wantError(t, err, rung.CodeCanceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not wrap context.Canceled", err)
	}
	await()

	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantError(t, behave(late, e, "hang", func(string, []byte) error { return nil }), rung.CodeDeadline)
	wantError(t, behave(late, e, "bad", nil), rung.CodeDeadline)
	probePID(t, e)
}

func TestEngineEndlessOutput(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	ctx, cancel := context.WithCancel(t.Context())
	var packets int
	err := behave(ctx, e, "endless", func(string, []byte) error {
		if packets++; packets == 100 {
			cancel()
		}
		return nil
	})
	wantError(t, err, rung.CodeCanceled)

	full := errors.New("the receiver is full")
	if err := behave(t.Context(), e, "endless", func(string, []byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("an output that fails gives %v", err)
	}
	probePID(t, e)
}

func TestEngineGreetings(t *testing.T) {
	tests := map[string]struct {
		timeout time.Duration
		words   []string
	}{
		"mute":   {100 * time.Millisecond, []string{"did not greet within 100ms"}},
		"noise":  {0, []string{"broke the protocol", "header"}},
		"exit":   {0, []string{"exit status 127", "cannot find my libraries"}},
		"future": {0, []string{"speaks version 2", "speaks 1"}},
	}
	for greeting, test := range tests {
		t.Run(greeting, func(t *testing.T) {
			t.Parallel()
			opts := fakeOptions(t, greeting)
			opts.ReadyTimeout = test.timeout
			e := newFakeEngine(t, opts)
			_, err := e.Probe(t.Context(), strings.NewReader("abc"), 3, "")
			wantError(t, err, rung.CodeEngine, test.words...)
			_, err = e.Start(t.Context())
			wantError(t, err, rung.CodeEngine, test.words...)
		})
	}
}

func TestEngineStandardErrorFlood(t *testing.T) {
	opts := fakeOptions(t, "flood")
	var log logBuffer
	opts.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := newFakeEngine(t, opts)
	probePID(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	if n := strings.Count(text, "engine says"); n == 0 || n > 1000 {
		t.Errorf("%d of 5000 lines are in the log", n)
	}
	if !strings.Contains(text, "engine lines left out of the log") {
		t.Error("the log does not say that lines are left out")
	}
}

// logBuffer is a writer for a logger that several goroutines use.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestEngineRequestsTakeTurns(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	ctx, cancel := context.WithCancel(t.Context())
	holding := make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- behave(ctx, e, "hang", func(string, []byte) error { close(holding); return nil })
	}()
	<-holding
	late, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	wantError(t, behave(late, e, "bad", nil), rung.CodeDeadline)
	second := make(chan error, 1)
	go func() { second <- behave(t.Context(), e, "bad", nil) }()
	cancel()
	wantError(t, <-first, rung.CodeCanceled)
	wantError(t, <-second, rung.CodeBadInput)
}

func TestEngineClosed(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	await := awaitEnd(t, probePID(t, e))
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	await()
	wantError(t, behave(t.Context(), e, "bad", nil), rung.CodeInternal, "closed")
}

// A child must outlive whichever threads come and go in its parent.
func TestEngineOutlivesThreads(t *testing.T) {
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	pid := probePID(t, e)
	var threads sync.WaitGroup
	for range 50 {
		threads.Go(func() {
			runtime.LockOSThread() // and end without unlocking: the thread dies
			runtime.Gosched()
		})
	}
	threads.Wait()
	if got := probePID(t, e); got != pid {
		t.Errorf("process %d serves, %d has gone", got, pid)
	}
}

// A killed parent must leave no engine behind.
func TestEngineDiesWithItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = []string{parentEnv + "=1"}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	await := awaitEnd(t, pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	await()
}

func TestEngineMemoryLimit(t *testing.T) {
	opts := fakeOptions(t, "ready")
	opts.MemoryLimit = 1 << 46
	pid := probePID(t, newFakeEngine(t, opts))
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_DATA, nil, &limit); err != nil || limit.Cur != 1<<46 {
		t.Errorf("the child's limit is %+v, %v", limit, err)
	}
	if adj, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid)); err != nil || string(adj) != "500\n" {
		t.Errorf("the child's weight for the kernel's choice of a victim is %q, %v", adj, err)
	}
}

func TestNewEngineFindsItsProgram(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, words := range map[string]string{
		filepath.Join(dir, "none"): "there is no",
		plain:                      "not an executable file",
		dir:                        "not an executable file",
	} {
		_, err := NewEngine(EngineOptions{Path: path})
		wantError(t, err, rung.CodeEngine, words, path)
		if rung.AsError(err).Hint == "" {
			t.Errorf("%v has no hint", err)
		}
	}
	t.Setenv("PATH", dir)
	_, err := NewEngine(EngineOptions{})
	wantError(t, err, rung.CodeEngine, "neither beside this program nor in PATH")
	found := filepath.Join(dir, engineName)
	if err := os.WriteFile(found, []byte("x"), 0o755); err != nil {
		t.Fatal(err)
	}
	e, err := NewEngine(EngineOptions{})
	if err != nil || e.opts.Path != found {
		t.Fatalf("the engine in PATH gives %v", err)
	}
	_, err = e.Start(t.Context())
	wantError(t, err, rung.CodeEngine, "does not start", found)
}

func TestEngineOptionsAreChecked(t *testing.T) {
	opts := fakeOptions(t, "ready")
	opts.ReadyTimeout = -time.Second
	_, err := NewEngine(opts)
	wantError(t, err, rung.CodeInvalid, "-1s")
	e := newFakeEngine(t, fakeOptions(t, "ready"))
	_, err = e.Do(t.Context(), protocol.Request{Op: protocol.OpProbe}, []io.ReaderAt{strings.NewReader("")}, nil)
	wantError(t, err, rung.CodeInternal, "1 inputs, but 0")
}
