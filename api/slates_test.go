package api_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"rung"
)

// images are slates in memory.
type images map[string][]byte

// Get implements api.Slates.
func (m images) Get(_ context.Context, key string) ([]byte, error) {
	if m[key] == nil {
		return nil, rung.Errorf(rung.CodeNotFound, "", "no image %s", key)
	}
	return m[key], nil
}

// Put implements api.Slates.
func (m images) Put(_ context.Context, key string, image []byte) error {
	m[key] = image
	return nil
}

// The image that a channel shows when its source is away is held to its bounds, kept, served as it came, and taken away.
func TestSlate(t *testing.T) {
	for _, kind := range []string{"image/png", "image/jpeg"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
	p := start(t, nil)
	p.call("POST", "/api/v1/channels", `{"id":"news","profile":"hd5","source":{"url":"udp://127.0.0.1:5000"}}`, 201)
	const path = "/api/v1/channels/news/slate"
	p.call("GET", path, "", 404)
	for name, body := range map[string][]byte{
		"no image": []byte("not an image"), "too large": append(pngOf(t, 64, 36), make([]byte, 512<<10)...),
		"too narrow": pngOf(t, 8, 64), "cut short": pngOf(t, 640, 360)[:200],
	} {
		t.Run(name, func(t *testing.T) {
			if a := p.call("PUT", path, string(body), 400, "Content-Type", "image/png"); a.problem(t).Hint == "" {
				t.Errorf("no hint: %s", a.body)
			}
		})
	}
	p.call("PUT", path, "GIF89a", 415, "Content-Type", "image/gif")
	p.call("PUT", "/api/v1/channels/none/slate", string(pngOf(t, 64, 36)), 404, "Content-Type", "image/png")
	for kind, img := range map[string][]byte{"image/png": pngOf(t, 640, 360), "image/jpeg": jpegOf(t, 1280, 720)} {
		if a := p.call("PUT", path, string(img), 200, "Content-Type", kind); !strings.Contains(string(a.body), `"slate":"`) {
			t.Fatalf("%s: answer %s", kind, a.body)
		}
		if got := p.call("GET", path, "", 200); !bytes.Equal(got.body, img) || got.header.Get("Content-Type") != kind {
			t.Errorf("%s: %d bytes of %s come back, %d were sent", kind, len(got.body), got.header.Get("Content-Type"), len(img))
		}
	}
	if a := p.call("DELETE", path, "", 200); strings.Contains(string(a.body), `"slate"`) {
		t.Errorf("after its removal: %s", a.body)
	}
	p.call("GET", path, "", 404)
}

func picture(width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		img.Set(i%width, i/width, color.RGBA{uint8(i), uint8(i / width), 99, 255})
	}
	return img
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(width, height)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(width, height), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
