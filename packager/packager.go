// Package packager turns the results of tasks into presentations: it lists segments in order, keeps windows, writes the
// playlists, and deletes what nobody can ask for any more. Nothing else writes playlists.
//
// A live presentation lists each segment once its turn has come, and one that is missing at its deadline as EXT-X-GAP.
// MEDIA-SEQUENCE and DISCONTINUITY-SEQUENCE only grow: the state that decides them is saved before the playlists are put.
// When a session ends because its operator stopped the channel, the playlists end with ENDLIST; a later session carries on
// in the same playlists, without ENDLIST again, behind a discontinuity. Players that stopped at the end must be loaded
// anew to see it.
//
// A VOD presentation is put once every segment is there, its master playlist last.
package packager

import (
	"context"
	"sync"

	"rung"
)

// Packager keeps all presentations whose leases it gets. Any number of them may run beside each other.
type Packager struct {
	o Options

	mu      sync.Mutex
	members map[member]*feed
	keepers sync.WaitGroup
}

// member names a presentation.
type member struct {
	kind rung.TaskKind
	id   string
}

// NewPackager makes a packager; Run sets it to work.
func NewPackager(o Options) (*Packager, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Packager{o: o, members: map[member]*feed{}}, nil
}

// Run keeps presentations until ctx ends, and returns nil then. Leases are given back, so that another takes over at once.
func (p *Packager) Run(ctx context.Context) error {
	var watches sync.WaitGroup
	watches.Go(func() {
		p.watch(ctx, "channels", func(ctx context.Context) error {
			return p.o.Channels.Watch(ctx, func(id string, ch *rung.Channel) { p.feed(ctx, rung.Live, id, func(f *feed) { f.setChannel(ch) }) })
		})
	})
	watches.Go(func() {
		p.watch(ctx, "timelines", func(ctx context.Context) error {
			return p.o.Timelines.Watch(ctx, func(id string, t *rung.Timeline) { p.feed(ctx, rung.Live, id, func(f *feed) { f.setTimeline(t) }) })
		})
	})
	watches.Go(func() {
		p.watch(ctx, "jobs", func(ctx context.Context) error {
			return p.o.Jobs.Watch(ctx, func(id string, j *rung.Job, rev uint64) {
				p.feed(ctx, rung.VOD, id, func(f *feed) { f.setJob(j, rev) })
			})
		})
	})
	// Watches start keepers, so they end first.
	watches.Wait()
	p.keepers.Wait()
	return nil
}

// watch keeps a watch up until ctx ends.
func (p *Packager) watch(ctx context.Context, what string, watch func(context.Context) error) {
	var wait backoff
	for ctx.Err() == nil {
		if err := watch(ctx); ctx.Err() == nil {
			p.o.Log.Warn("watch is taken up again", "what", what, "error", err)
			wait.sleep(ctx)
		}
	}
}

// feed brings news to a presentation's keeper, which is started if there is none.
func (p *Packager) feed(ctx context.Context, kind rung.TaskKind, id string, news func(*feed)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := member{kind, id}
	f, known := p.members[m]
	if !known {
		f = newFeed()
	}
	news(f)
	if known || ctx.Err() != nil {
		return
	}
	p.members[m] = f
	p.keepers.Go(func() { p.keep(ctx, m, f) })
}

// keep runs a keeper until there is nothing more to do for its presentation.
func (p *Packager) keep(ctx context.Context, m member, f *feed) {
	k := &keeper{o: &p.o, kind: m.kind, id: m.id, feed: f}
	for {
		k.run(ctx)
		p.mu.Lock()
		// News come under the lock: either the keeper sees them now or the next ones start another.
		if _, over := k.next(); over || ctx.Err() != nil {
			delete(p.members, m)
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
	}
}
