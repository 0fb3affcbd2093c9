// Package archtest holds the table of packages in docs/architecture.md against the imports.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// allowed says which of our packages each folder's packages may import, besides those below the folder itself.
// "internal" stands for internal/...
var allowed = map[string][]string{
	".":         {},
	"profiles":  {"."},
	"ingest":    {".", "profiles", "internal"},
	"scheduler": {".", "internal"},
	"transcode": {".", "profiles", "internal"},
	"packager":  {".", "profiles", "internal"},
	"store":     {".", "internal"},
	"api":       {".", "profiles"},
	"bench":     {".", "profiles", "transcode", "internal"},
	"internal":  {"."},
	// Tests of the built programs, which nothing imports.
	"internal/conformance": {".", "transcode", "api", "internal"},
}

// owners says which folder alone may import a module, tests apart: those may speak to the real thing.
var owners = map[string]string{
	"github.com/goccy/go-yaml":          "profiles", // and cmd/rung, for the configuration file
	"github.com/nats-io/":               "scheduler",
	"github.com/asticode/go-astiav":     "transcode/engine",
	"github.com/Eyevinn/mp4ff":          "transcode/engine",
	"github.com/grafov/m3u8":            "packager",
	"github.com/minio/minio-go/":        "store/s3",
	"github.com/gofiber/fiber/":         "api",
	"github.com/getkin/kin-openapi":     "api",
	"github.com/prometheus/":            "api",
	"github.com/datarhei/gosrt":         "ingest",
	"github.com/pion/rtp":               "ingest",
	"github.com/alecthomas/kong":        "cmd/rung",
	"github.com/schollz/progressbar":    "cmd/rung",
	"github.com/google/pprof":           "bench",
	"github.com/landlock-lsm/":          "transcode/engine",
	"github.com/elastic/go-seccomp-bpf": "transcode/engine",
}

type file struct {
	path, folder string
	imports      []string
	test         bool
}

func sources(t *testing.T) []file {
	t.Helper()
	var all []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == "testdata" || name == "bin" || strings.HasPrefix(name, ".") && name != ".." && p != root) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		f := file{path: rel, folder: path.Dir(filepath.ToSlash(rel)), test: strings.HasSuffix(p, "_test.go")}
		for _, i := range parsed.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			f.imports = append(f.imports, name)
		}
		all = append(all, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d source files found", len(all))
	}
	return all
}

// top is the first element of a folder: the row of the table that it belongs to.
func top(folder string) string {
	if folder == "internal/conformance" {
		return folder
	}
	first, _, _ := strings.Cut(folder, "/")
	return first
}

func ours(name string) (folder string, ok bool) {
	if name == "rung" {
		return ".", true
	}
	return strings.CutPrefix(name, "rung/")
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, f := range sources(t) {
		rule, known := allowed[top(f.folder)]
		if top(f.folder) == "cmd" {
			continue
		}
		if !known {
			t.Errorf("%s: folder %q is not in the table", f.path, top(f.folder))
			continue
		}
		for _, name := range f.imports {
			target, isOurs := ours(name)
			if !isOurs || top(target) == top(f.folder) && (f.folder != "." || f.test) {
				continue
			}
			if !slices.Contains(rule, top(target)) {
				t.Errorf("%s imports %s, which %s may not", f.path, name, top(f.folder))
			}
		}
	}
}

func TestOnlyTheEngineLinksC(t *testing.T) {
	for _, f := range sources(t) {
		for _, name := range f.imports {
			if name == "C" && f.folder != "transcode/engine" {
				t.Errorf("%s uses cgo; only transcode/engine may", f.path)
			}
			if name == "rung/transcode/engine" && f.folder != "cmd/rung-engine" && !strings.HasPrefix(f.folder, "transcode/engine") {
				t.Errorf("%s imports the engine's side; only cmd/rung-engine may", f.path)
			}
		}
	}
}

func TestEachModuleHasOneOwner(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, name := range f.imports {
			for module, owner := range owners {
				if owner == "profiles" && f.folder == "cmd/rung" {
					continue
				}
				if strings.HasPrefix(name, module) && f.folder != owner && !strings.HasPrefix(f.folder, owner+"/") {
					t.Errorf("%s imports %s, whose owner is %s", f.path, name, owner)
				}
			}
		}
	}
}

func TestRootImportsTheStandardLibraryOnly(t *testing.T) {
	for _, f := range sources(t) {
		if f.folder != "." {
			continue
		}
		for _, name := range f.imports {
			if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") && !f.test {
				t.Errorf("%s imports %s", f.path, name)
			}
		}
	}
}
