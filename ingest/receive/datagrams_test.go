package receive

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"golang.org/x/net/ipv4"

	"rung"
	"rung/internal/mediatest"
	"rung/internal/mpegts/mpegtest"
)

// sender sends datagrams to an address, by interface lo where it is a group.
func sender(t *testing.T, source, address string) func([]byte) {
	t.Helper()
	c, err := net.ListenPacket("udp4", net.JoinHostPort(source, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(address))
	if to.IP.IsMulticast() {
		lo, err := net.InterfaceByName("lo")
		if err != nil {
			t.Fatal(err)
		}
		p := ipv4.NewPacketConn(c)
		if err := p.SetMulticastInterface(lo); err != nil {
			t.Fatal(err)
		}
		if err := p.SetMulticastLoopback(true); err != nil {
			t.Fatal(err)
		}
	}
	return func(b []byte) {
		if _, err := c.WriteTo(b, to); err != nil {
			t.Error(err)
		}
	}
}

// null is a datagram of a packet without content: what a test sends until a receiver is there.
func null() []byte {
	var m mpegtest.Muxer
	m.Null()
	return m.Bytes()
}

// withoutNull leaves the null packets out.
func withoutNull(packets []byte) (out []byte) {
	for ; len(packets) > 0; packets = packets[mpegtest.PacketSize:] {
		if packets[1] != 0x1f || packets[2] != 0xff {
			out = append(out, packets[:mpegtest.PacketSize]...)
		}
	}
	return out
}

// receiveAll sends a clip once the receiver is there, and waits for all of it.
func receiveAll(t *testing.T, x *running, send func([]byte), wrap func([]byte) []byte) {
	t.Helper()
	clip := mpegtest.Clip{Frames: 10, GOP: 5, FrameSize: 1500}.Bytes()
	x.await(t, mpegtest.PacketSize, func() { send(wrap(null())) })
	for _, d := range datagramsOf(clip) {
		send(wrap(d))
	}
	deadline := time.Now().Add(patience)
	for n := len(clip); ; {
		got := x.await(t, n, func() { send(wrap(null())) })
		if content := withoutNull(got); len(content) >= len(clip) || time.Now().After(deadline) {
			if !bytes.Equal(content, clip) {
				t.Fatalf("%d bytes received, %d sent", len(content), len(clip))
			}
			return
		}
		n = len(got) + 1
	}
}

func same(b []byte) []byte { return b }

func TestUDPUnicast(t *testing.T) {
	address := mediatest.FreeUDP(t)
	x := start(t, rung.Source{URL: "udp://" + address}, Options{})
	receiveAll(t, x, sender(t, "127.0.0.1", address), same)
	f := x.Figures()
	if !f.Connected || f.Packets == 0 || f.Bytes != f.Packets*mpegtest.PacketSize || f.Dropped != 0 {
		t.Errorf("figures %+v", f)
	}
}

func TestUDPMulticast(t *testing.T) {
	address := net.JoinHostPort("239.255.7.1", freePort(t))
	x := start(t, rung.Source{URL: "udp://@" + address, Interface: "lo"}, Options{})
	receiveAll(t, x, sender(t, "127.0.0.1", address), same)
}

// With a source filter only the sender in it is heard. The other one sends first, so what it sent would be there first.
func TestUDPSourceFilter(t *testing.T) {
	address := net.JoinHostPort("232.255.7.1", freePort(t))
	x := start(t, rung.Source{URL: "udp://" + address, Interface: "lo", Sources: []string{"127.0.0.2"}}, Options{})
	foreign, own := sender(t, "127.0.0.3", address), sender(t, "127.0.0.2", address)
	alien := mpegtest.Clip{Frames: 1, GOP: 1, Start: 77, FrameSize: 20}.Bytes()
	receiveAll(t, x, func(b []byte) {
		foreign(alien[:mpegtest.PacketSize])
		own(b)
	}, same)
}

// A receiver of one group must not get what is sent to another one on the same port.
func TestUDPGroupsShareAPort(t *testing.T) {
	port := freePort(t)
	one, two := net.JoinHostPort("239.255.7.2", port), net.JoinHostPort("239.255.7.3", port)
	x := start(t, rung.Source{URL: "udp://" + one, Interface: "lo"}, Options{})
	y := start(t, rung.Source{URL: "udp://" + two, Interface: "lo"}, Options{})
	toTwo := sender(t, "127.0.0.1", two)
	alien := mpegtest.Clip{Frames: 1, GOP: 1, Start: 77, FrameSize: 20}.Bytes()
	y.await(t, mpegtest.PacketSize, func() { toTwo(alien[:mpegtest.PacketSize]) })
	receiveAll(t, x, sender(t, "127.0.0.1", one), same)
}

// A port that another program has is waited for, and said to be the cause meanwhile.
func TestPortInUse(t *testing.T) {
	for _, mode := range []string{"", "listener"} {
		taken, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		scheme := "udp://"
		if mode != "" {
			scheme = "srt://"
		}
		x := start(t, rung.Source{URL: scheme + taken.LocalAddr().String(), Mode: mode}, Options{})
		waitFor(t, "the cause", func() bool { return rung.CodeOf(x.Receiver.Cause()) == rung.CodeConflict })
		if rung.AsError(x.Receiver.Cause()).Hint == "" {
			t.Errorf("%s: %v has no hint", scheme, x.Receiver.Cause())
		}
		taken.Close()
		waitFor(t, "the port", func() bool { return x.Receiver.Cause() == nil })
		x.stop()
		x.result(t)
	}
}

// What arrives but is no transport stream is the cause why the source is away, until packets come.
func TestForeignDatagrams(t *testing.T) {
	packets := mpegtest.Clip{Frames: 40, GOP: 5, FrameSize: 1500}.Bytes()
	for _, scheme := range []string{"udp://", "rtp://"} {
		address := mediatest.FreeUDP(t)
		x := start(t, rung.Source{URL: scheme + address}, Options{})
		send := sender(t, "127.0.0.1", address)
		foreign := bytes.Repeat([]byte{1}, 1316)
		waitFor(t, "the cause", func() bool {
			send(foreign)
			return rung.CodeOf(x.Receiver.Cause()) == rung.CodeBadInput
		})
		seq := uint16(1)
		x.await(t, mpegtest.PacketSize, func() {
			for _, d := range datagramsOf(packets) {
				if scheme == "rtp://" {
					p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 33, SequenceNumber: seq, SSRC: 7}, Payload: d}
					d, _ = p.Marshal()
					seq++
				}
				send(d)
			}
		})
		if err := x.Receiver.Cause(); err != nil {
			t.Errorf("%s: cause %v although packets arrive", scheme, err)
		}
		x.stop()
		x.result(t)
	}
}

func TestDatagramErrors(t *testing.T) {
	for url, c := range map[string]struct {
		src  rung.Source
		code rung.Code
	}{
		"foreign address": {rung.Source{URL: "rtp://192.0.2.1:5004"}, rung.CodeInvalid},
		"no interface":    {rung.Source{URL: "udp://239.255.7.1:5000", Interface: "nosuch0"}, rung.CodeInvalid},
	} {
		x := start(t, c.src, Options{})
		if err := x.result(t); rung.CodeOf(err) != c.code || rung.AsError(err).Hint == "" {
			t.Errorf("%s: %v, want code %s and a hint", url, err, c.code)
		}
	}
}

func TestRTP(t *testing.T) {
	address := mediatest.FreeUDP(t)
	x := start(t, rung.Source{URL: "rtp://" + address}, Options{})
	send := sender(t, "127.0.0.1", address)
	send([]byte("not RTP"))
	seq := uint16(65530)
	receiveAll(t, x, send, func(b []byte) []byte {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 33, SequenceNumber: seq, SSRC: 7}, Payload: b}
		seq++
		out, err := p.Marshal()
		if err != nil {
			t.Error(err)
		}
		return out
	})
	if f := x.Figures(); f.RTPLost != 0 || f.RTPReordered != 0 || f.RTPDuplicates != 0 || f.Packets == 0 {
		t.Errorf("figures %+v", f)
	}
}

// A full queue drops and counts; it never makes the reader wait.
func TestDatagramQueueBound(t *testing.T) {
	q := newDatagramQueue(1000)
	now := time.Unix(0, 0)
	for i := range 12 {
		q.put(bytes.Repeat([]byte{byte(i)}, 100), now)
	}
	var d datagrams
	if n := q.take(&d); n != 2 {
		t.Errorf("%d dropped, want 2", n)
	}
	var got []byte
	d.each(func(b []byte, _ time.Time) { got = append(got, b[0], byte(len(b))) })
	if want := []byte{0, 100, 1, 100, 2, 100, 3, 100, 4, 100, 5, 100, 6, 100, 7, 100, 8, 100, 9, 100}; !slices.Equal(got, want) {
		t.Errorf("queue gave %v", got)
	}
	if n := q.take(&d); n != 0 || len(d.sizes) != 0 {
		t.Errorf("%d dropped and %d datagrams in an empty queue", n, len(d.sizes))
	}
}

// An attempt that fails for want of the network is made again, with a pause, until it is there.
func TestReconnect(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var c counters
	clock, tries := newFakeClock(), 0
	began := clock.Now()
	err := reconnect(ctx, Options{Clock: clock}.withDefaults(), &c, func(context.Context) error {
		if tries++; tries == 8 {
			return rung.Errorf(rung.CodeForbidden, "x", "not allowed")
		}
		return rung.Errorf(rung.CodeUnavailable, "x", "away")
	})
	if rung.CodeOf(err) != rung.CodeForbidden || rung.CodeOf(c.Cause()) != rung.CodeUnavailable {
		t.Errorf("ended with %v, cause %v", err, c.Cause())
	}
	if waited, want := clock.Now().Sub(began), 11500*time.Millisecond; waited != want { // 0.5, 1, 2, 2, 2, 2, 2
		t.Errorf("waited %v, want %v", waited, want)
	}
}
