package transcode

import (
	"fmt"
	"testing"
)

func TestInitCacheIsBounded(t *testing.T) {
	c := newInitCache()
	for i := range maxInits + 1 {
		c.add(fmt.Sprint(i))
		c.add(fmt.Sprint(i))
	}
	if c.has("0") || !c.has("1") || !c.has(fmt.Sprint(maxInits)) || len(c.known) != maxInits || len(c.order) != maxInits {
		t.Errorf("the cache keeps %d names of %d", len(c.known), maxInits)
	}
}
