package ingest

import (
	"context"
	"sync"

	"rung"
)

// Manager carries the channels that are enabled, each while this process holds its lease: a channel that another
// ingest has is waited for.
type Manager struct {
	opts    ManagerOptions
	keepers map[string]*keeper
	running sync.WaitGroup
}

// NewManager makes a Manager. It panics where an option is missing.
func NewManager(o ManagerOptions) *Manager {
	o.fill()
	return &Manager{opts: o, keepers: map[string]*keeper{}}
}

// Run carries channels until the context ends. It returns once all have let go of their sources and leases; their
// timelines stay open for another ingest.
func (m *Manager) Run(ctx context.Context) error {
	keeping, stop := context.WithCancel(ctx)
	defer m.running.Wait()
	defer stop()
	err := m.opts.Channels.Watch(ctx, func(id string, ch *rung.Channel) { m.apply(keeping, id, ch) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// apply gives a channel's new description to its keeper.
func (m *Manager) apply(ctx context.Context, id string, ch *rung.Channel) {
	k := m.keepers[id]
	if k == nil {
		if ch == nil {
			return
		}
		k = newKeeper(&m.opts, id, ch)
		m.keepers[id] = k
		m.running.Go(func() { k.run(ctx) })
		return
	}
	k.want(ch)
	if ch == nil {
		delete(m.keepers, id) // its goroutine ends by itself; one for a new channel of that id waits for its lease
	}
}
