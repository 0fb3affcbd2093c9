package store

import (
	"strings"
	"unicode/utf8"

	"rung"
)

// The longest key and the longest of its segments, in bytes. S3 takes keys of 1024 bytes; the rest is left for the
// prefix of a Prefixed store. File systems take names of 255 bytes.
const (
	MaxKey     = 900
	MaxSegment = 255
)

const keyHint = "keys are UTF-8 text of segments parted by single slashes, without . and .. segments and control characters"

// CheckKey returns an invalid Error if key cannot name an object in every backend.
func CheckKey(key string) error {
	if key == "" {
		return rung.Errorf(rung.CodeInvalid, keyHint, "object key is empty")
	}
	if len(key) > MaxKey {
		return rung.Errorf(rung.CodeInvalid, keyHint, "object key of %d bytes exceeds %d", len(key), MaxKey)
	}
	if err := checkText(key); err != nil {
		return err
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch {
		case segment == "", segment == ".", segment == "..":
			return rung.Errorf(rung.CodeInvalid, keyHint, "object key %q has the segment %q", key, segment)
		case len(segment) > MaxSegment:
			return rung.Errorf(rung.CodeInvalid, keyHint, "object key %.40q... has a segment of %d bytes, more than %d", key, len(segment), MaxSegment)
		}
	}
	return nil
}

// CheckPrefix returns an invalid Error if no key can begin with prefix. The empty prefix is every key's.
func CheckPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	// Whatever its last segment is cut from, what a key adds to it makes a whole one: "a/." begins "a/.b".
	whole := prefix + "x"
	if len(whole) > MaxKey {
		return rung.Errorf(rung.CodeInvalid, keyHint, "key prefix of %d bytes exceeds %d", len(prefix), MaxKey-1)
	}
	return CheckKey(whole)
}

func checkText(key string) error {
	if !utf8.ValidString(key) {
		return rung.Errorf(rung.CodeInvalid, keyHint, "object key %q is not UTF-8", key)
	}
	// A backslash parts folders on some systems, so it is a way out of a folder there.
	if i := strings.IndexFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }); i >= 0 {
		return rung.Errorf(rung.CodeInvalid, keyHint, "object key %q has the character %q", key, key[i])
	}
	return nil
}
