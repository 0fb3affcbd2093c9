package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compareConditions tells note of everything that the figures of two reports depend on, as each of them has it.
func compareConditions(a, b *Report, note func(what, a, b string)) {
	note("rung", a.Version, b.Version)
	note("processor", a.Machine.CPU, b.Machine.CPU)
	note("cores", fmt.Sprint(a.Machine.Cores), fmt.Sprint(b.Machine.Cores))
	note("memory", bytesText(a.Machine.Memory), bytesText(b.Machine.Memory))
	note("virtualisation", a.Machine.Virtualisation, b.Machine.Virtualisation)
	note("kernel", a.Machine.Kernel, b.Machine.Kernel)
	for _, name := range slices.Sorted(maps.Keys(a.Machine.Versions)) {
		note(name, a.Machine.Versions[name], b.Machine.Versions[name])
	}
	note("content", contentText(a.Inputs), contentText(b.Inputs))
	switch {
	case a.Density != nil && b.Density != nil:
		note("load", a.Density.Load.Name(), b.Density.Load.Name())
		note("target", fmt.Sprint(a.Density.Target), fmt.Sprint(b.Density.Target))
		note("run", secondsText(a.Density.DurationUS), secondsText(b.Density.DurationUS))
		note("slots", fmt.Sprint(a.Density.Slots), fmt.Sprint(b.Density.Slots))
	case a.Speed != nil && b.Speed != nil:
		note("profile", a.Speed.Profile, b.Speed.Profile)
		note("length", secondsText(a.Speed.MediaUS), secondsText(b.Speed.MediaUS))
	case a.Quality != nil && b.Quality != nil:
		note("length", secondsText(a.Quality.MediaUS), secondsText(b.Quality.MediaUS))
		note("compared at full size", fmt.Sprint(a.Quality.FullSize), fmt.Sprint(b.Quality.FullSize))
	}
}

// contentText names inputs by what tells them apart: a file may have another name elsewhere, but not another size.
func contentText(inputs []Input) string {
	var names []string
	for _, in := range inputs {
		names = append(names, fmt.Sprintf("%s (%d bytes)", in.Name, in.Bytes))
	}
	return strings.Join(names, ", ")
}
