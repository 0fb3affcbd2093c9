package scheduler

import (
	"cmp"
	"context"
	"slices"
	"time"

	"rung"
)

// Nodes is the registry of the processes that are alive. An entry is gone when its process has not renewed it for the
// options' NodeTTL.
type Nodes struct{ s *System }

// Announce registers this process with what figures says, three times in the entry's time to live, until ctx ends; then it
// takes the entry away and returns nil. While NATS is away it carries on.
func (n *Nodes) Announce(ctx context.Context, figures func() rung.Node) error {
	b := BucketOf[rung.Node](n.s, bucketNodes)
	tick := time.NewTicker(n.s.o.NodeTTL / 3)
	defer tick.Stop()
	var id string
	for away := false; ; {
		node := figures()
		node.Seen, id = time.Now(), node.ID
		_, err := b.Put(ctx, id, node)
		if err != nil && !away && ctx.Err() == nil {
			n.s.o.Logger.Warn("node cannot be announced", "node", id, "error", err)
		}
		away = err != nil
		select {
		case <-tick.C:
		case <-n.s.done:
			return closedError()
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			b.Delete(ctx, id) // where this fails the entry expires
			return nil
		}
	}
}

// List gives the processes that are alive, by id. CodeUnavailable where NATS is away.
func (n *Nodes) List(ctx context.Context) ([]rung.Node, error) {
	all, err := BucketOf[rung.Node](n.s, bucketNodes).List(ctx)
	if err != nil {
		return nil, err
	}
	nodes := make([]rung.Node, 0, len(all))
	for _, node := range all {
		nodes = append(nodes, node)
	}
	slices.SortFunc(nodes, func(a, b rung.Node) int { return cmp.Compare(a.ID, b.ID) })
	return nodes, nil
}
