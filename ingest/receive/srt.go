package receive

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"

	srt "github.com/datarhei/gosrt"

	"rung"
	"rung/internal/mpegts"
)

// The modes of an SRT connection's set-up. Either side may then send; here it is always the other.
const (
	srtListener = "listener"
	srtCaller   = "caller"
)

// srtReceiver takes a transport stream by SRT, as the side that is called or as the one that calls.
type srtReceiver struct {
	settings srtSettings
	options  Options
	counters
	aligner mpegts.Aligner
}

func newSRT(u *url.URL, src rung.Source, o Options) (Receiver, error) {
	s, err := newSRTSettings(u, src)
	if err != nil {
		return nil, err
	}
	return &srtReceiver{settings: s, options: o}, nil
}

// Run implements Receiver.
func (r *srtReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	attempt := r.call
	if r.settings.mode == srtListener {
		attempt = r.listen
	}
	return reconnect(ctx, r.options, &r.counters, func(ctx context.Context) error { return attempt(ctx, sink) })
}

// Figures implements Receiver. RTPLost counts the packets that SRT could not recover in time.
func (r *srtReceiver) Figures() rung.SourceFigures { return r.counters.read(time.Time{}, 0) }

// receive takes a connection's stream until it or the context ends, and closes it.
func (r *srtReceiver) receive(ctx context.Context, c srt.Conn, sink func([]byte, time.Time)) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	r.aligner.Reset()
	var stats srt.Statistics
	lost := r.counters.read(time.Time{}, 0).RTPLost
	buf := make([]byte, datagramMax)
	for asked := (time.Time{}); ; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		arrived := r.options.Clock.Now()
		r.rejected(n, "a transport stream") // until a packet is found
		r.aligner.Write(buf[:n], func(packets []byte) {
			r.received(packets, arrived)
			sink(packets, arrived)
		})
		r.syncLosses(r.aligner.SyncLosses())
		if arrived.Sub(asked) >= time.Second {
			asked = arrived
			c.Stats(&stats)
			r.counters.change(func(f *rung.SourceFigures) { f.RTPLost = lost + int64(stats.Accumulated.PktRecvDrop) })
		}
	}
}

// remoteHost is a peer's address for logs.
func remoteHost(a net.Addr) string {
	if p, err := netip.ParseAddrPort(a.String()); err == nil {
		return p.String()
	}
	return a.String()
}
