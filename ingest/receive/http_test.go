package receive

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"rung"
	"rung/internal/mpegts/mpegtest"
)

// A server that ends its answer is asked again.
func TestHTTPConnectsAgain(t *testing.T) {
	clip := mpegtest.Clip{Frames: 10, GOP: 5, FrameSize: 1500}.Bytes()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 2 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		w.Write(clip[:len(clip)-70])
		w.(http.Flusher).Flush()
		if asked.Load() >= 3 {
			<-r.Context().Done()
		}
	}))
	defer s.Close()
	x := start(t, rung.Source{URL: s.URL}, Options{AllowPrivate: true, Clock: newFakeClock()})
	n := len(clip) - mpegtest.PacketSize
	got := x.await(t, 2*n, nil)
	if !bytes.Equal(got, append(append([]byte{}, clip[:n]...), clip[:n]...)) || asked.Load() != 3 {
		t.Errorf("%d bytes in %d answers", len(got), asked.Load())
	}
	if f := x.Figures(); !f.Connected || f.Bytes != int64(2*n) || f.SyncLosses != 0 {
		t.Errorf("figures %+v", f)
	}
	x.stop()
	x.result(t)
}

// A recording that is given as fast as it is read, again and again, is read at its own pace but for the lead.
func TestHTTPPace(t *testing.T) {
	clip := mpegtest.Clip{Frames: 500, GOP: 25, FrameSize: 400}.Bytes() // 20 s
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(clip) }))
	defer s.Close()
	clock := newFakeClock()
	began := clock.Now()
	x := start(t, rung.Source{URL: s.URL}, Options{AllowPrivate: true, Clock: clock})
	x.await(t, 3*len(clip), nil)
	if took := clock.Now().Sub(began); took < 52*time.Second {
		t.Errorf("60 s of stream came in %v", took)
	}
	x.stop()
	x.result(t)
}

func TestHTTPErrors(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/list", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	})
	mux.HandleFunc("/junk", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2*junkLimit)) })
	mux.HandleFunc("/secret", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	s := httptest.NewServer(mux)
	defer s.Close()
	for path, c := range map[string]struct {
		o    Options
		code rung.Code
	}{
		"/list":   {Options{AllowPrivate: true}, rung.CodeUnsupported},
		"/junk":   {Options{AllowPrivate: true}, rung.CodeBadInput},
		"/secret": {Options{AllowPrivate: true}, rung.CodeUnauthorized},
		"/":       {Options{}, rung.CodeForbidden},
	} {
		x := start(t, rung.Source{URL: s.URL + path}, c.o)
		if err := x.result(t); rung.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %s", path, err, c.code)
		}
	}
}

// A redirect must not lead where the URL itself may not.
func TestPublicAddresses(t *testing.T) {
	for text, public := range map[string]bool{
		"8.8.8.8": true, "2001:4860:4860::8888": true, "127.0.0.1": false, "::1": false, "10.1.2.3": false,
		"169.254.169.254": false, "192.168.0.1": false, "::ffff:10.0.0.1": false, "fe80::1": false, "fd00::1": false,
		"0.0.0.0": false, "100.64.0.1": false, "224.0.0.1": false, "64:ff9b::a00:1": false, "255.255.255.255": false,
	} {
		if got := isPublic(netip.MustParseAddr(text)); got != public {
			t.Errorf("%s: public %v, want %v", text, got, public)
		}
	}
}
