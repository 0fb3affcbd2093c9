package receive

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	srt "github.com/datarhei/gosrt"

	"rung"
)

// call connects to a listener and receives until that ends.
func (r *srtReceiver) call(ctx context.Context, sink func([]byte, time.Time)) error {
	host, err := resolve(ctx, r.settings.host, r.options.AllowPrivate)
	if err != nil {
		return err
	}
	address := net.JoinHostPort(host.String(), r.settings.port)
	if err := knock(ctx, address); err != nil {
		return rung.Errorf(rung.CodeUnavailable, "check host and port, and whether the listener runs",
			"srt %s does not answer: %w", address, networkCause(err))
	}
	c, err := srt.Dial("srt", address, r.settings.config())
	if err != nil {
		return r.dialError(address, err)
	}
	r.options.Logger.Info("receiving by SRT", slog.String("peer", address))
	r.receive(ctx, c, sink)
	drain(c)
	return nil
}

// dialError tells a refusal from silence.
func (r *srtReceiver) dialError(address string, err error) error {
	if strings.Contains(err.Error(), "rejected") {
		return rung.Errorf(rung.CodeUnavailable, "check passphrase, stream id and whether the listener takes one more caller",
			"srt %s refuses the connection: %w", address, err)
	}
	return rung.Errorf(rung.CodeUnavailable, "check host and port, and whether the listener runs",
		"srt %s does not answer: %w", address, err)
}

// drain takes what gosrt's socket reader has to say on its way out: Dial, of v0.11.0, leaves that goroutine waiting for
// somebody to listen after Close. It comes as soon as it has seen that its socket is closed.
func drain(c srt.Conn) {
	var b [1]byte
	for range 100 {
		if _, err := c.Read(b[:]); errors.Is(err, srt.ErrClientClosed) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// knock asks a listener for its cookie: an induction handshake, which costs it nothing and leaves nothing behind
// (draft-sharabayko-srt, 4.3.1.1). It is done before Dial because a Dial that nobody answers cannot be stopped and
// leaves a goroutine and its buffers behind (gosrt v0.11.0); with a listener that is away for days that adds up.
func knock(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, knockTimeout)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	answer := make([]byte, 1500)
	for {
		if _, err := c.Write(induction()); err != nil {
			return err
		}
		c.SetReadDeadline(time.Now().Add(knockAgain))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := c.Read(answer)
		if err == nil && n >= 16 && binary.BigEndian.Uint16(answer) == srtHandshake {
			return nil
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			return err
		}
	}
}

const (
	knockTimeout = 5 * time.Second
	knockAgain   = 250 * time.Millisecond
	srtHandshake = 0x8000 // a control packet of type 0
)

// isTimeout reports whether reading only took too long.
func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// induction is a caller's first handshake packet (3.2.1): version 4, as callers of all versions begin.
func induction() []byte {
	b := make([]byte, 64)
	binary.BigEndian.PutUint16(b, srtHandshake)
	binary.BigEndian.PutUint32(b[16:], 4)    // version
	binary.BigEndian.PutUint16(b[22:], 2)    // extension field: a live stream's socket
	binary.BigEndian.PutUint32(b[28:], 1500) // MTU
	binary.BigEndian.PutUint32(b[32:], 8192) // flow window
	binary.BigEndian.PutUint32(b[36:], 1)    // type: induction
	binary.BigEndian.PutUint32(b[40:], 1)    // our socket id, of no account here
	return b
}
