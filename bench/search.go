package bench

import "context"

// search finds the largest number of channels that holds.
type search struct {
	most    int   // not more than this is tried
	numbers []int // rising ones to try in place of a search; nil: search
	// try runs n channels: briefly, to find the neighbourhood, or sustained, to be sure.
	try func(ctx context.Context, n int, sustained bool) (held bool, err error)
}

// surelySmall is up to how many channels sustained runs alone find the answer sooner than brief ones before them.
const surelySmall = 6

// run begins at the estimate. It gives the largest number that held in a sustained run while the next step did not, or
// most; 0 where not even one held. The step is one channel, and 1/25 of the number where that is more.
func (s *search) run(ctx context.Context, estimate int) (int, error) {
	if len(s.numbers) > 0 {
		return s.each(ctx)
	}
	n := min(max(estimate, 1), s.most)
	if n > surelySmall {
		var err error
		if n, err = s.neighbourhood(ctx, n); err != nil {
			return 0, err
		}
	}
	return s.settle(ctx, max(n, 1))
}

// each runs the given numbers in their order, sustained, until one does not hold. It gives the largest that held, 0 where
// not even the first did.
func (s *search) each(ctx context.Context) (int, error) {
	held := 0
	for _, n := range s.numbers {
		ok, err := s.try(ctx, n, true)
		if err != nil || !ok {
			return held, err
		}
		held = n
	}
	return held, nil
}

// neighbourhood brackets the answer by brief runs and gives the largest number that held.
func (s *search) neighbourhood(ctx context.Context, n int) (int, error) {
	held, failed := 0, s.most+1
	for width := max(1, n/8); held < failed-step(max(held, 1)); width *= 2 {
		ok, err := s.try(ctx, n, false)
		switch {
		case err != nil:
			return 0, err
		case ok:
			held = n
		default:
			failed = n
		}
		switch {
		case held > 0 && failed <= s.most: // bracketed
			n = (held + failed) / 2
		case ok:
			n = min(n+width, s.most)
		default:
			n = max(n-width, 1)
		}
		if n <= held || n >= failed {
			break
		}
	}
	return held, nil
}

// settle walks by sustained runs, up while they hold and down until one does.
func (s *search) settle(ctx context.Context, n int) (int, error) {
	held, failed := 0, s.most+1
	for n > held && n < failed {
		ok, err := s.try(ctx, n, true)
		switch {
		case err != nil:
			return 0, err
		case ok:
			held, n = n, min(n+step(n), s.most)
		default:
			failed, n = n, max(n-step(n), 0)
		}
	}
	return held, nil
}

// step is by how much numbers about n are told apart.
func step(n int) int { return max(1, n/25) }
