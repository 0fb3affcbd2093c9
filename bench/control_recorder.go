package bench

import (
	"strings"
	"sync"
	"time"

	"rung"
)

// ControlRecorder hears when each live segment passes through the control plane. Its methods may be called at once from
// any number of goroutines. It keeps a few words for each segment, so that its own memory does not show among a channel's.
type ControlRecorder struct {
	mu       sync.Mutex
	open     map[segmentKey]*controlSegment
	shown    map[string]map[controlTrack]int64 // by channel: the number after the last that is listed
	sessions map[segmentKey]struct{}           // that have raised a segment; the number is left out
	finished []controlSegment
	gaps     int64
}

// controlSegment is when one segment was where.
type controlSegment struct {
	arrived, raised, taken, stored, listed time.Time
	tracks                                 int // that are still to list it
}

// controlTrack is one rendition of one session.
type controlTrack struct{ session, rendition string }

// NewControlRecorder makes one that has heard nothing.
func NewControlRecorder() *ControlRecorder {
	return &ControlRecorder{open: map[segmentKey]*controlSegment{}, shown: map[string]map[controlTrack]int64{}, sessions: map[segmentKey]struct{}{}}
}

// Raised takes a task before it goes into the queue.
func (r *ControlRecorder) Raised(t rung.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := controlKey(t.ID)
	r.sessions[segmentKey{owner: key.owner, session: key.session}] = struct{}{}
	if r.open[key] == nil {
		r.open[key] = &controlSegment{arrived: t.Arrived, raised: t.Raised, tracks: len(t.Ladder.Video) + len(t.Ladder.Audio)}
	}
}

// Taken takes a task that a worker has got.
func (r *ControlRecorder) Taken(id rung.SegmentID, at time.Time) {
	r.note(id, func(s *controlSegment) { s.taken = at })
}

// Encoded takes a result as it is reported: its objects are in the store.
func (r *ControlRecorder) Encoded(result rung.Result) {
	r.note(result.ID, func(s *controlSegment) { s.stored = result.Finished })
}

func (r *ControlRecorder) note(id rung.SegmentID, change func(*controlSegment)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.open[controlKey(id)]; s != nil {
		change(s)
	}
}

// Stored takes an object that the store has got. Media playlists of live presentations, live/CHANNEL/RENDITION.m3u8, are
// read for what is new in them; all else is passed over.
func (r *ControlRecorder) Stored(key string, body []byte, at time.Time) {
	path := strings.Split(key, "/")
	if len(path) != 3 || path[0] != string(rung.Live) || !strings.HasSuffix(path[2], ".m3u8") {
		return
	}
	channel, rendition := path[1], strings.TrimSuffix(path[2], ".m3u8")
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shown[channel] == nil {
		r.shown[channel] = map[controlTrack]int64{}
	}
	for e := range playlistEntries(body) {
		track := controlTrack{e.session, rendition}
		if e.rendition == rendition && e.number >= r.shown[channel][track] {
			r.list(segmentKey{channel, e.session, e.number}, e.gap, at)
			track.session = strings.Clone(track.session) // a map takes the newest copy of a key that it has
			r.shown[channel][track] = e.number + 1
		}
	}
}

// list notes that one more rendition's playlist has a segment.
func (r *ControlRecorder) list(key segmentKey, gap bool, at time.Time) {
	s := r.open[key]
	if s == nil {
		return
	}
	if s.tracks--; s.tracks > 0 {
		return
	}
	delete(r.open, key)
	if gap {
		r.gaps++
		return
	}
	s.listed = at
	r.finished = append(r.finished, *s)
}

// onAir counts the channels that have listed n segments.
func (r *ControlRecorder) onAir(n int64) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	count := 0
	for _, renditions := range r.shown {
		for _, next := range renditions {
			if next >= n {
				count++
				break
			}
		}
	}
	return count
}

// waiting counts the segments whose last packet came in [from, to) and that are not listed.
func (r *ControlRecorder) waiting(from, to time.Time) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := int64(0)
	for _, s := range r.open {
		if !s.arrived.Before(from) && s.arrived.Before(to) {
			n++
		}
	}
	return n
}

// between gives the listed segments whose last packet came in [from, to).
func (r *ControlRecorder) between(from, to time.Time) []controlSegment {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []controlSegment
	for _, s := range r.finished {
		if !s.arrived.Before(from) && s.arrived.Before(to) {
			all = append(all, s)
		}
	}
	return all
}

// begun counts the sessions of all channels.
func (r *ControlRecorder) begun() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// missed counts the segments that were listed as gaps.
func (r *ControlRecorder) missed() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gaps
}

func controlKey(id rung.SegmentID) segmentKey { return segmentKey{id.Owner, id.Session, id.Number} }
