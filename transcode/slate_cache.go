package transcode

import (
	"context"
	"slices"
	"sync"

	"rung"
)

// slatesKept is how many rendered slates a worker keeps: a few channels' that have lost their source at once.
const slatesKept = 8

// slateCache renders slates and keeps the latest.
type slateCache struct {
	images Slates

	mu   sync.Mutex
	kept []keptSlate // the latest last
}

type keptSlate struct {
	key           string
	width, height int
	picture       []byte
}

// picture gives a task's slate for its engine. Errors are the image's store's, or CodeBadInput for an image that is none.
func (c *slateCache) picture(ctx context.Context, t rung.Task) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	widest := t.Ladder.Video[0]
	i := slices.IndexFunc(c.kept, func(k keptSlate) bool {
		return k.key == t.Slate && k.width == widest.Width && k.height == widest.Height
	})
	if i >= 0 {
		return c.kept[i].picture, nil
	}
	img, err := c.images.Get(ctx, t.Slate)
	if err != nil {
		return nil, err
	}
	p, err := RenderSlate(img, t.Ladder)
	if err != nil {
		return nil, err
	}
	c.kept = append(c.kept, keptSlate{t.Slate, widest.Width, widest.Height, p})
	c.kept = c.kept[max(0, len(c.kept)-slatesKept):]
	return p, nil
}
