// Command rung is the platform's one program for its operators: the control plane with its API, ingest, workers and
// packager (rung serve), VOD from the command line (rung transcode), and the client of a running system.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"rung"
)

// version is set by the build.
var version = "unknown"

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1   // the work failed: the message says why
	exitUsage       = 2   // the command line or the configuration is wrong
	exitInterrupted = 130 // stopped by Ctrl-C or SIGTERM before it was done
)

func main() {
	// The first signal asks for a clean stop; a second one, of the default kind again, ends the process.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// streams are a command's standard input, output and error.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// run parses the arguments, runs the command and turns its error into a message and an exit code.
func run(ctx context.Context, args []string, std streams) int {
	command, err := parse(args, std)
	if err != nil {
		return report(std.err, err, exitUsage, slices.Contains(args, "--json"))
	}
	if command == nil {
		return exitOK
	}
	err = command.Run(ctx)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && (errors.Is(err, context.Canceled) || rung.CodeOf(err) == rung.CodeCanceled):
		fmt.Fprintln(std.err, "rung: stopped")
		return exitInterrupted
	default:
		return report(std.err, err, exitFailed, command.g.JSON)
	}
}

// report prints an error as its sentence and its hint, or as a problem where JSON is wanted.
func report(w io.Writer, err error, code int, asJSON bool) int {
	if asJSON {
		if printJSON(w, problemOf(err, code)) == nil {
			return code
		}
	}
	fmt.Fprintf(w, "rung: %v\n", err)
	var e *rung.Error
	if errors.As(err, &e) && e.Hint != "" {
		fmt.Fprintf(w, "hint: %s\n", e.Hint)
	}
	return code
}
