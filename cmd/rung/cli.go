package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"

	"github.com/alecthomas/kong"

	"rung"
)

// grammar is the command line. Each flag can be given by RUNG_... in the environment and, for serve, in the
// configuration file, in that order of weight.
type grammar struct {
	globals

	Serve      serveCommand      `cmd:"" help:"Run the platform, or some of its roles, on this machine."`
	Demo       demoCommand       `cmd:"" help:"Run everything here with a test channel, and print where to watch it."`
	Transcode  transcodeCommand  `cmd:"" help:"Transcode a file to an HLS presentation."`
	Channel    channelCommands   `cmd:"" help:"Create, list, start, stop and delete channels of a running system."`
	Job        jobCommands       `cmd:"" help:"Create, list and cancel VOD jobs of a running system."`
	Node       nodeCommands      `cmd:"" help:"List the nodes of a running system."`
	Events     eventsCommand     `cmd:"" help:"Follow a running system's events."`
	Profile    profileCommands   `cmd:"" help:"List, show and check encoding profiles."`
	Bench      benchCommands     `cmd:"" help:"Measure what this machine carries."`
	Probe      probeCommand      `cmd:"" help:"Say what a file or stream holds."`
	Version    versionCommand    `cmd:"" help:"Print the versions of rung and its engine."`
	Completion completionCommand `cmd:"" help:"Print a shell's completion script."`
}

// globals are the flags of every command.
type globals struct {
	JSON     bool        `help:"Print JSON instead of text." env:"RUNG_JSON"`
	LogLevel *slog.Level `help:"Least level that is logged: debug, info, warn or error (default: info for serve, error for transcode and probe, else warn)." placeholder:"LEVEL" env:"RUNG_LOG_LEVEL"`
	LogJSON  bool        `help:"Log in JSON." env:"RUNG_LOG_JSON"`

	std  streams
	args []string // the command line, for what quotes it
}

// logger writes to standard error from the level on that the user has chosen, or from the given one.
func (g *globals) logger(level slog.Level) *slog.Logger {
	if g.LogLevel != nil {
		level = *g.LogLevel
	}
	o := &slog.HandlerOptions{Level: level}
	if g.LogJSON {
		return slog.New(slog.NewJSONHandler(g.std.err, o))
	}
	return slog.New(slog.NewTextHandler(g.std.err, o))
}

// runnable is a parsed command.
type runnable struct {
	ctx *kong.Context
	g   *globals
}

// Run runs the command.
func (r *runnable) Run(ctx context.Context) error {
	r.ctx.BindTo(ctx, (*context.Context)(nil))
	return r.ctx.Run(r.g)
}

// exited is how kong's --help leaves the parser.
type exited int

// parse reads the command line. It gives nil where the command was to print help.
func parse(args []string, std streams) (command *runnable, err error) {
	g := &grammar{}
	parser, err := newParser(g, std)
	if err != nil {
		return nil, err
	}
	defer func() {
		fell := recover()
		if fell == nil {
			return
		}
		code, ok := fell.(exited)
		if !ok {
			panic(fell)
		}
		command, err = nil, nil
		if code != 0 {
			err = errors.New("usage")
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		return nil, usage(err)
	}
	g.std, g.args = std, args
	return &runnable{ctx: kctx, g: &g.globals}, nil
}

func newParser(g *grammar, std streams) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("rung"),
		kong.Description("Segment-parallel video transcoding: live IP video and files in, HLS ladders out of object storage."),
		kong.Vars{"api": defaultAPI, "data": defaultData},
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.TypeMapper(reflect.TypeFor[rung.Duration](), kong.MapperFunc(mapDuration)),
		kong.Resolvers(&fileResolver{}),
	)
}

// mapDuration reads a rung.Duration flag.
func mapDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	return target.Addr().Interface().(*rung.Duration).UnmarshalText([]byte(text))
}

// usage turns a parser's error into ours.
func usage(err error) error {
	var e *rung.Error
	if errors.As(err, &e) {
		return e
	}
	return rung.Errorf(rung.CodeInvalid, "`rung --help` and `rung COMMAND --help` show what is possible", "%s", err.Error())
}

// printJSON writes v as indented JSON.
func printJSON(w io.Writer, v any) error {
	text, err := marshalIndent(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
