package receive

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"syscall"
	"time"

	srt "github.com/datarhei/gosrt"

	"rung"
)

// listen waits to be called, until the context ends. One caller is served at a time: while it sends, others are
// refused, and may call again.
func (r *srtReceiver) listen(ctx context.Context, sink func([]byte, time.Time)) error {
	ln, err := srt.Listen("srt", r.settings.address(), r.settings.config())
	if err != nil {
		return r.listenError(err)
	}
	r.counters.away(nil) // a port that was in use is free now
	r.options.Logger.Info("waiting for SRT callers", slog.String("address", r.settings.address()))
	stop := context.AfterFunc(ctx, ln.Close)
	defer stop()
	defer ln.Close()
	calls := make(chan srt.Conn)
	ended := make(chan error, 1)
	var busy atomic.Bool
	go func() { ended <- r.accept(ctx, ln, &busy, calls) }()
	for {
		select {
		case c := <-calls:
			r.options.Logger.Info("SRT caller connected", slog.String("peer", remoteHost(c.RemoteAddr())))
			r.receive(ctx, c, sink)
			r.counters.disconnected()
			r.options.Logger.Info("SRT caller gone", slog.String("peer", remoteHost(c.RemoteAddr())))
			busy.Store(false)
		case err := <-ended:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return rung.Errorf(rung.CodeUnavailable, "check the network of this machine",
				"source.url: srt %s no longer receives: %w", r.settings.address(), err)
		}
	}
}

// accept hands callers to calls, one at a time, until the listener is closed.
func (r *srtReceiver) accept(ctx context.Context, ln srt.Listener, busy *atomic.Bool, calls chan<- srt.Conn) error {
	for {
		req, err := ln.Accept2()
		if err != nil {
			return err
		}
		if reason, ok := r.admit(req, busy.Load()); !ok {
			r.options.Logger.Warn("SRT caller refused", slog.String("peer", remoteHost(req.RemoteAddr())), slog.Int("reason", int(reason)))
			req.Reject(reason)
			continue
		}
		c, err := req.Accept()
		if err != nil {
			r.options.Logger.Warn("SRT caller not accepted", slog.String("peer", remoteHost(req.RemoteAddr())), slog.Any("cause", err))
			continue
		}
		busy.Store(true)
		select {
		case calls <- c:
		case <-ctx.Done():
			c.Close()
			return ctx.Err()
		}
	}
}

// admit decides about a caller.
func (r *srtReceiver) admit(req srt.ConnRequest, busy bool) (srt.RejectionReason, bool) {
	switch {
	case busy:
		return srt.REJX_CONFLICT, false
	case r.settings.streamID != "" && req.StreamId() != r.settings.streamID:
		return srt.REJX_NOTFOUND, false
	case r.settings.passphrase == "" && req.IsEncrypted():
		return srt.REJ_UNSECURE, false
	case r.settings.passphrase != "" && !req.IsEncrypted():
		return srt.REJ_UNSECURE, false
	case r.settings.passphrase != "" && req.SetPassphrase(r.settings.passphrase) != nil:
		return srt.REJ_BADSECRET, false
	}
	return 0, true
}

// listenError says what an operator can do about a listener that cannot be had.
func (r *srtReceiver) listenError(err error) error {
	address := r.settings.address()
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return rung.Errorf(rung.CodeConflict, "choose another port, or stop the program that has it (`ss -ulpn` lists them)",
			"source.url: srt %s is in use: %w", address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return rung.Errorf(rung.CodeInvalid, "write srt://:port to be called on all addresses",
			"source.url: srt %s is not an address of this machine: %w", address, err)
	}
	return rung.Errorf(rung.CodeUnavailable, "check the address and the network of this machine",
		"source.url: cannot listen on srt %s: %w", address, err)
}
