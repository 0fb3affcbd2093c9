package receive

import (
	"context"
	"net/url"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// udpReceiver takes transport packets that lie bare in UDP datagrams.
type udpReceiver struct {
	reader datagramReader
	counters
	aligner mpegts.Aligner
	repeats repeats
	sink    func([]byte, time.Time)
}

func newUDP(u *url.URL, src rung.Source, o Options) (Receiver, error) {
	e, err := newEndpoint(u, src)
	if err != nil {
		return nil, err
	}
	r := &udpReceiver{}
	r.reader = datagramReader{endpoint: e, options: o, counters: &r.counters}
	return r, nil
}

// Run implements Receiver.
func (r *udpReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	r.sink = sink
	return reconnect(ctx, r.reader.options, &r.counters, func(ctx context.Context) error { return r.reader.run(ctx, r) })
}

// Figures implements Receiver.
func (r *udpReceiver) Figures() rung.SourceFigures {
	return r.counters.read(r.reader.options.Clock.Now(), silence)
}

func (r *udpReceiver) datagram(b []byte, arrived time.Time) {
	if len(b) > 0 && b[0] == mpegts.SyncByte && r.repeats.again(b) { // what is no transport stream is reported below
		r.change(func(f *rung.SourceFigures) { f.UDPDuplicates++ })
		return
	}
	r.rejected(len(b), "a transport stream") // until a packet is found
	r.aligner.Write(b, func(packets []byte) {
		r.received(packets, arrived)
		r.sink(packets, arrived)
	})
	r.syncLosses(r.aligner.SyncLosses())
}

// due implements datagramSink: nothing waits.
func (r *udpReceiver) due(time.Time) time.Duration { return 0 }
