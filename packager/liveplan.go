package packager

import (
	"fmt"
	"time"

	"rung"
)

// How long results may be on their way when they are known to exist. A gap is for ever, so it is not decided before the
// stream has been still for resultStill, nor within startStill of beginning to follow it: what came while we were away
// comes first.
const (
	resultStill = 250 * time.Millisecond
	startStill  = 3 * time.Second
)

// defaultDeadline is a segment's where no timeline and no result says one.
const defaultDeadline = 15 * time.Second

// livePlan is what can be decided now.
type livePlan struct {
	state   *liveState // after the decisions
	changed bool
	gaps    []string  // why each segment that became a gap did, for the alarm
	missing bool      // one of the gaps is for want of a result, not because of one
	good    bool      // a segment with media was listed after the last gap
	wake    time.Time // when more may be decided, zero where only news can do it
}

// view is what the plan is made of. It is not changed by planning.
type view struct {
	now       time.Time
	timelines []rung.Timeline // in the order of sessions
	created   time.Time       // when the channel was
	window    int             // segments in the playlist
	dvr       time.Duration
	margin    time.Duration
	pending   map[string]map[int64]arrival // by session and number
	raisedAt  map[int64]time.Time          // when numbers of the current session were first known as raised
	seen      uint64                       // the last sequence that has come
	still     time.Time                    // no gap for want of a result before this
}

// planLive decides all that can be decided from the state s. It changes nothing.
func planLive(s *liveState, v view) livePlan {
	p := livePlan{state: s.clone()}
	before := s.renditions()
	for p.step(v) {
	}
	if !p.changed {
		return p
	}
	p.state.slide(v.count(p.state), v.now, v.margin)
	p.state.declare()
	p.state.retire(before)
	p.state.After = v.settled(p.state)
	return p
}

// count is how many segments the playlist holds: the window, or as many as the DVR length asks for.
func (v view) count(s *liveState) int {
	n := v.window
	if len(s.Periods) > 0 && v.dvr > 0 {
		grid := s.Periods[len(s.Periods)-1].Grid
		if us := grid.Micros(grid.SegmentFrames); us > 0 {
			n = max(n, int((v.dvr.Microseconds()+us-1)/us))
		}
	}
	return n
}

// settled is the sequence up to which all results have had their effect on s.
func (v view) settled(s *liveState) uint64 {
	settled := v.seen
	for session, numbers := range v.pending {
		for n, a := range numbers {
			if session == s.Session && n < s.Next {
				continue
			}
			settled = min(settled, a.seq-1)
		}
	}
	return max(settled, s.After)
}

// sessions are the timeline of the session that is being listed, nil where it is not known, and those that follow it.
func (v view) sessions(s *liveState) (current *rung.Timeline, following []rung.Timeline) {
	for i := range v.timelines {
		if v.timelines[i].Session == s.Session {
			return &v.timelines[i], v.timelines[i+1:]
		}
	}
	return nil, v.timelines
}

// step decides one thing, and reports whether there may be more.
func (p *livePlan) step(v view) bool {
	s := p.state
	current, following := v.sessions(s)
	if s.Session == "" {
		return p.begin(v)
	}
	if a, ok := v.pending[s.Session][s.Next]; ok {
		p.take(v, current, a)
		return true
	}
	if s.Next < p.raised(v, current) {
		return p.giveUp(v, current)
	}
	switch {
	case len(following) > 1, len(following) == 1 && v.begins(following[0]):
		s.enter(following[0].Session, 0)
		p.changed = true
		return true
	case (s.Last || over(s, current)) && s.begun() && !s.Ended:
		s.Ended, p.changed = true, true
	}
	return false
}

// begins reports whether a session has its first segment. Until then the one before may still have results on their way
// that its timeline did not live to say.
func (v view) begins(t rung.Timeline) bool { return t.Next > 0 || len(v.pending[t.Session]) > 0 }

// over reports whether the timeline says that all of its segments have been listed.
func over(s *liveState, t *rung.Timeline) bool { return t != nil && t.Ended && s.Next >= t.Next }

// begin chooses where a presentation begins that has no state: at the newest session's first segment or, where that has
// been gone for long, at the first that can still come.
func (p *livePlan) begin(v view) bool {
	if len(v.timelines) == 0 {
		return false
	}
	t := v.timelines[len(v.timelines)-1]
	first, ok := lowest(v.pending[t.Session])
	if !ok {
		return false
	}
	if first > 0 {
		if at := latest(deadline(t, first-1), v.still); v.now.Before(at) {
			p.wakeAt(at)
			return false
		}
	}
	p.state.enter(t.Session, first)
	p.changed = true
	return true
}

// raised is the end of the current session's numbers that are known to exist.
func (p *livePlan) raised(v view, current *rung.Timeline) int64 {
	end := p.state.Raised
	if current != nil {
		end = max(end, current.Next)
	}
	for n := range v.pending[p.state.Session] {
		end = max(end, n+1)
	}
	return end
}

// take lists a result whose turn has come.
func (p *livePlan) take(v view, current *rung.Timeline, a arrival) {
	s, r := p.state, a.result
	p.changed = true
	s.Last = s.Last || r.Last
	if why := unfit(r, s.Root); why != "" {
		p.gaps, p.good = append(p.gaps, fmt.Sprintf("segment %d of session %s: %s", r.ID.Number, r.ID.Session, why)), false
		seg, prefix, grid, ok := p.missingSegment(v, current)
		if !ok {
			s.Next++
			return
		}
		s.list(seg, prefix, grid, nil)
		return
	}
	p.good = true
	p.renew(v, current)
	seg, grid := segmentOf(r), gridOf(r)
	s.list(seg, r.Prefix, grid, tracksOf(r))
	_, duration := seg.span(video, grid)
	s.LatencyUS = v.now.UnixMicro() - seg.TimeUS - duration
}

// renew lets go of what a channel that was deleted has listed, as soon as its successor of the same id has a segment. (Where
// the deletion is seen before the successor, nothing is left of it by then.)
func (p *livePlan) renew(v view, current *rung.Timeline) {
	s := p.state
	if v.created.IsZero() || s.Created.Equal(v.created) {
		return
	}
	if !s.Created.IsZero() {
		if current == nil || current.Origin.Before(v.created) {
			return // still the deleted one's
		}
		s.slide(0, v.now, v.margin)
	}
	s.Created = v.created
}

// giveUp lists the next segment as a gap if its time is up.
func (p *livePlan) giveUp(v view, current *rung.Timeline) bool {
	s := p.state
	at := latest(p.deadline(v, current), v.still)
	if v.now.Before(at) {
		p.wakeAt(at)
		return false
	}
	p.changed, p.missing, p.good = true, true, false
	p.gaps = append(p.gaps, fmt.Sprintf("segment %d of session %s has not come by its deadline", s.Next, s.Session))
	seg, prefix, grid, ok := p.missingSegment(v, current)
	if !ok {
		s.Next++ // nothing is known of it but its number, so it has no length that a playlist could say
		return true
	}
	s.list(seg, prefix, grid, nil)
	return true
}

// deadline is when the next segment is given up: by its timeline, by what a later result says, or by default. A source
// whose clock is slow raises its segments later and later; none is given up before it has had half the time.
func (p *livePlan) deadline(v view, current *rung.Timeline) time.Time {
	n := p.state.Next
	var at time.Time
	wait := defaultDeadline
	if current != nil {
		at, wait = deadline(*current, n), current.Deadline.D()
	}
	for number, a := range v.pending[p.state.Session] {
		if r := a.result; number > n && !r.Deadline.IsZero() {
			between := gridOf(r).Micros((number - n) * r.SegmentFrames)
			at = latest(at, r.Deadline.Add(-time.Duration(between)*time.Microsecond))
		}
	}
	raised, ok := v.raisedAt[n]
	switch {
	case ok && at.IsZero():
		return raised.Add(wait)
	case ok:
		return latest(at, raised.Add(wait/2))
	}
	return at
}

// missingSegment is the next segment as the grid has it, from its timeline, another result, or the period that it follows.
func (p *livePlan) missingSegment(v view, current *rung.Timeline) (seg segment, prefix string, grid rung.Grid, ok bool) {
	s := p.state
	var originUS int64
	if n := len(s.Listed); n > 0 && s.period(s.Listed[n-1].Period).Session == s.Session {
		last := s.Listed[n-1]
		at := s.period(last.Period)
		prefix, grid = at.Prefix, at.Grid
		originUS = last.TimeUS - grid.Micros(last.Interval.First)
	} else if first, found := lowest(v.pending[s.Session]); found && v.pending[s.Session][first].result.SegmentFrames > 0 {
		r := v.pending[s.Session][first].result
		prefix, grid = r.Prefix, gridOf(r)
		originUS = r.Time.UnixMicro() - grid.Micros(r.Interval.First)
	} else if current != nil {
		prefix = rung.SegmentID{Kind: rung.Live, Owner: current.Channel, Session: s.Session}.Prefix()
		grid, originUS = current.Ladder.Grid, current.Origin.UnixMicro()
	}
	if grid.SegmentFrames <= 0 || grid.Rate.IsZero() {
		return segment{}, "", grid, false
	}
	seg = segment{Number: s.Next, Interval: grid.Segment(s.Next)}
	seg.TimeUS = originUS + grid.Micros(seg.Interval.First)
	return seg, prefix, grid, true
}

func gridOf(r rung.Result) rung.Grid { return rung.Grid{Rate: r.Rate, SegmentFrames: r.SegmentFrames} }

// wakeAt notes a time at which more may be decided.
func (p *livePlan) wakeAt(at time.Time) {
	if p.wake.IsZero() || at.Before(p.wake) {
		p.wake = at
	}
}

// deadline is when segment n of the timeline is due: its end on the wall clock, and the timeline's allowance.
func deadline(t rung.Timeline, n int64) time.Time {
	end := t.Ladder.Grid.Micros((n + 1) * t.Ladder.Grid.SegmentFrames)
	return t.Origin.Add(time.Duration(end)*time.Microsecond + t.Deadline.D())
}

// unfit says why a result cannot be listed, "" if it can.
func unfit(r rung.Result, root string) string {
	switch {
	case r.Outcome != rung.Done && r.Error != nil:
		return r.Error.Message
	case r.Outcome != rung.Done:
		return "its task ended as " + string(r.Outcome)
	case len(r.Tracks) == 0:
		return "its result has no renditions"
	case r.Interval.Frames <= 0 || r.SegmentFrames <= 0 || r.Rate.IsZero():
		return "its result has no duration"
	}
	p := period{Prefix: r.Prefix}
	for _, t := range r.Tracks {
		if !t.Gap && t.Key != p.key(t.ID, r.ID.Number) {
			return fmt.Sprintf("object %q is not %q", t.Key, p.key(t.ID, r.ID.Number))
		}
		if root != "" && relative(root, t.Key) == t.Key && !t.Gap {
			return fmt.Sprintf("object %q is not in the presentation's folder %q", t.Key, root)
		}
	}
	return ""
}

func lowest(numbers map[int64]arrival) (n int64, ok bool) {
	for number := range numbers {
		if !ok || number < n {
			n, ok = number, true
		}
	}
	return n, ok
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
