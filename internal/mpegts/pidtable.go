package mpegts

// pidTable finds the state of a PID. Its index is of numbers: of 8192 pointers each garbage collection would look at every
// one, for each channel.
type pidTable struct {
	index [pidMax]uint16 // into all, from 1; 0: not seen
	all   []*pidState    // as they first appeared
}

// of is the state of a PID; nil where it has not been seen.
func (t *pidTable) of(pid int) *pidState {
	if i := t.index[pid]; i > 0 {
		return t.all[i-1]
	}
	return nil
}

// add gives the state of a PID, and makes it where it is new.
func (t *pidTable) add(pid int) *pidState {
	s := t.of(pid)
	if s == nil {
		s = &pidState{pid: pid}
		t.all = append(t.all, s)
		t.index[pid] = uint16(len(t.all))
	}
	return s
}
