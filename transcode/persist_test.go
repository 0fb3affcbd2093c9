package transcode

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

func TestPersist(t *testing.T) {
	away := rung.Errorf(rung.CodeUnavailable, "", "away")
	bad := errors.New("not to be mended")
	tests := map[string]struct {
		errs  []error // what the calls return; the last one again and again
		calls int
		err   error
		most  time.Duration
	}{
		"success":              {[]error{nil}, 1, nil, 0},
		"away, then success":   {[]error{away, away, away, nil}, 4, nil, 1050 * time.Millisecond},
		"a failure that lasts": {[]error{bad}, 1, bad, 0},
		"away, then worse":     {[]error{away, bad}, 2, bad, 150 * time.Millisecond},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, calls := time.Now(), 0
				err := persist(t.Context(), func() error {
					calls++
					return test.errs[min(calls, len(test.errs))-1]
				})
				if err != test.err || calls != test.calls {
					t.Errorf("%d calls end with %v, want %d and %v", calls, err, test.calls, test.err)
				}
				if took := time.Since(began); took > test.most {
					t.Errorf("took %v, want no more than %v", took, test.most)
				}
			})
		})
	}
}

func TestPersistEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began, calls := time.Now(), 0
		err := persist(ctx, func() error {
			calls++
			return rung.Errorf(rung.CodeFull, "", "full")
		})
		wantError(t, err, rung.CodeFull)
		if took := time.Since(began); took != time.Hour {
			t.Errorf("took %v", took)
		}
		if least := int(time.Hour / (maxPause * 3 / 2)); calls < least || calls > 2*int(time.Hour/maxPause)+10 {
			t.Errorf("%d calls in an hour", calls)
		}
		calls = 0
		if err := persist(ctx, func() error { calls++; return nil }); err != nil || calls != 1 {
			t.Errorf("after the end: %d calls, %v; want one that succeeds", calls, err)
		}
	})
}
