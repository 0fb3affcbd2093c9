package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"rung"
	"rung/internal/objects"
)

// probeCommand is `rung probe`: it needs no running system.
type probeCommand struct {
	Input  string `arg:"" help:"A file, https:// or s3:// URL."`
	Engine string `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
}

// Run prints what the input holds.
func (c *probeCommand) Run(ctx context.Context, g *globals) error {
	e := &engines{path: c.Engine, logger: g.logger(slog.LevelError), open: openOwn}
	m, err := e.probeURL(ctx, c.Input)
	if err != nil {
		return err
	}
	if g.JSON {
		return printJSON(g.std.out, m)
	}
	printMedia(g, m)
	return nil
}

// openOwn opens what the user of this machine names: any file, any address.
func openOwn(ctx context.Context, url string) (objects.Object, error) {
	return objects.Open(ctx, url, objects.Policy{AllowPrivate: true, S3: openS3})
}

func printMedia(g *globals, m rung.MediaInfo) {
	fmt.Fprintf(g.std.out, "format %s, %.3f s, %d bytes, %d kbit/s\n", m.Format, float64(m.Duration)/1e6, m.Size, m.BitRate/1000)
	for _, p := range m.Programs {
		fmt.Fprintf(g.std.out, "program %d %s\n", p.Number, strings.TrimSpace(p.Name+" "+p.Provider))
	}
	for _, v := range m.Video {
		scan := "progressive"
		if v.Interlaced {
			scan = "interlaced"
		}
		fmt.Fprintf(g.std.out, "video  %s%s %s, %dx%d, pixels %v, %v/s %s, %s%s\n", place(v.PID, v.Index), v.Codec, v.Profile, v.Width, v.Height, v.SAR,
			v.FrameRate, scan, v.PixFmt, scrambled(v.Encrypted))
	}
	for _, a := range m.Audio {
		fmt.Fprintf(g.std.out, "audio  %s%s %s, %d Hz, %d channels %s%s\n", place(a.PID, a.Index), a.Codec, a.Language, a.SampleRate, a.Channels, a.Layout, scrambled(a.Encrypted))
	}
	for _, d := range m.Other {
		fmt.Fprintf(g.std.out, "other  %s%s %s\n", place(d.PID, d.Index), d.Codec, d.Language)
	}
}

func place(pid, index int) string {
	if pid > 0 {
		return fmt.Sprintf("PID %d: ", pid)
	}
	return fmt.Sprintf("stream %d: ", index)
}

func scrambled(yes bool) string {
	if yes {
		return ", encrypted"
	}
	return ""
}
