package packager

import (
	"sync"

	"rung"
)

// keptTimelines is how many of a channel's sessions a feed remembers; the last ones matter.
const keptTimelines = 8

// feed brings one channel's or job's changes from the watches to its keeper. Only the newest of each counts, so it never
// holds a watch up.
type feed struct {
	mu        sync.Mutex
	channel   *rung.Channel
	timelines []rung.Timeline // the newest of each session, in the order of sessions
	job       *rung.Job
	jobRev    uint64
	removed   bool
	changed   chan struct{} // has an element when there is news
}

func newFeed() *feed { return &feed{changed: make(chan struct{}, 1)} }

func (f *feed) update(change func()) {
	f.mu.Lock()
	change()
	f.mu.Unlock()
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

func (f *feed) setChannel(ch *rung.Channel) {
	f.update(func() { f.channel, f.removed = ch, ch == nil })
}

func (f *feed) setTimeline(t *rung.Timeline) {
	f.update(func() {
		if t == nil {
			return // the channel's removal follows
		}
		for i := range f.timelines {
			if f.timelines[i].Session == t.Session {
				f.timelines[i] = *t
				return
			}
		}
		f.timelines = append(f.timelines, *t)
		if n := len(f.timelines) - keptTimelines; n > 0 {
			f.timelines = append([]rung.Timeline(nil), f.timelines[n:]...)
		}
	})
}

// setJob takes a job's newer revision.
func (f *feed) setJob(j *rung.Job, rev uint64) {
	f.update(func() {
		if j == nil {
			f.job, f.removed = nil, true
			return
		}
		if rev >= f.jobRev || f.removed {
			f.job, f.jobRev, f.removed = j, rev, false
		}
	})
}

// isRemoved reports whether the channel or job was deleted; before the first news it was not.
func (f *feed) isRemoved() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.removed
}

// live is what a live presentation goes by. A timeline that was last written before the channel was created is one of a
// deleted channel that had the same id: its segments are gone.
func (f *feed) live() (ch *rung.Channel, timelines []rung.Timeline) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.timelines {
		if f.channel == nil || !t.Updated.Before(f.channel.Created) {
			timelines = append(timelines, t)
		}
	}
	return f.channel, timelines
}

// vod is what a VOD presentation goes by: a copy of the job, nil where it was deleted.
func (f *feed) vod() (*rung.Job, uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.job == nil {
		return nil, f.jobRev
	}
	j := *f.job
	return &j, f.jobRev
}
