package receive

import (
	"bytes"
	"testing"

	"rung"
	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// FuzzLooper plays any file over and over. It says that it cannot, or each pass gives whole packets, no more than the file
// has, with time stamps that are the first pass's moved by whole passes.
func FuzzLooper(f *testing.F) {
	f.Add(mpegtest.Clip{Frames: 5, GOP: 5, Start: 1<<33 - 7200, FrameSize: 300}.Bytes())
	f.Add(mpegtest.Clip{Frames: 4, GOP: 2, FrameSize: 900, NoAudio: true}.Bytes()[188:])
	f.Add(append([]byte("junk"), mpegtest.Clip{Frames: 3, GOP: 1, Start: 90_000, FrameSize: 100}.Bytes()...))
	f.Fuzz(func(t *testing.T, file []byte) {
		l := &looper{}
		if err := l.measure(bytes.NewReader(file), mpegts.AnalyserOptions{}); err != nil {
			if rung.CodeOf(err) != rung.CodeBadInput {
				t.Fatalf("code %q, not bad_input: %v", rung.CodeOf(err), err)
			}
			return
		}
		if l.length.times(1) <= 0 || l.length.times(2) < l.length.times(1) {
			t.Fatalf("a pass lasts %d, two last %d", l.length.times(1), l.length.times(2))
		}
		for pass := range 3 {
			out := 0
			err := scan(bytes.NewReader(file), func(packets []byte) bool {
				kept := l.rewrite(bytes.Clone(packets))
				if len(kept)%mpegts.PacketSize != 0 || len(kept) > len(packets) {
					t.Fatalf("pass %d: %d bytes became %d", pass, len(packets), len(kept))
				}
				out += len(kept)
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if out > len(file) {
				t.Fatalf("pass %d: %d bytes out of %d", pass, out, len(file))
			}
			l.again()
		}
	})
}
