package api

import "testing"

func FuzzParseRange(f *testing.F) {
	for _, header := range []string{"", "bytes=0-3", "bytes=4-", "bytes=-3", "bytes=-0", "bytes=10-", "bytes=0-1,4-5", "bytes=5-2", "bytes=--1", "lines=0-3",
		"bytes=9223372036854775807-", "bytes=-9223372036854775808"} {
		f.Add(header, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		r, asked, satisfiable := parseRange(header, size)
		if asked && satisfiable && (r.first < 0 || r.last >= size || r.length() < 1) {
			t.Errorf("%q of %d bytes gives %+v", header, size, r)
		}
		if !asked && !satisfiable {
			t.Errorf("%q of %d bytes is not asked for and not satisfiable", header, size)
		}
	})
}
