package packager

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

// TestWhateverHappens lets sessions begin, results be lost, doubled, disordered, late and failed, packagers die and the
// store and the queue go away, all at random. The store holds each playlist that is put against what players rely on:
// sequences that only grow, numbers that keep their segments, objects that are there, rates that are not exceeded.
func TestWhateverHappens(t *testing.T) {
	for seed := range uint64(8) {
		inSystem(t, func(s *system) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			c := &chaos{s: s, rand: rand.New(rand.NewPCG(seed, 1)), e: s.session("s0").channel(rung.Channel{Window: 6 + int(seed%5)})}
			for c.turn = range 150 {
				c.step()
			}
			c.settle()
		})
	}
}

type chaos struct {
	s        *system
	rand     *rand.Rand
	e        *session
	turn     int
	sessions int
	raised   int64
	held     []rung.Result // on their way
}

func (c *chaos) chance(percent int) bool { return c.rand.IntN(100) < percent }

// step is one segment's time.
func (c *chaos) step() {
	c.segment()
	c.deliver()
	switch {
	case c.chance(3):
		c.newSession()
	case c.chance(3):
		c.s.restart()
	case c.chance(3):
		c.s.leases.lose("packager.live.news")
	case c.chance(4):
		c.s.store.outage.set(errAway)
	case c.chance(4):
		c.s.state.set(errAway)
	case c.chance(2):
		c.s.results.set(errAway)
	case c.chance(30):
		c.back()
	}
	c.s.pass(segmentTime)
}

func (c *chaos) segment() {
	n := c.raised
	c.raised++
	c.e.raise(c.raised)
	switch {
	case c.chance(4): // lost
	case c.chance(4):
		c.held = append(c.held, c.e.failed(n))
	default:
		c.held = append(c.held, c.e.result(n))
	}
	if c.chance(3) {
		c.e.init = string(rune('a' + c.turn%26))
	}
}

// deliver brings most of what is on its way, some of it twice.
func (c *chaos) deliver() {
	c.rand.Shuffle(len(c.held), func(i, j int) { c.held[i], c.held[j] = c.held[j], c.held[i] })
	c.held = slices.DeleteFunc(c.held, func(r rung.Result) bool {
		if c.chance(30) {
			return false
		}
		c.s.results.add(r)
		return !c.chance(10)
	})
	synctest.Wait()
}

func (c *chaos) newSession() {
	if c.chance(30) {
		c.e.timeline(true)
	}
	c.s.pass(time.Duration(c.rand.IntN(10_000)) * time.Millisecond)
	c.sessions++
	c.raised = 0
	c.e = c.s.session("s" + string(rune('0'+c.sessions)))
	c.e.raise(0)
}

func (c *chaos) back() {
	c.s.store.outage.set(nil)
	c.s.state.set(nil)
	c.s.results.set(nil)
	c.s.results.news.tell()
}

// settle lets all be well again: what comes from then on is listed, and of what was, nothing is left.
func (c *chaos) settle() {
	c.back()
	for _, r := range c.held {
		c.s.results.add(r)
	}
	c.held = nil
	c.s.pass(time.Minute)
	for range 40 {
		c.s.pass(segmentTime)
		c.raised++
		c.e.raise(c.raised)
		c.e.done(c.raised - 1)
	}
	p, err := parseMedia(c.s.store.text(list720))
	if err != nil {
		c.s.t.Fatal(err)
	}
	if last := p.entries[len(p.entries)-1]; last.URI != c.e.id+"/720p/"+last.URI[len(last.URI)-9:] || p.ended {
		c.s.t.Errorf("after all is well again the playlist shows %s", outline(p))
	}
	for _, e := range p.entries {
		if e.Gap {
			c.s.t.Errorf("after all is well again there is a gap: %s", outline(p))
			break
		}
	}
	c.s.pass(2 * time.Hour)
	c.leaks()
}

// leaks looks for segments that nobody can ask for.
func (c *chaos) leaks() {
	listed := map[string]bool{}
	for _, key := range []string{list720, list360, listSnd} {
		p, _ := parseMedia(c.s.store.text(key))
		for _, e := range p.entries {
			listed["live/news/"+e.URI], listed["live/news/"+e.Init] = true, true
		}
	}
	for _, key := range c.s.store.keys("live/news/s") {
		if !listed[key] {
			c.s.t.Errorf("left in the store: %s", key)
		}
	}
}
