package transcode

import (
	"bytes"
	"image"
	_ "image/jpeg" // the formats
	_ "image/png"  // that a slate may have

	"rung"
)

// RenderSlate makes the picture that an engine shows for a source that is not there, of a PNG or JPEG image: planes of
// 8-bit 4:2:0 in limited range, one behind the other, of the ladder's widest rendition, with the image as large as fits on
// black. It is decoded here, in memory-safe code. Errors are CodeBadInput.
func RenderSlate(img []byte, l rung.Ladder) ([]byte, error) {
	if len(l.Video) == 0 {
		return nil, rung.Errorf(rung.CodeInternal, "", "a slate needs a ladder with pictures")
	}
	src, _, err := image.Decode(bytes.NewReader(img))
	if err != nil {
		return nil, rung.Errorf(rung.CodeBadInput, "upload a PNG or JPEG image", "the slate cannot be decoded: %w", err)
	}
	c := newSlateCanvas(l.Video[0].Width, l.Video[0].Height, matrixOf(l))
	c.draw(src)
	return c.planes(), nil
}

// matrixOf is by which coefficients the ladder's pictures are coded: as they say, or as is usual for their size.
func matrixOf(l rung.Ladder) lumaWeights {
	switch l.Source.Matrix {
	case "smpte170m", "bt470bg":
		return bt601
	case "":
		if l.Source.Height < 720 {
			return bt601
		}
	}
	return bt709
}
