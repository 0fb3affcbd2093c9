package api

import (
	"net"
	"sync"
	"time"
)

// stallListener gives connections on which no single write may take longer than a bound: the server has no bound on
// whole responses, and without this one a peer that stops reading would hold its connection for good. It knows its open
// connections, so that shutting down can end them.
type stallListener struct {
	net.Listener
	bound time.Duration
	once  sync.Once

	mu   sync.Mutex
	open map[*stallConn]struct{}
}

func newStallListener(ln net.Listener, bound time.Duration) *stallListener {
	return &stallListener{Listener: ln, bound: bound, open: map[*stallConn]struct{}{}}
}

// Accept implements net.Listener.
func (l *stallListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	sc := &stallConn{Conn: c, owner: l}
	l.mu.Lock()
	l.open[sc] = struct{}{}
	l.mu.Unlock()
	return sc, nil
}

// Close closes the listener; it may be called again.
func (l *stallListener) Close() error {
	l.once.Do(func() { l.Listener.Close() })
	return nil
}

// closeAll closes every connection that is still open.
func (l *stallListener) closeAll() { l.closeIf(func(*stallConn) bool { return true }) }

// closeUnused closes the connections on which nothing has come yet, such as browsers open in advance: the server takes
// them for busy ones, and stopping it would wait for them.
func (l *stallListener) closeUnused() { l.closeIf(func(c *stallConn) bool { return !c.used.Load() }) }

func (l *stallListener) closeIf(chosen func(*stallConn) bool) {
	l.mu.Lock()
	var some []*stallConn
	for c := range l.open {
		if chosen(c) {
			some = append(some, c)
		}
	}
	l.mu.Unlock()
	for _, c := range some {
		c.Close()
	}
}

func (l *stallListener) forget(c *stallConn) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
}
