package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rung"
)

// benchCommands is `rung bench`: what this machine carries, and at which quality.
type benchCommands struct {
	Density benchDensity `cmd:"" help:"How many live channels this machine carries."`
	Speed   benchSpeed   `cmd:"" help:"How fast it encodes a profile, and by which setting fastest."`
	Quality benchQuality `cmd:"" help:"What a profile's renditions lose, at what rate, and what other presets and profiles would cost."`
	Plan    benchPlan    `cmd:"" help:"How many nodes a number of channels takes, and what they cost."`
	Compare benchCompare `cmd:"" help:"What has changed between reports, beyond noise."`

	Control benchControl  `cmd:"" hidden:"" help:"How many channels everything but the engines carries."`
	Instant instantEngine `cmd:"" name:"instant-engine" hidden:"" help:"The engine of bench control."`
}

// benchFlags are those of every command that encodes.
type benchFlags struct {
	Input  []string `help:"Recordings to measure with, looped without a break, in place of the built-in synthetic mix." placeholder:"FILE" sep:","`
	More   []string `arg:"" optional:"" name:"input" help:"Further recordings." hidden:""`
	Out    string   `help:"Folder for the report: a page and its JSON. An earlier one of the same command is replaced." default:"rung-bench" placeholder:"DIR"`
	Engine string   `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
}

// inputs are all the files that the user named.
func (f *benchFlags) inputs() []string { return append(f.Input[:len(f.Input):len(f.Input)], f.More...) }

// benchCache is where streams that are made for measuring are kept, so that the next run need not make them again.
func benchCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", rung.Errorf(rung.CodeInvalid, "set HOME or XDG_CACHE_HOME", "no folder for inputs: %w", err)
	}
	return filepath.Join(cache, "rung", "bench"), nil
}

// benchScratch makes a folder for what a measurement throws away.
func benchScratch() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "rung-bench-")
	if err != nil {
		return "", nil, rung.Errorf(rung.CodeUnavailable, "set TMPDIR to a folder that can be written", "temporary folder: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// profileCount reads PROFILE:N of a flag, N from 1 to most.
func profileCount(part string, most int, flag, example string) (name string, count int, err error) {
	at := strings.LastIndexByte(part, ':')
	if at > 0 {
		count, err = strconv.Atoi(part[at+1:])
	}
	if at <= 0 || err != nil || count < 1 || count > most {
		return "", 0, rung.Errorf(rung.CodeInvalid, "such as "+example, "%s: %q is not a profile and a number from 1 to %d", flag, part, most)
	}
	return part[:at], count, nil
}
