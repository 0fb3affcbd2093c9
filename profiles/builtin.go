package profiles

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

var builtin = mustLoadBuiltin()

// Builtin are the profiles that come with Rung, by name.
func Builtin() []*Profile { return slices.Clone(builtin) }

// Find is the built-in profile of that name, or nil.
func Find(name string) *Profile {
	for _, p := range builtin {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Source is the YAML text of a built-in profile as it was written, or nil.
func Source(name string) []byte {
	text, err := builtinFiles.ReadFile(path.Join("builtin", name+".yaml"))
	if err != nil {
		return nil
	}
	return text
}

func mustLoadBuiltin() []*Profile {
	entries, err := builtinFiles.ReadDir("builtin")
	if err != nil {
		panic(err)
	}
	var all []*Profile
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".yaml")
		p, err := Load(name, Source(name))
		if err != nil {
			panic(fmt.Sprintf("built-in profile: %v", err))
		}
		all = append(all, p)
	}
	return all
}
