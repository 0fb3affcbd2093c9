package bench

import (
	"strings"
	"sync"
	"time"

	"rung"
)

// Recorder hears of what happens to each segment of a platform: raised by ingest, encoded by a worker, listed in
// playlists. It is what a measurement is made of. Its methods may be called at once from any number of goroutines, and
// do not block.
type Recorder struct {
	mu       sync.Mutex
	segments map[segmentKey]*segmentRecord
	results  []rung.Result
	ladders  map[string]rung.Ladder // by owner
	listed   map[string]int         // segments in all of their playlists, by owner
}

// segmentKey is a segment as playlists name it.
type segmentKey struct {
	owner   string
	session string
	number  int64
}

// segmentRecord is one live segment's life.
type segmentRecord struct {
	arrived  time.Time // of its last source packet
	deadline time.Time
	length   time.Duration
	tracks   int             // renditions that are to list it
	lists    map[string]bool // renditions that list it; false: as a gap
	listed   time.Time       // in all of them; zero: not yet
	gap      bool            // in one of them at least
}

// NewRecorder makes one that has heard nothing.
func NewRecorder() *Recorder {
	return &Recorder{segments: map[segmentKey]*segmentRecord{}, ladders: map[string]rung.Ladder{}, listed: map[string]int{}}
}

// Raised takes a task as it goes into the queue.
func (r *Recorder) Raised(t rung.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ladders[t.ID.Owner] = t.Ladder
	if t.ID.Kind != rung.Live {
		return
	}
	s := r.segment(segmentKey{t.ID.Owner, t.ID.Session, t.ID.Number})
	s.arrived, s.deadline = t.Arrived, t.Deadline
	s.length = time.Duration(t.Ladder.Grid.Micros(t.Interval.Frames)) * time.Microsecond
	s.tracks = len(t.Ladder.Video) + len(t.Ladder.Audio)
}

// Taken takes a task that a worker has got, which is not measured here.
func (r *Recorder) Taken(rung.SegmentID, time.Time) {}

// Encoded takes a result as it is reported.
func (r *Recorder) Encoded(result rung.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results = append(r.results, result)
}

// Stored takes an object that the store has taken over at the time given. Media playlists of live presentations,
// live/CHANNEL/RENDITION.m3u8, are read; all else is passed over.
func (r *Recorder) Stored(key string, body []byte, at time.Time) {
	path := strings.Split(key, "/")
	if len(path) != 3 || path[0] != string(rung.Live) || !strings.HasSuffix(path[2], ".m3u8") {
		return
	}
	rendition := strings.TrimSuffix(path[2], ".m3u8")
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range playlistEntries(body) {
		if e.rendition == rendition {
			r.list(segmentKey{path[1], e.session, e.number}, rendition, e.gap, at)
		}
	}
}

// list notes that a rendition's playlist has the segment.
func (r *Recorder) list(key segmentKey, rendition string, gap bool, at time.Time) {
	s := r.segment(key)
	if _, again := s.lists[rendition]; again {
		return
	}
	s.lists[rendition] = !gap
	s.gap = s.gap || gap
	if len(s.lists) == s.tracks {
		s.listed = at
		r.listed[key.owner]++
	}
}

func (r *Recorder) segment(key segmentKey) *segmentRecord {
	s := r.segments[key]
	if s == nil {
		s = &segmentRecord{lists: map[string]bool{}}
		key.session = strings.Clone(key.session) // it may be a part of a playlist
		r.segments[key] = s
	}
	return s
}

// Listed counts the segments of a channel that all of its playlists have.
func (r *Recorder) Listed(channel string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listed[channel]
}

// between gives copies of the live segments whose last source packet came in [from, to).
func (r *Recorder) between(from, to time.Time) []segmentRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []segmentRecord
	for _, s := range r.segments {
		if !s.arrived.IsZero() && !s.arrived.Before(from) && s.arrived.Before(to) {
			all = append(all, *s)
		}
	}
	return all
}

// encodedBetween gives the results that were reported in [from, to), with the ladders they were made by.
func (r *Recorder) encodedBetween(from, to time.Time) ([]rung.Result, map[string]rung.Ladder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []rung.Result
	for _, result := range r.results {
		if !result.Finished.Before(from) && result.Finished.Before(to) {
			all = append(all, result)
		}
	}
	ladders := make(map[string]rung.Ladder, len(r.ladders))
	for owner, l := range r.ladders {
		ladders[owner] = l
	}
	return all, ladders
}
