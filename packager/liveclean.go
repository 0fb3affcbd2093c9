package packager

import (
	"context"
	"path"
	"strconv"
	"strings"
	"time"

	"rung"
)

// cleanTime bounds how long deletion may hold listing up; what is left waits for the next time.
const cleanTime = 10 * time.Second

// sweepAge is how old an object must be before it can be taken for forgotten: no task lives as long.
const sweepAge = 15 * time.Minute

// clean deletes the objects whose time has come, and now and then those that nothing refers to. What fails is tried again.
func (l *live) clean(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, cleanTime)
	defer cancel()
	if !now.Before(l.nextDelete) {
		if due := l.state.due(now); len(due) > 0 {
			l.nextDelete = now.Add(deletePause)
			if err := l.deleteExpired(ctx, due); err != nil {
				l.log.Warn("expired segments stay for now", "count", len(due), "error", err)
			}
		}
	}
	if !now.Before(l.nextSweep) && l.state.begun() {
		l.nextSweep = now.Add(l.o.Sweep)
		if err := l.sweep(ctx, now); err != nil {
			l.log.Warn("forgotten objects stay for now", "error", err)
		}
	} else if !now.Before(l.nextSweep) {
		l.nextSweep = now.Add(l.o.Sweep)
	}
}

// deleteExpired removes expired segments, and what is left of periods and sessions that have gone with them. The state that
// lacks them is saved with the next segment; until then a successor would delete them once more, which does no harm.
func (l *live) deleteExpired(ctx context.Context, due []expired) error {
	var keys []string
	for _, e := range due {
		p := l.state.period(e.Segment.Period)
		if p == nil {
			continue
		}
		for i, t := range p.Tracks {
			if e.Segment.bytes(i) != gap {
				keys = append(keys, p.key(t.ID, e.Segment.Number))
			}
		}
	}
	if err := l.store.Delete(ctx, keys...); err != nil {
		return err
	}
	l.state.forget(due)
	for _, p := range l.state.prunePeriods() {
		if err := l.deletePeriod(ctx, p); err != nil {
			return err // the sweep finds it
		}
	}
	return nil
}

// deletePeriod removes a period's init segments or, where it was the last of its session, all of the session's objects:
// segments that came too late lie there as well.
func (l *live) deletePeriod(ctx context.Context, gone period) error {
	used := map[string]bool{}
	for _, p := range l.state.Periods {
		if p.Session == gone.Session {
			used[gone.Session] = true
		}
		for _, t := range p.Tracks {
			used[t.Init] = true
		}
	}
	if !used[gone.Session] && gone.Session != l.state.Session {
		return deleteFolder(ctx, l.store, gone.Prefix)
	}
	var keys []string
	for _, t := range gone.Tracks {
		if t.Init != "" && !used[t.Init] {
			keys = append(keys, t.Init)
		}
	}
	return l.store.Delete(ctx, keys...)
}

// sweep deletes what is in the channel's folder and what nothing refers to: objects of sessions that are over, segments
// before the oldest one that is kept, late ones, playlists of renditions that are gone.
func (l *live) sweep(ctx context.Context, now time.Time) error {
	kept := l.keptKeys()
	var forgotten []string
	err := l.store.List(ctx, l.state.Root+"/", func(o rung.ObjectInfo) error {
		if !kept[o.Key] && now.Sub(o.Modified) > sweepAge && l.forgotten(o.Key) {
			forgotten = append(forgotten, o.Key)
		}
		return nil
	})
	if err != nil || len(forgotten) == 0 {
		return err
	}
	l.log.Info("forgotten objects are deleted", "count", len(forgotten), "first", forgotten[0])
	return l.store.Delete(ctx, forgotten...)
}

// keptKeys are the objects that the state refers to.
func (l *live) keptKeys() map[string]bool {
	s := l.state
	kept := map[string]bool{s.key(masterName): true}
	for _, t := range s.renditions() {
		kept[s.key(mediaName(t.ID))] = true
	}
	for _, id := range s.Retired {
		kept[s.key(mediaName(id))] = true
	}
	keep := func(seg segment) {
		p := s.period(seg.Period)
		for i, t := range p.Tracks {
			if seg.bytes(i) != gap {
				kept[p.key(t.ID, seg.Number)] = true
			}
		}
	}
	for _, seg := range s.Listed {
		keep(seg)
	}
	for _, e := range s.Expired {
		keep(e.Segment)
	}
	for _, p := range s.Periods {
		for _, t := range p.Tracks {
			kept[t.Init] = true
		}
	}
	return kept
}

// forgotten reports whether an old object that the state does not refer to will not be listed either: it is not of a
// session that is still to come, nor a segment of this one that is.
func (l *live) forgotten(key string) bool {
	rest := strings.TrimPrefix(key, l.state.Root+"/")
	session, file, ok := strings.Cut(rest, "/")
	if !ok {
		return strings.HasSuffix(rest, ".m3u8")
	}
	if session == l.state.Session {
		number, err := strconv.ParseInt(strings.TrimSuffix(path.Base(file), ".m4s"), 10, 64)
		return err == nil && number < l.state.Next
	}
	_, timelines := l.feed.live()
	_, following := view{timelines: timelines}.sessions(l.state)
	for _, t := range following {
		if t.Session == session {
			return false
		}
	}
	return l.pending[session] == nil
}

// deleteFolder removes all objects below a folder.
func deleteFolder(ctx context.Context, store Store, folder string) error {
	var keys []string
	err := store.List(ctx, folder+"/", func(o rung.ObjectInfo) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	return store.Delete(ctx, keys...)
}

// removeLive deletes all that is left of a channel that was deleted, its objects and its state, and reports whether there
// was anything.
func removeLive(ctx context.Context, o *Options, id string) (bool, error) {
	_, _, err := o.State.Load(ctx, StateID(rung.Live, id))
	if rung.CodeOf(err) == rung.CodeNotFound {
		return false, nil // there was no presentation, or another packager has removed it
	}
	if err != nil {
		return false, err
	}
	if err := removeLiveObjects(ctx, o, id); err != nil {
		return false, err
	}
	o.Log.Info("presentation is removed", "channel", id)
	return true, o.State.Delete(ctx, StateID(rung.Live, id))
}

func removeLiveObjects(ctx context.Context, o *Options, id string) error {
	store, err := o.Stores(ctx, "")
	if err != nil {
		return err
	}
	return deleteFolder(ctx, store, path.Join(string(rung.Live), id))
}
