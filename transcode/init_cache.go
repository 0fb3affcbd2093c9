package transcode

import (
	"slices"
	"sync"
)

// maxInits is how many names are kept: some dozens of channels' renditions.
const maxInits = 512

// initCache remembers which init segments this process has put, so that each is put once and not with every segment.
type initCache struct {
	mu    sync.Mutex
	known map[string]bool
	order []string // oldest first
}

func newInitCache() *initCache { return &initCache{known: map[string]bool{}} }

// has reports whether the name was added lately.
func (c *initCache) has(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[name]
}

// add remembers a name and forgets the oldest beyond the bound: that one is then put once more, which does no harm.
func (c *initCache) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[name] {
		return
	}
	if len(c.order) == maxInits {
		delete(c.known, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	c.known[name] = true
	c.order = append(c.order, name)
}
