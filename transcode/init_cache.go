package transcode

import "sync"

// maxInits is how many names are kept: the renditions of more channels than a node carries. Fewer would have every channel
// push out the others', and each init segment put again with every segment. A name takes about 100 bytes.
const maxInits = 1 << 15

// initCache remembers which init segments this process has put, so that each is put once and not with every segment.
type initCache struct {
	mu    sync.Mutex
	known map[string]bool
	order []string // a ring once it is full: the oldest is at next
	next  int
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
	c.known[name] = true
	if len(c.order) < maxInits {
		c.order = append(c.order, name)
		return
	}
	delete(c.known, c.order[c.next])
	c.order[c.next] = name
	c.next = (c.next + 1) % maxInits
}
