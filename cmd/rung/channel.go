package main

import (
	"context"
	"fmt"
	"time"

	"rung"
	"rung/api/client"
	"rung/api/resource"
)

// channelCommands is `rung channel`.
type channelCommands struct {
	Create  channelCreate  `cmd:"" help:"Create a channel; it runs at once unless --disabled."`
	List    channelList    `cmd:"" help:"List the channels."`
	Get     channelGet     `cmd:"" help:"Show a channel with its figures."`
	Start   channelStart   `cmd:"" help:"Start a channel."`
	Stop    channelStop    `cmd:"" help:"Stop a channel; what it has published stays."`
	Restart channelRestart `cmd:"" help:"Restart a channel with a new session."`
	Slate   channelSlate   `cmd:"" help:"Set the image that a channel shows when its source is not there."`
	Delete  channelDelete  `cmd:"" help:"Delete a channel and what it has published."`
}

type channelCreate struct {
	clientFlags
	ID           string        `arg:"" help:"The channel's id: a-z, 0-9, - and _."`
	Source       string        `help:"Where its video comes from: udp:// rtp:// srt:// http(s):// file: test:" required:"" placeholder:"URL"`
	Profile      string        `help:"Encoding profile." default:"hd5"`
	Name         string        `help:"Name for people."`
	Program      int           `help:"Program number, of several in the stream."`
	Service      string        `help:"Program by its service name."`
	Audio        []string      `help:"Audio tracks by language or PID (default: the first)."`
	Interface    string        `help:"Network interface for multicast."`
	SourceFilter []string      `help:"Senders that multicast is taken from."`
	Passphrase   string        `help:"SRT passphrase." env:"RUNG_SRT_PASSPHRASE"`
	StreamID     string        `help:"SRT stream id."`
	Mode         string        `help:"SRT mode: listener or caller." enum:",listener,caller" default:""`
	Latency      rung.Duration `help:"SRT latency, or the bound of RTP reordering." default:"0s"`
	Loop         bool          `help:"Begin a file again at its end."`
	Window       int           `help:"Segments in the live playlist (0: 10)."`
	DVR          rung.Duration `help:"How far back players may seek." default:"0s"`
	Disabled     bool          `help:"Do not start it yet."`
}

// Run creates the channel.
func (c *channelCreate) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	enabled := !c.Disabled
	ch, err := api.CreateChannel(ctx, resource.ChannelSpec{ID: c.ID, Name: c.Name, Profile: c.Profile, Enabled: &enabled, Window: c.Window, DVR: c.DVR,
		Source: rung.Source{URL: c.Source, Program: c.Program, Service: c.Service, Audio: c.Audio, Interface: c.Interface, Sources: c.SourceFilter,
			Passphrase: c.Passphrase, StreamID: c.StreamID, Mode: c.Mode, Latency: c.Latency, Loop: c.Loop}})
	if err != nil {
		return err
	}
	return g.said(ch, "channel %s is created: %s", ch.ID, ch.PlaybackURL)
}

type channelList struct{ clientFlags }

// Run prints a line a channel.
func (c *channelList) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	all, err := api.Channels(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, ch := range all {
		rows = append(rows, []any{ch.ID, ch.State, ch.Profile, ch.Source.URL, fmt.Sprintf("%.2f Mbit/s", float64(ch.SourceFigures.BitRate)/1e6), len(ch.Alarms), ch.PlaybackURL})
	}
	return g.table(all, "ID\tSTATE\tPROFILE\tSOURCE\tRATE\tALARMS\tPLAYBACK", rows)
}

type channelGet struct {
	clientFlags
	ID string `arg:""`
}

// Run shows the channel.
func (c *channelGet) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	ch, err := api.Channel(ctx, c.ID)
	if err != nil {
		return err
	}
	if g.JSON {
		return printJSON(g.std.out, ch)
	}
	return showChannel(g, ch)
}

func showChannel(g *globals, ch resource.Channel) error {
	f := ch.SourceFigures
	fmt.Fprintf(g.std.out, "%s: %s since %s, profile %s, session %s, %d segments raised\n", ch.ID, ch.State, ch.Since.Format(time.RFC3339), ch.Profile, ch.Session, ch.Raised)
	if ch.Error != nil {
		fmt.Fprintf(g.std.out, "  because %s (%s)\n", ch.Error.Message, ch.Error.Hint)
	}
	fmt.Fprintf(g.std.out, "playback: %s, latency %v\n", ch.PlaybackURL, ch.Latency)
	fmt.Fprintf(g.std.out, "source: %s, %.2f Mbit/s, %d continuity errors, %d transport errors, RTP %d lost %d reordered\n", ch.Source.URL, float64(f.BitRate)/1e6,
		f.ContinuityErrors, f.TransportErrors, f.RTPLost, f.RTPReordered)
	for _, p := range f.PIDs {
		fmt.Fprintf(g.std.out, "  PID %d: %s %s %s, %.3f Mbit/s, %d continuity errors\n", p.PID, p.Type, p.Codec, p.Language, float64(p.BitRate)/1e6, p.ContinuityErrors)
	}
	for _, a := range ch.Alarms {
		fmt.Fprintf(g.std.out, "alarm: %s %s: %s (since %s)\n", a.Severity, a.Code, a.Message, a.Since.Format(time.RFC3339))
	}
	var rows [][]any
	for _, r := range ch.Renditions {
		size, rate := "", ""
		if r.Type == "video" {
			size, rate = fmt.Sprintf("%dx%d", r.Width, r.Height), r.FrameRate.String()
		}
		rows = append(rows, []any{r.ID, r.Codecs, size, rate, r.Bandwidth / 1000, r.AverageBandwidth / 1000, r.Segments, r.Gaps, r.Latency})
	}
	if len(rows) == 0 {
		return nil
	}
	return g.table(nil, "RENDITION\tCODECS\tSIZE\tRATE\tPEAK kbit/s\tMEAN kbit/s\tSEGMENTS\tGAPS\tLATENCY", rows)
}

// channelAction is what start, stop and restart share.
type channelAction struct {
	clientFlags
	ID string `arg:""`
}

func (c *channelAction) do(ctx context.Context, g *globals, act func(*client.Client, context.Context, string) (resource.Channel, error)) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	ch, err := act(api, ctx, c.ID)
	if err != nil {
		return err
	}
	if !ch.Enabled && ch.State != rung.ChannelStopped {
		return g.said(ch, "channel %s: stopping, still %s", ch.ID, ch.State)
	}
	return g.said(ch, "channel %s: %s", ch.ID, ch.State)
}

type channelStart struct{ channelAction }

// Run starts the channel.
func (c *channelStart) Run(ctx context.Context, g *globals) error {
	return c.do(ctx, g, (*client.Client).StartChannel)
}

type channelStop struct{ channelAction }

// Run stops the channel and waits until its ingest has ended it, or says that it has yet to.
func (c *channelStop) Run(ctx context.Context, g *globals) error {
	return c.do(ctx, g, stopChannel)
}

const (
	// stopWait is how long `rung channel stop` waits for the channel's end: the ingest node raises its last segment first.
	stopWait = 10 * time.Second
	// stopPoll is how often it looks.
	stopPoll = 200 * time.Millisecond
)

// stopChannel stops a channel and gives it as it is once it has stopped, or after stopWait.
func stopChannel(api *client.Client, ctx context.Context, id string) (resource.Channel, error) {
	ch, err := api.StopChannel(ctx, id)
	ticker := time.NewTicker(stopPoll)
	defer ticker.Stop()
	late := time.NewTimer(stopWait)
	defer late.Stop()
	for err == nil && ch.State != rung.ChannelStopped && !ch.Enabled {
		select {
		case <-ticker.C:
			ch, err = api.Channel(ctx, id)
		case <-late.C:
			return ch, nil
		case <-ctx.Done():
			return ch, ctx.Err()
		}
	}
	return ch, err
}

type channelRestart struct{ channelAction }

// Run restarts the channel.
func (c *channelRestart) Run(ctx context.Context, g *globals) error {
	return c.do(ctx, g, (*client.Client).RestartChannel)
}

type channelDelete struct {
	clientFlags
	ID string `arg:""`
}

// Run deletes the channel.
func (c *channelDelete) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	if err := api.DeleteChannel(ctx, c.ID); err != nil {
		return err
	}
	return g.said(map[string]string{"deleted": c.ID}, "channel %s is deleted", c.ID)
}
