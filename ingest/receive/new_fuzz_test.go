package receive

import (
	"strings"
	"testing"

	"rung"
)

// FuzzNew gives any source to the receivers' maker. It makes one or says which field is wrong, and neither a passphrase
// nor a password ever reaches a message.
func FuzzNew(f *testing.F) {
	for _, url := range []string{
		"udp://239.1.1.1:5000", "udp://@239.1.1.1:5000", "udp://10.0.0.1@232.1.1.1:5000", "udp://[ff02::1%25eth0]:1", "rtp://:5004", "rtp://localhost:0",
		"srt://:9000", "srt://host:9000?mode=caller&latency=200&streamid=a&passphrase=0123456789&pbkeylen=32", "srt://:9000?passphrase=%zz",
		"https://user:secret@host/live.ts", "http://[::1", "file:///a/b.ts", "file:b.ts", "file://host/a", "test:?size=1280x720", "s3://b/k", "", ":", "udp:239.1.1.1:5000",
	} {
		f.Add(url, "", "", "", int64(0), false)
	}
	f.Add("srt://:9000", "a passphrase", "listener", "stream", int64(200e6), false)
	f.Add("file:/a.ts", "", "", "", int64(0), true)
	f.Add("udp://232.1.1.1:5000", "", "", "10.0.0.9", int64(-1), false)
	f.Fuzz(func(t *testing.T, url, passphrase, mode, other string, latency int64, loop bool) {
		// Two marks that only a secret can bring into a message.
		const mark = "s3cr3tM4rk"
		src := rung.Source{URL: url, Mode: mode, StreamID: other, Latency: rung.Duration(latency), Loop: loop}
		if other != "" && strings.HasPrefix(url, "udp") {
			src.StreamID, src.Sources, src.Interface = "", []string{other}, mode
			src.Mode = ""
		}
		if passphrase != "" {
			src.Passphrase = mark + passphrase
		}
		receiver, err := New(src, Options{})
		if (receiver == nil) == (err == nil) {
			t.Fatalf("%+v gives %v and %v", src, receiver, err)
		}
		if err == nil {
			receiver.Figures()
			return
		}
		if code := rung.CodeOf(err); code != rung.CodeInvalid && code != rung.CodeUnsupported {
			t.Fatalf("%+v: code %q, not invalid or unsupported: %v", src, code, err)
		}
		if strings.Contains(err.Error(), mark) && !strings.Contains(url+mode+other, mark) {
			t.Fatalf("the message has the passphrase: %v", err)
		}
	})
}

// A source's secrets do not reach the message, whatever is wrong with it.
func TestNewHidesSecrets(t *testing.T) {
	for _, src := range []rung.Source{
		{URL: "srt://host:9000?passphrase=hush-hush-hush&latency=x"}, {URL: "srt://host:9000?passphrase=hush"}, {URL: "srt://host:99999?passphrase=hush-hush-hush"},
		{URL: "srt://host:9000?passphrase=hush%zz"}, {URL: "srt://host:9000", Passphrase: "hush"}, {URL: "udp://a:hush@239.1.1.1:5000/x"},
		{URL: "rtp://a:hush@239.1.1.1"}, {URL: "https://a:hush@ho st/x"}, {URL: "hush:hush"},
	} {
		_, err := New(src, Options{})
		if err == nil {
			t.Errorf("%s is taken", src.URL)
			continue
		}
		if strings.Contains(strings.TrimPrefix(err.Error(), "source.url: scheme \"hush\""), "hush") {
			t.Errorf("%s: the message has the secret: %v", src.URL, err)
		}
	}
}
