package transcode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"rung"
	"rung/transcode/protocol"
)

// exitGrace is how long a child that should end by itself may take.
const exitGrace = time.Second

// errBrokenPipe is what a write to a dead child gives.
var errBrokenPipe error = syscall.EPIPE

// child is one rung-engine process. It belongs to its Engine, which buries it; kill may be called by any goroutine.
type child struct {
	cmd    *exec.Cmd
	pid    int
	conn   *protocol.Conn
	stdin  *os.File // the parent's end
	stdout *os.File // the parent's end
	log    *childLog
	served int

	killed atomic.Bool   // by us
	exited chan struct{} // closed once the process is waited for and its last words are read
}

// startChild starts the process; greet it before use.
func startChild(opts EngineOptions) (*child, error) {
	p, err := newChildPipes()
	if err != nil {
		return nil, rung.Errorf(rung.CodeEngine, "", "engine: no pipes for %s: %w", opts.Path, err)
	}
	c := &child{
		cmd: &exec.Cmd{Path: opts.Path, Args: []string{opts.Path}, Env: opts.Env, Dir: "/",
			Stdin: p.childIn, Stdout: p.childOut, Stderr: p.childErr,
			// An own process group: a terminal's Ctrl-C is for the parent, which then drains.
			SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}},
		conn:   protocol.NewConn(p.out, p.in),
		stdin:  p.in,
		stdout: p.out,
		log:    newChildLog(opts.Logger),
		exited: make(chan struct{}),
	}
	started := make(chan error, 1)
	go c.live(p, started)
	if err := <-started; err != nil {
		return nil, rung.Errorf(rung.CodeEngine, "is it built for this machine?", "engine: %s does not start: %w", opts.Path, err)
	}
	if err := limitMemory(c.pid, opts.MemoryLimit); err != nil {
		c.bury()
		return nil, rung.Errorf(rung.CodeEngine, "", "engine: memory limit %d: %w", opts.MemoryLimit, err)
	}
	return c, nil
}

// live starts the process and stays with it to its end. The kernel sends the parent-death signal when the THREAD that
// started the process dies, so this goroutine keeps its thread for as long as the process lives; waiting for it would
// hold one anyway.
func (c *child) live(p *childPipes, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.Start()
	p.closeChildEnds()
	if err != nil {
		p.closeParentEnds()
		started <- err
		return
	}
	c.pid = c.cmd.Process.Pid
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		c.log.read(p.err)
	}()
	started <- nil
	_ = c.cmd.Wait() // what it says is in ProcessState
	// Its end closes the pipe, unless something it started has it open as well.
	_ = p.err.SetReadDeadline(time.Now().Add(exitGrace))
	<-heard
	_ = p.err.Close()
	close(c.exited)
}

// greet takes the child's Ready within the timeout.
func (c *child) greet(ctx context.Context, timeout time.Duration) (protocol.Ready, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errNotReady)
	defer cancel()
	calm := context.AfterFunc(ctx, c.kill)
	t, payload, err := c.conn.Read()
	if !calm() {
		if errors.Is(context.Cause(ctx), errNotReady) {
			return protocol.Ready{}, rung.Errorf(rung.CodeEngine, "the machine may be overloaded, or the program may not be rung-engine",
				"engine: %s did not greet within %v", c.cmd.Path, timeout)
		}
		return protocol.Ready{}, endError(ctx, "engine: the start")
	}
	if err != nil {
		if isEOF(err) {
			c.awaitExit(exitGrace)
		}
		c.bury()
		return protocol.Ready{}, c.crashError(err)
	}
	var ready protocol.Ready
	if t != protocol.MsgReady || json.Unmarshal(payload, &ready) != nil {
		return ready, rung.Errorf(rung.CodeEngine, "the path must name the rung-engine program", "engine: %s greets with message %d, not ready", c.cmd.Path, t)
	}
	if ready.Version != protocol.Version {
		return ready, rung.Errorf(rung.CodeEngine, "install rung and rung-engine of the same build",
			"engine: %s speaks version %d of the protocol, this program speaks %d", c.cmd.Path, ready.Version, protocol.Version)
	}
	return ready, nil
}

// errNotReady marks the end of the time to greet.
var errNotReady = errors.New("engine: not ready in time")

// kill ends the process at once. It may be called at any time, more than once.
func (c *child) kill() {
	if c.gone() {
		return
	}
	c.killed.Store(true)
	_ = c.cmd.Process.Kill() // fails only where it has ended already
}

// bury kills the process, waits for it and closes its pipes; these stay open until then because what a process said before
// its end can still be read after it.
func (c *child) bury() {
	c.kill()
	<-c.exited
	closeFiles(c.stdin, c.stdout)
}

// hangUp closes the child's standard input: an idle child ends on it.
func (c *child) hangUp() { _ = c.stdin.Close() }

// gone reports whether the process has ended and was waited for.
func (c *child) gone() bool {
	select {
	case <-c.exited:
		return true
	default:
		return false
	}
}

// awaitExit waits for the end of the process, but no longer than d.
func (c *child) awaitExit(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c.exited:
	case <-t.C:
	}
}

// end says how the process ended; call it after exited.
func (c *child) end() string {
	if c.killed.Load() {
		return "was killed by its parent"
	}
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return fmt.Sprintf("was ended by %s (%v)", unix.SignalName(status.Signal()), status.Signal())
	}
	return fmt.Sprintf("ended with exit status %d", c.cmd.ProcessState.ExitCode())
}

// crashError is the error of a request or greeting that the child did not end by the protocol; call it after exited.
func (c *child) crashError(err error) *rung.Error {
	message := "the engine " + c.end()
	if c.killed.Load() {
		message = "the engine broke the protocol and was killed"
		if isEOF(err) {
			message = "the engine closed its output and was killed"
		}
	}
	hint := "the next segment gets a new engine; if this one fails again its source may be kept for a look"
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && !c.killed.Load() && status.Signal() == syscall.SIGKILL {
		hint = "the kernel may have run out of memory: use fewer slots or a smaller ladder"
	}
	if words := c.log.lastWords(); len(words) > 0 {
		err = fmt.Errorf("%w; its last words: %s", err, strings.Join(words, " | "))
	}
	return &rung.Error{Code: rung.CodeEngine, Message: message, Hint: hint, Err: err}
}

// limitMemory bounds what the process may allocate, in bytes; a negative bound is none. RLIMIT_DATA counts writable
// private memory, where RLIMIT_AS would count what runtimes only reserve.
func limitMemory(pid int, bytes int64) error {
	// Where the machine runs out of memory all the same, a child is to go and not its parent. No loss if it cannot be said.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("500"), 0)
	if bytes < 0 {
		return nil
	}
	limit := unix.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)}
	return unix.Prlimit(pid, unix.RLIMIT_DATA, &limit, nil)
}
