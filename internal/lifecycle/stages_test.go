package lifecycle_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"rung/internal/lifecycle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type diary struct {
	sync.Mutex
	lines []string
}

func (d *diary) add(s string) {
	d.Lock()
	defer d.Unlock()
	d.lines = append(d.lines, s)
}

func waits(name string, d *diary, up *sync.WaitGroup) lifecycle.Stage {
	return lifecycle.Stage{Name: name, Run: func(ctx context.Context) error {
		up.Done()
		<-ctx.Done()
		d.add(name)
		return ctx.Err()
	}}
}

func TestStopsTheLastFirst(t *testing.T) {
	var d diary
	var up sync.WaitGroup
	up.Add(3)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { up.Wait(); cancel() }()
	err := lifecycle.Run(ctx, slog.New(slog.DiscardHandler), []lifecycle.Stage{waits("a", &d, &up), waits("b", &d, &up), waits("c", &d, &up)})
	if err != nil || !slices.Equal(d.lines, []string{"c", "b", "a"}) {
		t.Errorf("%v, stopped %v", err, d.lines)
	}
}

func TestAFailureStopsAll(t *testing.T) {
	var d diary
	var up sync.WaitGroup
	up.Add(2)
	broken := errors.New("port in use")
	err := lifecycle.Run(t.Context(), slog.New(slog.DiscardHandler), []lifecycle.Stage{waits("a", &d, &up),
		{Name: "b", Run: func(context.Context) error { up.Wait(); return broken }}, waits("c", &d, &up)})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "b: ") || !slices.Equal(d.lines, []string{"c", "a"}) {
		t.Errorf("%v, stopped %v", err, d.lines)
	}
}

func TestAStageThatJustEndsIsAnError(t *testing.T) {
	err := lifecycle.Run(t.Context(), slog.New(slog.DiscardHandler), []lifecycle.Stage{{Name: "a", Run: func(context.Context) error { return nil }}})
	if err == nil || err.Error() != "a ended by itself" {
		t.Error(err)
	}
}
