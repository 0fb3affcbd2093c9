package main

import (
	"encoding/json"
	"fmt"
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
	if list, ok := v.([]any); ok {
		texts := make([]string, len(list))
		for i, item := range list {
			texts[i] = fmt.Sprint(item)
		}
		return strings.Join(texts, ","), nil
	}
	return fmt.Sprint(v), nil
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
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return rung.Errorf(rung.CodeInvalid, "deploy/rung.yaml shows every key", "configuration %q: %s", path, yaml.FormatError(err, false, true))
	}
	known := map[string]bool{}
	for _, group := range ctx.Selected().AllFlags(false) {
		for _, flag := range group {
			known[flag.Name] = true
		}
	}
	for name := range values {
		if !known[name] {
			return rung.Errorf(rung.CodeInvalid, "deploy/rung.yaml shows every key", "configuration %q: unknown key %q", path, name)
		}
	}
	f.path, f.values = path, values
	return nil
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
