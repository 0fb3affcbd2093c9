package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"rung"
)

// fileResolver gives the values of flags from the YAML file that --config (or RUNG_CONFIG) names: weaker than the
// command line and the environment. Its keys are the flags' names; an unknown one is an error.
type fileResolver struct {
	path   string
	values map[string]any
}

// Validate reads the file once the command is known, and refuses keys that are no flags of it.
func (f *fileResolver) Validate(app *kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (f *fileResolver) Resolve(ctx *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "config" || slices.ContainsFunc(flag.Envs, func(name string) bool { _, set := os.LookupEnv(name); return set }) {
		return nil, nil
	}
	if err := f.load(ctx); err != nil {
		return nil, err
	}
	v, ok := f.values[flag.Name]
	if !ok {
		return nil, nil
	}
	return configText(v), nil
}

// load reads the file that the command line or the environment names, once.
func (f *fileResolver) load(ctx *kong.Context) error {
	path := configPath(ctx)
	if path == "" || path == f.path {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, "name a file that is there with --config", "configuration: %v", err)
	}
	known := map[string]bool{}
	for _, group := range ctx.Selected().AllFlags(false) {
		for _, flag := range group {
			known[flag.Name] = true
		}
	}
	values, err := readConfig(path, text, known)
	if err != nil {
		return err
	}
	f.path, f.values = path, values
	return nil
}

// configHint goes with what is wrong inside a configuration.
const configHint = "deploy/rung.yaml shows every key"

// readConfig reads a configuration's text into its values by the flags' names, of which known has all.
func readConfig(path string, text []byte, known map[string]bool) (map[string]any, error) {
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, configHint, "configuration %q: %s", path, yaml.FormatError(err, false, true))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			return nil, rung.Errorf(rung.CodeInvalid, configHint, "configuration %q: unknown key %q", path, name)
		}
	}
	return values, nil
}

// configText is a configuration's value as a flag takes it from the command line.
func configText(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		texts[i] = fmt.Sprint(item)
	}
	return strings.Join(texts, ",")
}

// configPath is the value of --config, from the command line or the environment.
func configPath(ctx *kong.Context) string {
	for _, group := range ctx.Selected().AllFlags(false) {
		for _, flag := range group {
			if flag.Name == "config" {
				if s, ok := ctx.FlagValue(flag).(string); ok && s != "" {
					return s
				}
			}
		}
	}
	return os.Getenv("RUNG_CONFIG")
}

func marshalIndent(v any) ([]byte, error) { return json.MarshalIndent(v, "", "  ") }
