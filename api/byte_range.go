package api

import (
	"strconv"
	"strings"
)

// byteRange is a stretch of an object: [first, last], both counted from 0.
type byteRange struct {
	first, last int64
}

func (r byteRange) length() int64 { return r.last - r.first + 1 }

// parseRange reads a Range header for an object of that size (RFC 9110, 14.2). No header, one that is not understood and
// one with several ranges give asked false: the whole is served then. A range without a byte in the object gives
// satisfiable false.
func parseRange(header string, size int64) (r byteRange, asked, satisfiable bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok {
		return r, false, true
	}
	from, to, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok || strings.Contains(to, ",") {
		return r, false, true
	}
	if from == "" {
		n, err := strconv.ParseInt(to, 10, 64)
		if err != nil || n < 0 {
			return r, false, true
		}
		return byteRange{max(0, size-n), size - 1}, true, n > 0 && size > 0
	}
	first, err := strconv.ParseInt(from, 10, 64)
	if err != nil || first < 0 {
		return r, false, true
	}
	last := size - 1
	if to != "" {
		if last, err = strconv.ParseInt(to, 10, 64); err != nil || last < first {
			return r, false, true
		}
	}
	return byteRange{first, min(last, size-1)}, true, first < size
}
