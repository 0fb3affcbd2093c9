package scheduler

import "sync"

// localLeases are the leases of a process whose server nobody else can reach: no other process can ask for one, and they
// end with this one. So they are kept here, and need neither the disk nor renewal. In the bucket they would be two writes
// every other second for each channel, and a machine that is short of processor time for some seconds would lose all of
// them at once, and have each channel begin a new session just then. The zero value is ready.
type localLeases struct {
	mu   sync.Mutex
	held map[string]struct{}
}

// acquire reports whether the name was free.
func (l *localLeases) acquire(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.held[name]; taken {
		return false
	}
	if l.held == nil {
		l.held = map[string]struct{}{}
	}
	l.held[name] = struct{}{}
	return true
}

func (l *localLeases) release(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, name)
}
