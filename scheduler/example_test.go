package scheduler_test

import (
	"context"
	"fmt"
	"os"

	"rung"
	"rung/scheduler"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "rung")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	s, err := scheduler.Open(ctx, scheduler.Options{StoreDir: dir}) // with a URL instead: a cluster
	if err != nil {
		panic(err)
	}
	defer s.Close()

	id := rung.SegmentID{Kind: rung.VOD, Owner: "film", Session: "s1", Number: 0}
	if err := s.Tasks().Submit(ctx, rung.Task{ID: id}); err != nil {
		panic(err)
	}
	d, err := s.Tasks().Take(ctx) // in a worker, on this machine or another
	if err != nil {
		panic(err)
	}
	fmt.Println("encoding", d.Task().ID, "try", d.Try())
	if err := d.Done(ctx, rung.Result{Outcome: rung.Done}); err != nil {
		panic(err)
	}
	// Output: encoding vod.film.s1.0 try 1
}
