package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Messages call an input by its file's name: a URL's query may hold a secret.
func TestInputName(t *testing.T) {
	for input, want := range map[string]string{
		"films/a.mov":       "a.mov",
		"/films/a.mov":      "a.mov",
		"file:/films/a.mov": "a.mov",
		"a?b=/c.mov":        "c.mov",
		"s3://media/in/a.mov?endpoint=http://127.0.0.1:9000&region=x": "a.mov",
		"https://example.com/films/a.mov?token=s3cret/1":              "a.mov",
	} {
		if got := inputName(input); got != want {
			t.Errorf("%s is called %q, want %q", input, got, want)
		}
	}
}

// A job's file is named from the root on, since another process reads it; URLs stay.
func TestNodeURL(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]string{
		"a.mov":                   "file:" + filepath.Join(dir, "a.mov"),
		"/films/../a.mov":         "file:/a.mov",
		"films/10:30.mov":         "file:" + filepath.Join(dir, "films/10:30.mov"),
		"file:/a.mov":             "file:/a.mov",
		"s3://media/a.mov":        "s3://media/a.mov",
		"https://example.com/a?b": "https://example.com/a?b",
	} {
		if got, err := nodeURL(input); err != nil || got != want {
			t.Errorf("%s becomes %q, %v, want %q", input, got, err, want)
		}
	}
}

// Speed and time left are not made up before the first segment is done.
func TestProgressText(t *testing.T) {
	for _, c := range []struct {
		line progressLine
		want string
	}{
		{progressLine{Segments: 4}, "0 of 4 segments"},
		{progressLine{Done: 1, Segments: 4, Speed: 1.5, Left: 6}, "1 of 4 segments, 1.50x, 6 s left"},
	} {
		if got := c.line.text(); got != c.want {
			t.Errorf("%+v prints %q, want %q", c.line, got, c.want)
		}
	}
}
