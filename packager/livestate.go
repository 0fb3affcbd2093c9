package packager

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"rung"
)

// liveState is all of a live presentation that must outlast a packager. It is saved before the playlists that show it are
// put, so whoever takes over puts the same ones again, and its sequences never fall.
type liveState struct {
	presentation
	Format  int       `json:"format"`
	Created time.Time `json:"created,omitzero"` // of the channel: another one may have its id
	After   uint64    `json:"after"`            // results up to this stream sequence have had their effect

	Sequence        uint64 `json:"sequence"`        // MEDIA-SEQUENCE: of the first that is listed
	Discontinuities uint64 `json:"discontinuities"` // DISCONTINUITY-SEQUENCE: tags that have left the playlist

	Session string `json:"session"` // the one that is being listed
	Next    int64  `json:"next"`    // its next number to list
	Raised  int64  `json:"raised"`  // its numbers below this one have been raised, as far as is known
	Last    bool   `json:"last,omitempty"`
	Ended   bool   `json:"ended,omitempty"` // ENDLIST

	// LatencyUS is from the end of the last segment with media to its listing, in microseconds of the wall clock. Nothing
	// is decided by it.
	LatencyUS int64 `json:"latency_us,omitempty"`

	PeriodCount int64            `json:"period_count"`
	Declared    map[string]rates `json:"declared"`          // by variant
	Expired     []expired        `json:"expired,omitempty"` // oldest first
	Retired     []string         `json:"retired,omitempty"` // renditions that are offered no more and still get playlists
}

// expired is a segment whose objects wait for their deletion.
type expired struct {
	Segment segment   `json:"s"`
	At      time.Time `json:"at"`
}

// liveFormat changes with each incompatible change of liveState.
const liveFormat = 1

// check implements document.
func (s *liveState) check() error {
	for _, e := range s.Expired {
		if s.period(e.Segment.Period) == nil {
			return fmt.Errorf("expired segment %d is of period %d, which is not there", e.Segment.Number, e.Segment.Period)
		}
	}
	return s.presentation.check()
}

// clone can be changed without a change of s, as long as slices are appended to or cut, and not written into.
func (s *liveState) clone() *liveState {
	c := *s
	c.Periods, c.Listed, c.Expired = slices.Clone(s.Periods), slices.Clone(s.Listed), slices.Clone(s.Expired)
	c.Declared, c.Retired = maps.Clone(s.Declared), slices.Clone(s.Retired)
	return &c
}

// begun reports whether anything has ever been listed.
func (s *liveState) begun() bool { return s.Sequence > 0 || len(s.Listed) > 0 }

// enter begins to list a session from the number given.
func (s *liveState) enter(session string, number int64) {
	s.Session, s.Next, s.Raised, s.Last = session, number, number, false
}

// list appends a segment, or a gap, of the current session.
func (s *liveState) list(seg segment, prefix string, grid rung.Grid, tracks []track) {
	s.Next = seg.Number + 1
	s.Raised = max(s.Raised, s.Next)
	if len(tracks) == 0 && !s.begun() {
		return // before the first picture there is nobody to tell of a gap
	}
	before := s.PeriodCount
	p := s.periodFor(prefix, grid, tracks)
	seg.Period = p.ID
	seg.Discontinuity = s.PeriodCount > before && s.begun()
	s.Target = max(s.Target, targetDuration(grid))
	s.Listed = append(s.Listed, seg)
	s.Ended = false
}

// periodFor is the period that a segment of the current session with these tracks (none: a gap) belongs to.
func (s *liveState) periodFor(prefix string, grid rung.Grid, tracks []track) *period {
	if n := len(s.Periods); n > 0 && s.Periods[n-1].Session == s.Session {
		p := &s.Periods[n-1]
		switch {
		case len(tracks) == 0:
			return p
		case len(p.Tracks) == 0:
			p.Tracks = tracks
			return p
		case p.carries(tracks):
			p.complete(tracks)
			return p
		}
	}
	s.PeriodCount++
	s.Periods = append(s.Periods, period{ID: s.PeriodCount, Session: s.Session, Prefix: prefix, Grid: grid, Tracks: tracks})
	return &s.Periods[len(s.Periods)-1]
}

// slide lets segments leave the playlist until count remain. Their objects are kept for as long as a player may still ask
// for them: the segment's and the playlist's duration (RFC 8216, 6.2.2), and a margin.
func (s *liveState) slide(count int, now time.Time, margin time.Duration) {
	leaving := len(s.Listed) - count
	if leaving <= 0 {
		return
	}
	at := now.Add(s.listDuration() + margin)
	for _, seg := range s.Listed[:leaving] {
		s.Sequence++
		if seg.Discontinuity {
			s.Discontinuities++
		}
		if seg.Bytes != nil {
			s.Expired = append(s.Expired, expired{Segment: seg, At: at})
		}
	}
	s.Listed = slices.Clone(s.Listed[leaving:])
}

// listDuration is how long all that is listed lasts, the leaving ones included.
func (s *liveState) listDuration() time.Duration {
	var us int64
	for _, seg := range s.Listed {
		_, d := seg.span(video, s.period(seg.Period).Grid)
		us += d
	}
	return time.Duration(us) * time.Microsecond
}

// media is the playlist of one rendition.
func (s *liveState) media(t track) mediaPlaylist {
	return mediaPlaylist{Target: s.Target, Sequence: s.Sequence, Discontinuity: s.Discontinuities, Ended: s.Ended, Entries: s.entries(t)}
}

// discard makes the objects of a segment that was listed as a gap wait for their deletion. It reports whether it was.
func (s *liveState) discard(r rung.Result, now time.Time) bool {
	for _, seg := range s.Listed {
		p := s.period(seg.Period)
		if p.Session != r.ID.Session || seg.Number != r.ID.Number || seg.Bytes != nil {
			continue
		}
		late := segmentOf(r)
		late.Period = p.ID
		if len(p.Tracks) == 0 {
			return false // their names are not known yet; the sweep finds them
		}
		s.Expired = append(s.Expired, expired{Segment: late, At: now})
		return true
	}
	return false
}

// declare brings the declared rates up to date with what is listed.
func (s *liveState) declare() {
	declared := make(map[string]rates, len(s.Declared))
	for id, m := range s.measured() {
		declared[id] = s.Declared[id].declare(m)
	}
	s.Declared = declared
}

// retire notes the renditions of before that are offered no more, and forgets those that are again or have left.
func (s *liveState) retire(before []track) {
	offered := map[string]bool{}
	for _, t := range s.renditions() {
		offered[t.ID] = true
	}
	for _, t := range before {
		if !offered[t.ID] && !slices.Contains(s.Retired, t.ID) {
			s.Retired = append(s.Retired, t.ID)
		}
	}
	s.Retired = slices.DeleteFunc(s.Retired, func(id string) bool { return offered[id] })
}

// due are the expired segments whose time has come.
func (s *liveState) due(now time.Time) []expired {
	var due []expired
	for _, e := range s.Expired {
		if !e.At.After(now) {
			due = append(due, e)
		}
	}
	return due
}

// forget drops what has been deleted.
func (s *liveState) forget(due []expired) {
	gone := map[[2]int64]bool{}
	for _, e := range due {
		gone[[2]int64{e.Segment.Period, e.Segment.Number}] = true
	}
	s.Expired = slices.DeleteFunc(slices.Clone(s.Expired), func(e expired) bool { return gone[[2]int64{e.Segment.Period, e.Segment.Number}] })
}

// nextExpiry is when the first of the expired segments may be deleted, zero where there are none.
func (s *liveState) nextExpiry() time.Time {
	var next time.Time
	for _, e := range s.Expired {
		if next.IsZero() || e.At.Before(next) {
			next = e.At
		}
	}
	return next
}

// prunePeriods drops and gives the periods that nothing refers to, but for those that say what is offered and where listing
// is.
func (s *liveState) prunePeriods() []period {
	used := map[int64]bool{}
	for _, seg := range s.Listed {
		used[seg.Period] = true
	}
	for _, e := range s.Expired {
		used[e.Segment.Period] = true
	}
	newest, offering := len(s.Periods)-1, len(s.Periods)-1
	for offering > 0 && len(s.Periods[offering].Tracks) == 0 {
		offering--
	}
	var kept, dropped []period
	for i, p := range s.Periods {
		if used[p.ID] || i == newest || i == offering {
			kept = append(kept, p)
		} else {
			dropped = append(dropped, p)
		}
	}
	s.Periods = kept
	return dropped
}
