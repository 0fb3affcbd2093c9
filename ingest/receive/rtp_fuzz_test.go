package receive

import (
	"encoding/binary"
	"net/url"
	"testing"
	"time"

	"github.com/pion/rtp"

	"rung"
	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// FuzzRTP gives any datagrams, each behind its length, to the RTP receiver. Whole transport packets come out, no more bytes
// than came in, and what is not RTP is counted and harms nothing.
func FuzzRTP(f *testing.F) {
	clip := mpegtest.Clip{Frames: 3, GOP: 3, FrameSize: 600}.Bytes()
	f.Add(rtpSession(f, clip, rtp.Header{PayloadType: payloadMP2T}))
	f.Add(rtpSession(f, clip, rtp.Header{PayloadType: 97, Marker: true, CSRC: []uint32{1, 2}, Extension: true, ExtensionProfile: 0xbede,
		Extensions: []rtp.Extension{}, SequenceNumber: 65534}))
	f.Add(rtpSession(f, []byte("not a transport stream"), rtp.Header{PayloadType: payloadMP2T, Padding: true, PaddingSize: 4}))
	f.Add([]byte{0, 1, 0x80, 0, 0, 0, 12, 0xbf, 33, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, session []byte) {
		u, err := url.Parse("rtp://127.0.0.1:5000")
		if err != nil {
			t.Fatal(err)
		}
		receiver, err := newRTP(u, rung.Source{}, Options{}.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		r := receiver.(*rtpReceiver)
		out, now := 0, time.Unix(1000, 0)
		r.sink = func(packets []byte, _ time.Time) {
			if len(packets) == 0 || len(packets)%mpegts.PacketSize != 0 {
				t.Fatalf("%d bytes are no whole packets", len(packets))
			}
			out += len(packets)
		}
		datagrams := eachDatagram(session, func(b []byte) {
			r.datagram(b, now)
			if wait := r.due(now); wait < 0 || wait > defaultRTPLatency {
				t.Fatalf("waits %v", wait)
			}
			now = now.Add(20 * time.Millisecond)
		})
		r.order.flush()
		if out > len(session) {
			t.Fatalf("%d bytes out of %d", out, len(session))
		}
		if g := r.Figures(); g.RTPLost < 0 || g.RTPReordered+g.RTPDuplicates > int64(datagrams) || g.Bytes != int64(out) {
			t.Fatalf("figures of %d datagrams, %d bytes out: %+v", datagrams, out, g)
		}
	})
}

// rtpSession is a stream in RTP as FuzzRTP takes it: seven packets to a datagram (RFC 2250, 2).
func rtpSession(f *testing.F, stream []byte, h rtp.Header) (session []byte) {
	f.Helper()
	h.Version, h.SSRC = 2, 7
	for len(stream) > 0 {
		n := min(len(stream), 7*mpegts.PacketSize)
		b, err := (&rtp.Packet{Header: h, Payload: stream[:n]}).Marshal()
		if err != nil {
			f.Fatal(err)
		}
		session = append(binary.BigEndian.AppendUint16(session, uint16(len(b))), b...)
		stream = stream[n:]
		h.SequenceNumber++
		h.Timestamp += 900
	}
	return session
}

// eachDatagram gives the datagrams of a session and tells how many there were.
func eachDatagram(session []byte, fn func([]byte)) (n int) {
	for len(session) >= 2 {
		size := min(int(binary.BigEndian.Uint16(session)), len(session)-2)
		fn(session[2 : 2+size])
		session = session[2+size:]
		n++
	}
	return n
}
