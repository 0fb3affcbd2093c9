package receive

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"

	"rung"
)

// socketBuffer is asked of the kernel for each socket: a second of 60 Mbit/s. It gives up to net.core.rmem_max.
const socketBuffer = 8 << 20

// listen opens the endpoint's socket, and joins its group.
func (e *endpoint) listen(ctx context.Context) (*net.UDPConn, error) {
	if e.addr.Addr().IsMulticast() {
		return e.join()
	}
	network := "udp"
	if e.addr.Addr().Is4() {
		network = "udp4"
	}
	var lc net.ListenConfig
	c, err := lc.ListenPacket(ctx, network, e.addr.String())
	if err != nil {
		return nil, e.socketError(err)
	}
	conn := c.(*net.UDPConn)
	return conn, e.enlarge(conn)
}

// join opens a socket bound to the group itself and joins the group. Bound to all addresses, as package net does it,
// the socket would also get what other programs of this machine join on the same port, and what is sent to the machine.
func (e *endpoint) join() (*net.UDPConn, error) {
	ifi, err := e.networkInterface()
	if err != nil {
		return nil, err
	}
	conn, err := e.bindGroup(ifi)
	if err != nil {
		return nil, e.socketError(err)
	}
	if err := e.joinGroup(conn, ifi); err != nil {
		conn.Close()
		return nil, e.socketError(err)
	}
	return conn, e.enlarge(conn)
}

// bindGroup makes a socket that shares its port with other receivers of groups.
func (e *endpoint) bindGroup(ifi *net.Interface) (*net.UDPConn, error) {
	family := unix.AF_INET6
	var address unix.Sockaddr
	if a := e.addr.Addr(); a.Is4() {
		family = unix.AF_INET
		address = &unix.SockaddrInet4{Port: int(e.addr.Port()), Addr: a.As4()}
	} else {
		in6 := &unix.SockaddrInet6{Port: int(e.addr.Port()), Addr: a.As16()}
		if ifi != nil {
			in6.ZoneId = uint32(ifi.Index)
		}
		address = in6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(uintptr(fd), "multicast") // net.FilePacketConn takes a duplicate
	defer f.Close()
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, address); err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, err
	}
	return c.(*net.UDPConn), nil
}

// joinGroup asks for the group, from all senders or from those of the filter only.
func (e *endpoint) joinGroup(conn *net.UDPConn, ifi *net.Interface) error {
	group := &net.UDPAddr{IP: e.addr.Addr().AsSlice()}
	type joiner interface {
		JoinGroup(ifi *net.Interface, group net.Addr) error
		JoinSourceSpecificGroup(ifi *net.Interface, group, source net.Addr) error
	}
	var j joiner = ipv4.NewPacketConn(conn)
	if !e.addr.Addr().Is4() {
		j = ipv6.NewPacketConn(conn)
	}
	if len(e.sources) == 0 {
		return j.JoinGroup(ifi, group)
	}
	for _, s := range e.sources {
		if err := j.JoinSourceSpecificGroup(ifi, group, &net.UDPAddr{IP: s.AsSlice()}); err != nil {
			return err
		}
	}
	return nil
}

// enlarge asks for a large receive buffer; the kernel may give less, which is no error.
func (e *endpoint) enlarge(conn *net.UDPConn) error {
	if err := conn.SetReadBuffer(socketBuffer); err != nil {
		conn.Close()
		return e.socketError(err)
	}
	return nil
}

// socketError says what an operator can do about a socket that cannot be had.
func (e *endpoint) socketError(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return rung.Errorf(rung.CodeConflict, "choose another port, or stop the program that has it (`ss -ulpn` lists them)",
			"source.url: %s %s is in use: %w", e.scheme, e.addr, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return rung.Errorf(rung.CodeInvalid, "to receive on all of this machine's addresses leave the host out: "+e.scheme+"://:PORT",
			"source.url: %s is not an address of this machine: %w", e.addr.Addr(), err)
	case errors.Is(err, syscall.EACCES):
		return rung.Errorf(rung.CodeInvalid, "use a port from 1024 up", "source.url: port %d needs privileges: %w", e.addr.Port(), err)
	case errors.Is(err, syscall.ENODEV):
		return rung.Errorf(rung.CodeUnavailable, "name one in source.interface", "source.url: no interface has a route to %s: %w", e.addr.Addr(), err)
	}
	return rung.Errorf(rung.CodeUnavailable, "check the address and the network of this machine",
		"source.url: cannot receive on %s: %w", e.addr, err)
}
