// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"rung/transcode/protocol"
)

// asProgram has the test program run as rung-engine itself.
const asProgram = "RUNG_ENGINE_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// program is rung-engine with arguments.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// The child can open neither a socket nor a file, nor start a program.
func TestSandboxCheck(t *testing.T) {
	out, err := program("--sandbox-check").CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	for _, want := range []string{"seccomp", "denied  read a file", "denied  write a file", "denied  open a TCP socket", "denied  start a process"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
}

func TestVersion(t *testing.T) {
	out, err := program("--version").Output()
	if err != nil || !strings.Contains(string(out), "ffmpeg") || !strings.Contains(string(out), "libx264") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestUnknownFlag(t *testing.T) {
	var exit *exec.ExitError
	if err := program("--nonesuch").Run(); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		t.Errorf("ended with %v, want exit code %d", err, exitUsage)
	}
}

// Started by hand, with a terminal for its standard input, the program says what it is.
func TestTerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatalf("a terminal is needed: %v", err)
	}
	defer terminal.Close()
	cmd := program()
	cmd.Stdin = terminal
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitTerminal || !strings.Contains(string(out), "part of rung") {
		t.Errorf("ended with %v: %s", err, out)
	}
}

// The program serves from inside its sandbox until its standard input closes, and is not ended by the terminal's Ctrl-C.
func TestServesInSandbox(t *testing.T) {
	for _, codec := range []string{"h264", "hevc", "mpeg2video"} {
		cmd := program()
		stdin, err1 := cmd.StdinPipe()
		stdout, err2 := cmd.StdoutPipe()
		if err := errors.Join(err1, err2, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		conn := protocol.NewConn(stdout, stdin)
		kind, payload, err := conn.Read()
		var ready protocol.Ready
		if err != nil || kind != protocol.MsgReady || json.Unmarshal(payload, &ready) != nil || !slices.Contains(ready.Sandbox, "seccomp") {
			t.Fatalf("greeting: message %d, %v: %s", kind, err, payload)
		}
		if ready.PID != cmd.Process.Pid {
			t.Errorf("greeting from process %d, want %d", ready.PID, cmd.Process.Pid)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		req := protocol.Request{Op: protocol.OpGenerate, Pattern: &protocol.Pattern{Width: 320, Height: 180, Frames: 25, Codec: codec}}
		if err := conn.WriteJSON(protocol.MsgRequest, req); err != nil {
			t.Fatal(err)
		}
		for kind = protocol.MsgOutput; kind == protocol.MsgOutput && err == nil; {
			kind, payload, err = conn.Read()
		}
		if err != nil || kind != protocol.MsgDone {
			t.Errorf("%s: message %d, %v: %s", codec, kind, err, payload)
		}
		if err := stdin.Close(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after its input closed it ended with %v", err)
		}
	}
}
