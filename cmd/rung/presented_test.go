package main

import (
	"context"
	"slices"
	"testing"

	"rung"
	"rung/scheduler"
)

func TestOwnersDeletedWhileNobodyWatched(t *testing.T) {
	s, err := scheduler.Open(t.Context(), scheduler.Options{StoreDir: t.TempDir(), Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := openBuckets(s)
	for _, id := range []string{"kept", "gone", "new"} {
		if _, err := b.jobs.Put(t.Context(), id, rung.Job{ID: id, State: rung.JobDone}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"vod.kept", "vod.gone", "live.gone", "live.kept", "live.new"} {
		if _, err := b.presentations.Put(t.Context(), key, []byte("state")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.channels.Put(t.Context(), "kept", rung.Channel{ID: "kept"}); err != nil {
		t.Fatal(err)
	}
	if err := b.jobs.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}

	told := watched(t, 3, func(ctx context.Context, tell func(string, bool)) error {
		jobs := presentedJobs{presented[rung.Job]{b.jobs, rung.VOD, b.presentations}}
		return jobs.Watch(ctx, func(id string, j *rung.Job, _ uint64) { tell(id, j != nil) })
	})
	if want := []string{"gone", "kept is there", "new is there"}; !slices.Equal(told, want) {
		t.Errorf("of jobs: told %q, not %q", told, want)
	}
	told = watched(t, 3, func(ctx context.Context, tell func(string, bool)) error {
		channels := presentedChannels{presented[rung.Channel]{b.channels, rung.Live, b.presentations}}
		return channels.Watch(ctx, func(id string, ch *rung.Channel) { tell(id, ch != nil) })
	})
	if want := []string{"gone", "kept is there", "new"}; !slices.Equal(told, want) {
		t.Errorf("of channels: told %q, not %q", told, want)
	}
}

// watched is what a watch tells first, n things, sorted.
func watched(t *testing.T, n int, watch func(ctx context.Context, tell func(id string, there bool)) error) []string {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told []string
	err := watch(ctx, func(id string, there bool) {
		if there {
			id += " is there"
		}
		if told = append(told, id); len(told) == n {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	return told
}
