// SPDX-License-Identifier: GPL-3.0-or-later

// Command rung-engine does the decoding and encoding of a rung process, as its child: it is spoken to on its standard
// input and output (package transcode/protocol) and has no network and no file system. It is not meant to be started by
// hand.
package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"rung/transcode/engine"
)

// What the process's exit codes mean.
const (
	exitOK       = 0
	exitFailed   = 1 // the sandbox does not hold, or the parent broke the protocol
	exitUsage    = 2
	exitTerminal = 3 // started by hand
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	flags := flag.NewFlagSet("rung-engine", flag.ContinueOnError)
	version := flags.Bool("version", false, "print the versions of FFmpeg and its encoders, and leave")
	check := flags.Bool("sandbox-check", false, "close the sandbox, try to get out of it, print what happened, and leave")
	open := flags.Bool("no-sandbox", false, "run without the sandbox: for debugging, on sources that are trusted")
	memory := flags.Uint64("address-space", 0, "bound on virtual memory in bytes (0: none)")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return exitUsage
	}
	sandbox := engine.Sandbox{AddressSpace: *memory}
	switch {
	case *version:
		printVersions(os.Stdout)
		return exitOK
	case *check:
		return checkSandbox(sandbox)
	case term.IsTerminal(int(os.Stdin.Fd())):
		fmt.Fprintln(os.Stderr, "rung-engine: this program is a part of rung, which starts it; there is nothing to do with it on a terminal (try rung --help)")
		return exitTerminal
	}
	return serve(sandbox, !*open)
}

// serve runs the engine until its parent closes the pipe.
func serve(sandbox engine.Sandbox, confined bool) int {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	// The terminal's Ctrl-C goes to the whole process group, but it is the parent that decides what becomes of the work.
	// A closed pipe is seen by the write that fails.
	signal.Ignore(syscall.SIGINT, syscall.SIGPIPE)
	// Nearly all memory is FFmpeg's, which the collector does not see. Go's own heap is small and is kept so: read-ahead
	// windows and segments on their way to the pipe.
	debug.SetGCPercent(50)
	out, err := takeOutput()
	if err != nil {
		log.Error("standard output cannot be used", "error", err)
		return exitFailed
	}
	var holds []string
	if confined {
		if holds, err = sandbox.Apply(); err != nil {
			log.Warn("sandbox is not complete", "error", err)
		}
	} else {
		log.Warn("running without a sandbox: hostile video could take over this process and all its user's rights")
	}
	if err := engine.Serve(os.Stdin, out, engine.Options{Sandbox: holds, Log: log}); err != nil {
		log.Error("engine ends", "error", err)
		return exitFailed
	}
	return exitOK
}

// takeOutput moves standard output to a descriptor of its own and has what the libraries print there go to standard error:
// a stray line would break the protocol.
func takeOutput() (*os.File, error) {
	fd, err := unix.Dup(unix.Stdout)
	if err != nil {
		return nil, err
	}
	if err := unix.Dup3(unix.Stderr, unix.Stdout, 0); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "parent"), nil
}

// checkSandbox closes the sandbox and tries what it forbids.
func checkSandbox(sandbox engine.Sandbox) int {
	holds, err := sandbox.Apply()
	fmt.Println("holds:", holds)
	if err != nil {
		fmt.Println("missing:", err)
	}
	code := exitOK
	for _, attempt := range engine.TryEscapes() {
		fmt.Println(attempt)
		if attempt.Succeeded() {
			code = exitFailed
		}
	}
	return code
}

// printVersions prints one version a line, by name.
func printVersions(w io.Writer) {
	versions := engine.Versions()
	names := make([]string, 0, len(versions))
	for name := range versions {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(w, "%-14s %s\n", name, versions[name])
	}
	fmt.Fprintf(w, "%-14s %v\n", "encoders", engine.Encoders())
}
