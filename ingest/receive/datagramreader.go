package receive

import (
	"context"
	"log/slog"
	"net"
	"time"

	"golang.org/x/net/ipv4"

	"rung"
)

const (
	// datagramMax is the longest datagram that is taken whole: a jumbo frame's.
	datagramMax = 9216
	// datagramBatch is how many datagrams one system call may bring.
	datagramBatch = 32
	// datagramQueueLimit bounds what may wait behind the reader, in bytes.
	datagramQueueLimit = 16 << 20
	// silence is how long a source of datagrams may say nothing and still be called connected.
	silence = time.Second
)

// datagramReader reads an endpoint's datagrams in a goroutine of its own, so that nothing but the queue's bound makes
// the kernel drop any, and hands them on in the caller's.
type datagramReader struct {
	endpoint endpoint
	options  Options
	counters *counters
}

// datagramSink takes the datagrams.
type datagramSink interface {
	// datagram takes one; b is valid during the call.
	datagram(b []byte, arrived time.Time)
	// due does what time alone brings about; it gives how long until the next such thing, 0: nothing waits.
	due(now time.Time) time.Duration
}

// run receives until the context ends or the socket fails.
func (r *datagramReader) run(ctx context.Context, s datagramSink) error {
	conn, err := r.endpoint.listen(ctx)
	if err != nil {
		return err
	}
	r.counters.away(nil) // a port that was in use is free now
	r.options.Logger.Info("receiving datagrams", slog.String("address", r.endpoint.addr.String()))
	q := newDatagramQueue(datagramQueueLimit)
	failed := make(chan error, 1)
	go func() { failed <- readBatches(conn, q, r.options.Clock) }()
	err = r.deliver(ctx, q, failed, s)
	conn.Close()
	if err == nil { // the context ended first
		<-failed
		err = ctx.Err()
	}
	r.counters.disconnected()
	return err
}

// deliver hands on what is queued until the context ends (nil) or reading fails.
func (r *datagramReader) deliver(ctx context.Context, q *datagramQueue, failed <-chan error, s datagramSink) error {
	var d datagrams
	drops := dropLog{logger: r.options.Logger, message: "datagrams dropped: the receiver's queue is full"}
	for {
		var timer <-chan time.Time
		if wait := s.due(r.options.Clock.Now()); wait > 0 {
			timer = r.options.Clock.After(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return r.endpoint.socketError(err)
		case <-timer:
		case <-q.ready:
			if n := q.take(&d); n > 0 {
				r.counters.change(func(f *rung.SourceFigures) { f.Dropped += n })
				drops.add(n, r.options.Clock.Now())
			}
			d.each(s.datagram)
		}
	}
}

// readBatches puts datagrams into the queue until reading fails: at the latest when the socket is closed.
func readBatches(conn *net.UDPConn, q *datagramQueue, clock Clock) error {
	messages := make([]ipv4.Message, datagramBatch)
	for i := range messages {
		messages[i].Buffers = [][]byte{make([]byte, datagramMax)}
	}
	packets := ipv4.NewPacketConn(conn) // recvmmsg is the same for both versions of IP
	for {
		n, err := packets.ReadBatch(messages, 0)
		if err != nil {
			return err
		}
		now := clock.Now()
		for _, m := range messages[:n] {
			q.put(m.Buffers[0][:m.N], now)
		}
	}
}
