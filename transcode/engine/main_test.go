// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"os"
	"testing"

	"github.com/asticode/go-astiav"
)

// childMode has the test program do something else than test: it runs as its own child, in a sandbox of its own.
const childMode = "RUNG_ENGINE_TEST_CHILD"

func TestMain(m *testing.M) {
	quietLibraries()
	astiav.SetLogLevel(astiav.LogLevelFatal)
	switch mode := os.Getenv(childMode); mode {
	case "":
		os.Exit(m.Run())
	case "sandboxed encoders":
		os.Exit(runSandboxedEncoders())
	default:
		fmt.Fprintf(os.Stderr, "%s=%q is not known\n", childMode, mode)
		os.Exit(2)
	}
}
