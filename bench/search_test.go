package bench

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// capacity is a machine that carries so many channels; brief runs may be off by some.
type capacity struct {
	sustained, brief int
	tries            map[int]int // sustained runs by channels
	briefs           int
}

func (c *capacity) try(_ context.Context, n int, sustained bool) (bool, error) {
	if !sustained {
		c.briefs++
		return n <= c.brief, nil
	}
	c.tries[n]++
	return n <= c.sustained, nil
}

func TestSearchFindsTheCapacity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 400).Draw(t, "most")
		c := &capacity{sustained: rapid.IntRange(0, 500).Draw(t, "capacity"), tries: map[int]int{}}
		c.brief = max(0, c.sustained+rapid.IntRange(-5, 5).Draw(t, "brief"))
		s := search{most: most, try: c.try}
		got, err := s.run(t.Context(), rapid.IntRange(0, 500).Draw(t, "estimate"))
		if err != nil {
			t.Fatal(err)
		}
		want := min(c.sustained, most)
		if got > want || got < want-step(max(want, 1))+1 {
			t.Errorf("found %d of %d", got, want)
		}
		if got > 0 && c.tries[got] != 1 {
			t.Errorf("the answer %d was run sustained %d times", got, c.tries[got])
		}
		if next := got + step(max(got, 1)); got < most && got > 0 && c.tries[min(next, most)]+c.tries[got+1] == 0 {
			t.Errorf("nothing above the answer %d was tried: %v", got, c.tries)
		}
		for n, times := range c.tries {
			if times > 1 || n < 1 || n > most {
				t.Errorf("%d channels were run sustained %d times, of at most %d", n, times, most)
			}
		}
	})
}

// With a good estimate a search on a small machine is two sustained runs, on a large one a handful of brief ones more.
func TestSearchIsShort(t *testing.T) {
	for _, test := range []struct{ capacity, estimate, sustained, briefs int }{
		{4, 4, 2, 0}, {4, 5, 2, 0}, {4, 3, 3, 0}, {0, 1, 1, 0}, {1, 1, 2, 0}, {20, 20, 2, 3}, {20, 23, 2, 5}, {100, 105, 2, 4}, {200, 150, 3, 7},
	} {
		c := &capacity{sustained: test.capacity, brief: test.capacity, tries: map[int]int{}}
		s := search{most: 1000, try: c.try}
		if _, err := s.run(t.Context(), test.estimate); err != nil {
			t.Fatal(err)
		}
		if len(c.tries) > test.sustained || c.briefs > test.briefs {
			t.Errorf("capacity %d, estimate %d: %d sustained runs and %d brief ones, not %d and %d", test.capacity, test.estimate, len(c.tries), c.briefs, test.sustained, test.briefs)
		}
	}
}

func TestSearchEndsWithAnError(t *testing.T) {
	broken := errors.New("no disk")
	for _, estimate := range []int{1, 50} {
		s := search{most: 100, try: func(context.Context, int, bool) (bool, error) { return false, broken }}
		if _, err := s.run(t.Context(), estimate); !errors.Is(err, broken) {
			t.Errorf("estimate %d: %v", estimate, err)
		}
	}
}
