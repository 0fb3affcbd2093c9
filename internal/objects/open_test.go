package objects

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rung"
)

// wantError fails unless err has the code and its text has all the words.
func wantError(t *testing.T, err error, code rung.Code, words ...string) {
	t.Helper()
	if rung.CodeOf(err) != code {
		t.Fatalf("error %v has code %q, want %q", err, rung.CodeOf(err), code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// wantBytes reads an object from end to end in small pieces.
func wantBytes(t *testing.T, o Object, want string) {
	t.Helper()
	got, err := io.ReadAll(io.NewSectionReader(o, 0, 1<<62))
	if err != nil || string(got) != want {
		t.Errorf("read %d bytes, %v; want %d", len(got), err, len(want))
	}
	if o.Size() != int64(len(want)) {
		t.Errorf("the size is %d, want %d", o.Size(), len(want))
	}
}

// tempFile writes a file for a test.
func tempFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenFile(t *testing.T) {
	path := tempFile(t, "a film: part 1.ts", "0123456789")
	escaped := (&url.URL{Path: path}).EscapedPath()
	for _, location := range []string{path, "file:" + escaped, "file://" + escaped, "file://localhost" + escaped} {
		o, err := Open(t.Context(), location, Policy{})
		if err != nil {
			t.Fatal(err)
		}
		wantBytes(t, o, "0123456789")
		if !strings.HasPrefix(o.ETag(), `"`) {
			t.Errorf("the ETag is %s", o.ETag())
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Chdir(filepath.Dir(path))
	for _, location := range []string{"./a film: part 1.ts", "file:a%20film%3A%20part%201.ts"} {
		o, err := Open(t.Context(), location, Policy{})
		if err != nil {
			t.Fatal(err)
		}
		wantBytes(t, o, "0123456789")
		_ = o.Close()
	}
}

func TestFileReadAt(t *testing.T) {
	o, err := Open(t.Context(), tempFile(t, "f", "0123456789"), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, test := range []struct {
		off, n int64
		want   string
		err    error
	}{{0, 10, "0123456789", nil}, {8, 2, "89", nil}, {8, 3, "89", io.EOF}, {10, 1, "", io.EOF}, {1 << 40, 1, "", io.EOF}} {
		p := make([]byte, test.n)
		n, err := o.ReadAt(p, test.off)
		if string(p[:n]) != test.want || err != test.err {
			t.Errorf("%d bytes at %d give %q, %v", test.n, test.off, p[:n], err)
		}
	}
}

func TestFileThatChanges(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"truncated": func(path string) error { return os.Truncate(path, 5) },
		"appended to": func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString("more")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := tempFile(t, "f", "0123456789")
			o, err := Open(t.Context(), path, Policy{})
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			_, err = o.ReadAt(make([]byte, 3), 1)
			wantError(t, err, rung.CodeBadInput, path, "changed", "10 bytes")
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := tempFile(t, "empty", "")
	for location, want := range map[string]struct {
		code rung.Code
		word string
	}{
		"":                              {rung.CodeInvalid, "empty"},
		dir:                             {rung.CodeInvalid, "not a file"},
		fifo:                            {rung.CodeInvalid, "not a file"},
		empty:                           {rung.CodeBadInput, "is empty"},
		dir + "/none":                   {rung.CodeNotFound, dir + "/none"},
		empty + "/none":                 {rung.CodeNotFound, "no file"},
		"file://elsewhere/f":            {rung.CodeInvalid, `"elsewhere"`},
		"file:a%zz":                     {rung.CodeInvalid, "percent"},
		"concat:a|b":                    {rung.CodeInvalid, `scheme "concat"`},
		"gopher://h/f":                  {rung.CodeInvalid, "gopher"},
		"https://user:hunter2@h:port/f": {rung.CodeInvalid, "cannot be read"},
		"https:///f":                    {rung.CodeInvalid, "no host"},
		"s3://bucket/key":               {rung.CodeInvalid, "not configured"},
	} {
		_, err := Open(t.Context(), location, Policy{})
		wantError(t, err, want.code, want.word)
		if rung.AsError(err).Hint == "" {
			t.Errorf("%v gives no hint", err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v tells the password", err)
		}
	}
	_, err := Open(t.Context(), empty, Policy{Schemes: []string{"https"}})
	wantError(t, err, rung.CodeForbidden, `scheme "file"`)
}

func TestIsFile(t *testing.T) {
	for location, want := range map[string]bool{
		"/a": true, "a": true, "./a:b": true, ":a": true, "../x:y": true, "file:a": true, "FILE:///a": true, "": true,
		"http://h/a": false, "s3://b/k": false, "a:b": false, "filed:a": false,
	} {
		if IsFile(location) != want {
			t.Errorf("%q: %v", location, !want)
		}
	}
}

func TestOpenS3(t *testing.T) {
	p := Policy{S3: func(ctx context.Context, location string) (Object, error) {
		if location != "s3://bucket/a%20key" {
			t.Errorf("asked for %q", location)
		}
		return NewRanged(ctx, 3, `"e"`, func(_ context.Context, off, n int64) ([]byte, error) { return []byte("abc")[off : off+n], nil }, nil), nil
	}}
	o, err := Open(t.Context(), "s3://bucket/a%20key", p)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	wantBytes(t, o, "abc")
}
