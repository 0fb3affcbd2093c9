package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"rung"
	"rung/profiles"
)

// profileCommands is `rung profile`.
type profileCommands struct {
	List  profileList  `cmd:"" help:"List the built-in profiles."`
	Show  profileShow  `cmd:"" help:"Print a profile's YAML: where your own begins."`
	Check profileCheck `cmd:"" help:"Say what is wrong with a profile, or what it gives for a source."`
}

type profileList struct{}

// Run prints a line a profile.
func (c *profileList) Run(g *globals) error {
	if g.JSON {
		return printJSON(g.std.out, profiles.Builtin())
	}
	w := tabwriter.NewWriter(g.std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tRENDITIONS\tMAX RATE\tDESCRIPTION")
	for _, p := range profiles.Builtin() {
		fmt.Fprintf(w, "%s\t%d\t%v\t%s\n", p.Name, len(p.Video), profiles.BitRate(p.Bandwidth()), p.Description)
	}
	return w.Flush()
}

type profileShow struct {
	Name string `arg:"" help:"A built-in profile."`
}

// Run prints the YAML.
func (c *profileShow) Run(g *globals) error {
	p := profiles.Find(c.Name)
	if p == nil {
		return rung.Errorf(rung.CodeNotFound, "`rung profile list` shows those there are", "no profile %q", c.Name)
	}
	if g.JSON {
		return printJSON(g.std.out, p)
	}
	_, err := g.std.out.Write(profiles.Source(c.Name))
	return err
}

type profileCheck struct {
	File string `arg:"" help:"YAML file, or a built-in profile's name."`
	Size string `help:"Source size for which the ladder is shown." default:"1920x1080"`
	Rate string `help:"Source frame rate for which the ladder is shown." default:"25"`
}

// Run checks the profile and shows the ladder it gives.
func (c *profileCheck) Run(g *globals) error {
	p, err := loadProfile(c.File)
	if err != nil {
		return err
	}
	var size profiles.Size
	if err := size.UnmarshalText([]byte(c.Size)); err != nil {
		return rung.Errorf(rung.CodeInvalid, "", "--size: %w", err)
	}
	rate, err := rung.ParseRational(c.Rate)
	if err != nil || rate.Num <= 0 {
		return rung.Errorf(rung.CodeInvalid, "such as 25 or 29.97", "--rate: %q is not a frame rate", c.Rate)
	}
	l, err := p.Resolve(&rung.VideoInfo{Width: size.Width, Height: size.Height, FrameRate: rate}, []rung.AudioInfo{{}})
	if err != nil {
		return err
	}
	if g.JSON {
		return printJSON(g.std.out, l)
	}
	return printLadder(g, p, l)
}

func printLadder(g *globals, p *profiles.Profile, l rung.Ladder) error {
	fmt.Fprintf(g.std.out, "profile %q is right: segments of %d frames, %.3f s\n", p.Name, l.Grid.SegmentFrames, float64(l.Grid.Micros(l.Grid.SegmentFrames))/1e6)
	w := tabwriter.NewWriter(g.std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RENDITION\tSIZE\tCODEC\tPRESET\tCRF\tMAX RATE\tBUFFER\tGOP")
	for _, v := range l.Video {
		fmt.Fprintf(w, "%s\t%dx%d\t%s\t%s\t%v\t%v\t%v\t%d\n", v.ID, v.Width, v.Height, v.Codec, v.Preset, v.CRF, profiles.BitRate(v.MaxRate), profiles.BitRate(v.BufSize), v.GOP)
	}
	for _, a := range l.Audio {
		fmt.Fprintf(w, "%s\t%d channels\t%s\t\t\t%v\t\t\n", a.ID, a.Channels, a.Codec, profiles.BitRate(a.BitRate))
	}
	return w.Flush()
}

// loadProfile gives a built-in profile by its name, or reads a file.
func loadProfile(name string) (*profiles.Profile, error) {
	if p := profiles.Find(name); p != nil {
		return p, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, rung.Errorf(rung.CodeNotFound, "`rung profile list` shows the built-in ones; a file is named by its path", "profile %q is neither built in nor a file that can be read", name)
	}
	return profiles.Load(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), text)
}
