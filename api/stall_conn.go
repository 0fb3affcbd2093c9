package api

import (
	"net"
	"sync/atomic"
	"time"
)

// stallConn is a connection of a stallListener.
type stallConn struct {
	net.Conn
	owner *stallListener
	used  atomic.Bool // a byte has come
}

// Read implements net.Conn.
func (c *stallConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.used.Store(true)
	}
	return n, err
}

// Write implements net.Conn.
func (c *stallConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.owner.bound)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Close implements net.Conn.
func (c *stallConn) Close() error {
	c.owner.forget(c)
	return c.Conn.Close()
}
