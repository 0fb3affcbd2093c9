package transcode

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"

	"rung"
)

func slateLadder(width, height int, matrix string) rung.Ladder {
	return rung.Ladder{Source: rung.Picture{Width: width, Height: height, Matrix: matrix}, Video: []rung.VideoRendition{{ID: "v", Width: width, Height: height}}}
}

// An image fills the picture as far as its shape allows, in the colours of the ladder's matrix, on black.
func TestRenderSlate(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 100, 100))
	draw.Draw(red, red.Bounds(), image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, red); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, red, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		img       []byte
		matrix    string
		y, cb, cr int // of red
		off       int // that they may be off
	}{
		{"png bt709", asPNG.Bytes(), "bt709", 63, 102, 240, 0},
		{"png bt601", asPNG.Bytes(), "smpte170m", 81, 90, 240, 0},
		{"jpeg bt709", asJPEG.Bytes(), "bt709", 63, 102, 240, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := RenderSlate(c.img, slateLadder(64, 36, c.matrix))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 64*36*3/2 {
				t.Fatalf("%d bytes, want %d", len(got), 64*36*3/2)
			}
			cb, cr := 64*36, 64*36+32*18
			// The square is 36 wide, from 14 to 50.
			for what, v := range map[string][2]int{
				"black on the left": {int(got[18*64+5]), 16}, "black on the right": {int(got[18*64+58]), 16},
				"black's blue": {int(got[cb+9*32+2]), 128}, "red": {int(got[18*64+32]), c.y}, "red's blue": {int(got[cb+9*32+16]), c.cb},
				"red's red": {int(got[cr+9*32+16]), c.cr}, "the corner": {int(got[15]), c.y},
			} {
				if d := v[0] - v[1]; d > c.off || d < -c.off {
					t.Errorf("%s is %d, want %d", what, v[0], v[1])
				}
			}
		})
	}
	if _, err := RenderSlate([]byte("no image"), slateLadder(64, 36, "")); rung.CodeOf(err) != rung.CodeBadInput {
		t.Errorf("no image gives %v", err)
	}
}

// slateStore counts what it is asked for.
type slateStore struct{ asked int }

// Get implements Slates.
func (s *slateStore) Get(context.Context, string) ([]byte, error) {
	s.asked++
	var b bytes.Buffer
	err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16)))
	return b.Bytes(), err
}

// A slate is fetched and rendered once for each size, and no more are kept than a few.
func TestSlateCache(t *testing.T) {
	store := &slateStore{}
	c := slateCache{images: store}
	ask := func(key string, width int) {
		t.Helper()
		if _, err := c.picture(t.Context(), rung.Task{Slate: key, Ladder: slateLadder(width, 36, "")}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		ask("a", 64)
	}
	ask("a", 32)
	if store.asked != 2 {
		t.Errorf("fetched %d times, want 2", store.asked)
	}
	for i := range 2 * slatesKept {
		ask(string(rune('b'+i)), 64)
	}
	if len(c.kept) != slatesKept {
		t.Errorf("%d are kept, want %d", len(c.kept), slatesKept)
	}
}
