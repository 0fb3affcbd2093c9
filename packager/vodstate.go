package packager

import (
	"cmp"
	"path"
	"slices"

	"rung"
)

// vodState is all of a job's presentation that must outlast a packager. Listed is in the order of numbers, with holes as
// long as results are on their way.
type vodState struct {
	presentation
	Format  int    `json:"format"`
	After   uint64 `json:"after"` // all results up to this stream sequence are in Listed
	Session string `json:"session"`
	Output  string `json:"output,omitempty"`  // the job's
	Count   int64  `json:"count"`             // segments in all; 0: not known yet
	Shown   bool   `json:"shown,omitempty"`   // all playlists are in the store
	Removed bool   `json:"removed,omitempty"` // a failed or canceled job's objects have been deleted
	Prefix  string `json:"prefix,omitempty"`  // the folder of the objects
}

// vodFormat changes with each incompatible change of vodState.
const vodFormat = 1

// newVODState begins a job's.
func newVODState(j *rung.Job) *vodState {
	root := path.Join(string(rung.VOD), j.ID)
	if j.Output != "" {
		root = ""
	}
	return &vodState{Format: vodFormat, presentation: presentation{Root: root}, Session: j.Session, Output: j.Output}
}

// add takes a result in, and reports whether it is new. An Error says that the job cannot be completed.
func (s *vodState) add(r rung.Result) (bool, *rung.Error) {
	if r.ID.Session != s.Session {
		return false, nil // an earlier try's
	}
	at, found := slices.BinarySearchFunc(s.Listed, r.ID.Number, func(seg segment, n int64) int { return cmp.Compare(seg.Number, n) })
	if found {
		return false, nil
	}
	s.Prefix = r.Prefix
	if err := vodFault(r, s.Root); err != nil {
		return false, err
	}
	seg := segmentOf(r)
	seg.Period = s.periodFor(r)
	s.Target = max(s.Target, targetDuration(gridOf(r)))
	s.Listed = slices.Insert(s.Listed, at, seg)
	if r.Last {
		s.Count = r.ID.Number + 1
	}
	return true, nil
}

// vodFault says why a result ends its job, nil if it does not. Gaps are for live: a film with holes is no film.
func vodFault(r rung.Result, root string) *rung.Error {
	hint := "the log of node " + r.Node + " has the details"
	if r.Outcome != rung.Done && r.Error != nil {
		return &rung.Error{Code: r.Error.Code, Hint: cmp.Or(r.Error.Hint, hint), Message: "segment " + r.ID.String() + ": " + r.Error.Message, Err: r.Error.Err}
	}
	why := unfit(r, root)
	for _, t := range r.Tracks {
		if why == "" && (t.Gap || t.Bytes <= 0) {
			why = "rendition " + t.ID + " is missing"
		}
	}
	if why == "" {
		return nil
	}
	return rung.Errorf(rung.CodeEngine, hint, "segment %s: %s", r.ID, why)
}

// periodFor is the id of the period with the result's renditions.
func (s *vodState) periodFor(r rung.Result) int64 {
	tracks := tracksOf(r)
	for i := range s.Periods {
		if p := &s.Periods[i]; p.Grid == gridOf(r) && p.Prefix == r.Prefix && p.carries(tracks) {
			return p.ID
		}
	}
	id := int64(len(s.Periods) + 1)
	s.Periods = append(s.Periods, period{ID: id, Session: s.Session, Prefix: r.Prefix, Grid: gridOf(r), Tracks: tracks})
	return id
}

// complete reports whether every segment is there.
func (s *vodState) complete() bool { return s.Count > 0 && int64(len(s.Listed)) == s.Count }

// fault says why a complete presentation cannot be shown, nil if it can.
func (s *vodState) fault() *rung.Error {
	if last := s.Listed[len(s.Listed)-1].Number; last != s.Count-1 {
		return rung.Errorf(rung.CodeInternal, "the log has the details", "session %s: %d segments, but the last is number %d", s.Session, s.Count, last)
	}
	for _, p := range s.Periods[1:] {
		if !slices.EqualFunc(p.Tracks, s.Periods[0].Tracks, func(a, b track) bool { return a.ID == b.ID }) {
			return rung.Errorf(rung.CodeInternal, "the log has the details", "session %s: its segments do not all have the same renditions", s.Session)
		}
	}
	return nil
}

// markDiscontinuities marks the segments whose init segments are not those of the one before.
func (s *vodState) markDiscontinuities() {
	for i := range s.Listed {
		s.Listed[i].Discontinuity = i > 0 && s.Listed[i].Period != s.Listed[i-1].Period
	}
}
