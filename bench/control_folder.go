package bench

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
)

// controlFolder is the names and sizes of one owner's objects: a line "KEY\tSIZE\n" each, behind a line of its own that is
// empty. One text and not a map of strings: a thousand channels have hundreds of thousands of keys, and the garbage
// collector would go through each of them, in a process whose pauses are measured.
type controlFolder struct{ text []byte }

// find is where the key's line begins and ends, without its newline.
func (f *controlFolder) find(key string) (from, to int, ok bool) {
	at := bytes.Index(f.text, []byte("\n"+key+"\t"))
	if at < 0 {
		return 0, 0, false
	}
	from = at + 1
	return from, from + bytes.IndexByte(f.text[from:], '\n'), true
}

// put notes an object's size.
func (f *controlFolder) put(key string, size int) {
	f.remove(key)
	if len(f.text) == 0 {
		f.text = append(f.text, '\n')
	}
	f.text = append(append(f.text, key...), '\t')
	f.text = append(strconv.AppendInt(f.text, int64(size), 10), '\n')
}

func (f *controlFolder) remove(key string) {
	if from, to, ok := f.find(key); ok {
		f.text = append(f.text[:from], f.text[to+1:]...)
	}
}

// size is an object's; ok is false where it is not there.
func (f *controlFolder) size(key string) (_ int64, ok bool) {
	from, to, ok := f.find(key)
	if !ok {
		return 0, false
	}
	_, size := parseControlLine(string(f.text[from:to]))
	return size, true
}

// objects are all keys and their sizes, as they were when it was called.
func (f *controlFolder) objects() iter.Seq2[string, int64] {
	text := string(f.text)
	return func(yield func(string, int64) bool) {
		for line := range strings.Lines(text) {
			if key, size := parseControlLine(line); key != "" && !yield(key, size) {
				return
			}
		}
	}
}

func parseControlLine(line string) (key string, size int64) {
	key, digits, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
	size, _ = strconv.ParseInt(digits, 10, 64)
	return key, size
}
