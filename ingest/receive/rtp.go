package receive

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/pion/rtp"

	"rung"
	"rung/internal/mpegts"
)

// payloadMP2T is the static payload type of transport streams (RFC 3551, 6); dynamic ones are from 96.
const (
	payloadMP2T    = 33
	payloadDynamic = 96
)

// defaultRTPLatency is how long a missing packet is waited for. Networks that reorder at all do so within a few ms.
const defaultRTPLatency = 100 * time.Millisecond

// rtpReceiver takes transport packets in RTP (RFC 2250, 2).
type rtpReceiver struct {
	reader datagramReader
	counters
	aligner mpegts.Aligner
	order   rtpOrder
	packet  rtp.Packet
	foreign dropLog // packets that are not RTP, or of another payload
	sink    func([]byte, time.Time)
}

func newRTP(u *url.URL, src rung.Source, o Options) (Receiver, error) {
	e, err := newEndpoint(u, src)
	if err != nil {
		return nil, err
	}
	if src.Latency.D() > maxLatency {
		return nil, rung.Errorf(rung.CodeInvalid, "100ms is plenty on most networks",
			"source.latency %v exceeds %v", src.Latency, maxLatency)
	}
	r := &rtpReceiver{foreign: dropLog{logger: o.Logger, message: "datagrams ignored: not RTP with MP2T payload"}}
	r.reader = datagramReader{endpoint: e, options: o, counters: &r.counters}
	r.order = rtpOrder{latency: cmp.Or(src.Latency.D(), defaultRTPLatency), out: r.payload}
	return r, nil
}

// maxLatency bounds what an operator may ask for.
const maxLatency = 30 * time.Second

// Run implements Receiver.
func (r *rtpReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	r.sink = sink
	return reconnect(ctx, r.reader.options, &r.counters, func(ctx context.Context) error { return r.reader.run(ctx, r) })
}

// Figures implements Receiver.
func (r *rtpReceiver) Figures() rung.SourceFigures {
	return r.counters.read(r.reader.options.Clock.Now(), silence)
}

func (r *rtpReceiver) datagram(b []byte, arrived time.Time) {
	if err := r.packet.Unmarshal(b); err != nil || !isMP2T(r.packet.PayloadType) {
		r.foreign.add(1, arrived)
		r.rejected(len(b), "RTP with a transport stream")
		return
	}
	r.order.push(r.packet.SSRC, r.packet.SequenceNumber, r.packet.Payload, arrived)
	r.publish()
}

// isMP2T takes any dynamic type: senders choose it out of band.
func isMP2T(payloadType uint8) bool {
	return payloadType == payloadMP2T || payloadType >= payloadDynamic
}

// due implements datagramSink.
func (r *rtpReceiver) due(now time.Time) time.Duration {
	wait := r.order.due(now)
	r.publish()
	return wait
}

// publish puts the order's counts into the figures.
func (r *rtpReceiver) publish() {
	r.counters.change(func(f *rung.SourceFigures) {
		f.RTPLost, f.RTPReordered, f.RTPDuplicates = r.order.lost, r.order.reordered, r.order.duplicates
	})
}

// payload takes payloads in order.
func (r *rtpReceiver) payload(b []byte, arrived time.Time) {
	r.rejected(len(b), "RTP with a transport stream") // until a packet is found
	r.aligner.Write(b, func(packets []byte) {
		r.received(packets, arrived)
		r.sink(packets, arrived)
	})
	r.syncLosses(r.aligner.SyncLosses())
}
