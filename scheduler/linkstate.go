package scheduler

import "sync"

// linkState tells waiting goroutines of the connection's return and of its end.
type linkState struct {
	mu     sync.Mutex
	back   chan struct{} // closed at the next return
	closed chan struct{}
	once   sync.Once
}

func (l *linkState) init() { l.back, l.closed = make(chan struct{}), make(chan struct{}) }

// restored gives a channel that is closed at the next return after this call.
func (l *linkState) restored() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.back
}

func (l *linkState) setRestored() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.back)
	l.back = make(chan struct{})
}

func (l *linkState) setClosed()  { l.once.Do(func() { close(l.closed) }) }
func (l *linkState) waitClosed() { <-l.closed }
