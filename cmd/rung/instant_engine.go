package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"rung"
	"rung/bench"
)

// instantEngine is `rung bench instant-engine`: the child of `rung bench control`.
type instantEngine struct{}

// Run serves its parent.
func (instantEngine) Run(_ context.Context, _ *globals) error {
	return bench.InstantEngine(os.Stdin, os.Stdout)
}

// writeInstantEngine makes a program of it, which takes no arguments, as an engine has to.
func writeInstantEngine(folder string) (path string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", rung.Errorf(rung.CodeInternal, "", "this program's own file: %w", err)
	}
	path = filepath.Join(folder, "instant-engine")
	script := fmt.Sprintf("#!/bin/sh\nGOMAXPROCS=1 exec '%s' bench instant-engine\n", self)
	return path, os.WriteFile(path, []byte(script), 0o755)
}
