// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

// paintScenes paints a picture of a pattern with scenes and gives its luma.
func paintScenes(scenes []protocol.Scene, number int64) []byte {
	c := newCanvas(416, 234)
	c.scenes = newScenes(scenes)
	var planes [3]picturePlane
	for i := range planes {
		w, h := 416, 234
		if i > 0 {
			w, h = w/2, h/2
		}
		planes[i] = picturePlane{stride: w, pixels: make([]byte, w*h)}
	}
	c.paint(planes, patternPicture{number: number, rate: rung.R(25, 1)})
	return planes[0].pixels
}

// change is the mean difference between two pictures below the number's blocks, in levels.
func change(a, b []byte) float64 {
	sum, from := 0, 416*4*numberBlock(416)
	for i := from; i < len(a); i++ {
		d := int(a[i]) - int(b[i])
		sum += max(d, -d)
	}
	return float64(sum) / float64(len(a)-from)
}

// Scenes follow each other as the pattern says, over and over, the same on every run, within studio range, and each moves
// more than the one before.
func TestScenes(t *testing.T) {
	scenes := []protocol.Scene{{Frames: 10}, {Frames: 10, Motion: 2, Noise: 2}, {Frames: 10, Motion: 9, Noise: 5}}
	last := -1.0
	for i, least := range []float64{0, 2, 8} {
		first := int64(i * 10)
		a, b := paintScenes(scenes, first+3), paintScenes(scenes, first+4)
		if !bytes.Equal(a, paintScenes(scenes, first+3)) {
			t.Errorf("scene %d is not the same twice", i)
		}
		moved := change(a, b)
		if moved < least || moved <= last {
			t.Errorf("scene %d changes by %.2f levels from picture to picture, the one before by %.2f", i, moved, last)
		}
		last = moved
		for _, v := range a {
			if v < black || v > white {
				t.Fatalf("scene %d has level %d", i, v)
			}
		}
	}
	plain := paintScenes(nil, 33)
	if got := change(plain, paintScenes(scenes, 33)); got != 0 { // 33 is in the first scene again
		t.Errorf("the first scene differs from the plain pattern by %.2f levels", got)
	}
	if got := change(plain, paintScenes(scenes, 43)); got < 5 {
		t.Errorf("the second scene differs from the plain pattern by only %.2f levels", got)
	}
}

func TestScenesAreChecked(t *testing.T) {
	for _, s := range []protocol.Scene{{}, {Frames: -1}, {Frames: 1, Motion: 65}, {Frames: 1, Noise: 17}, {Frames: 1, Noise: -1}} {
		if _, err := completePattern(protocol.Pattern{Scenes: []protocol.Scene{s}}); rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
