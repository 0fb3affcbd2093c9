package receive

import (
	"strings"
	"testing"
	"time"

	"rung"
)

func TestNewRefuses(t *testing.T) {
	const secret = "correct horse battery"
	for name, c := range map[string]struct {
		src  rung.Source
		code rung.Code
		says string
	}{
		"nothing":                 {rung.Source{}, rung.CodeInvalid, "source.url is missing"},
		"no scheme":               {rung.Source{URL: "239.1.1.1"}, rung.CodeInvalid, "no scheme"},
		"not a URL":               {rung.Source{URL: "udp://[::1:5000"}, rung.CodeInvalid, "not a valid URL"},
		"unknown scheme":          {rung.Source{URL: "gopher://x"}, rung.CodeUnsupported, `"gopher"`},
		"no port":                 {rung.Source{URL: "udp://239.1.1.1"}, rung.CodeInvalid, "no port"},
		"port too high":           {rung.Source{URL: "udp://:70000"}, rung.CodeInvalid, "no port"},
		"host name":               {rung.Source{URL: "udp://example.org:5000"}, rung.CodeInvalid, `"example.org"`},
		"interface without group": {rung.Source{URL: "udp://:5000", Interface: "lo"}, rung.CodeInvalid, "multicast only"},
		"source not an address":   {rung.Source{URL: "udp://232.1.1.1:5000", Sources: []string{"x"}}, rung.CodeInvalid, "source.sources"},
		"source of other version": {rung.Source{URL: "udp://232.1.1.1:5000", Sources: []string{"::1"}}, rung.CodeInvalid, "source.sources"},
		"query":                   {rung.Source{URL: "udp://:5000?fifo_size=1"}, rung.CodeInvalid, "more than host and port"},
		"loop of a network":       {rung.Source{URL: "udp://:5000", Loop: true}, rung.CodeInvalid, "source.loop"},
		"passphrase of a file":    {rung.Source{URL: "file:x.ts", Passphrase: secret}, rung.CodeInvalid, "source.passphrase"},
		"negative latency":        {rung.Source{URL: "rtp://:5000", Latency: -1}, rung.CodeInvalid, "negative"},
		"long latency":            {rung.Source{URL: "rtp://:5000", Latency: rung.Duration(time.Hour)}, rung.CodeInvalid, "exceeds"},
		"SRT mode":                {rung.Source{URL: "srt://h:1", Mode: "rendezvous"}, rung.CodeInvalid, "source.mode"},
		"SRT caller of nobody":    {rung.Source{URL: "srt://:9000", Mode: "caller"}, rung.CodeInvalid, "caller needs a host"},
		"SRT short passphrase":    {rung.Source{URL: "srt://h:1?passphrase=short"}, rung.CodeInvalid, "source.passphrase"},
		"SRT parameter":           {rung.Source{URL: "srt://h:1?fancy=1"}, rung.CodeInvalid, `"fancy"`},
		"SRT twice":               {rung.Source{URL: "srt://h:1?streamid=a", StreamID: "b"}, rung.CodeInvalid, "streamid differs"},
		"SRT key length":          {rung.Source{URL: "srt://h:1?pbkeylen=20"}, rung.CodeInvalid, "pbkeylen"},
		"SRT listener by name":    {rung.Source{URL: "srt://h:1?mode=listener"}, rung.CodeInvalid, "listener address"},
		"SRT bad URL with secret": {rung.Source{URL: "srt://h:x?passphrase=" + secret}, rung.CodeInvalid, "source.url"},
		"HTTP without host":       {rung.Source{URL: "http:///x.ts"}, rung.CodeInvalid, "no host"},
		"no file":                 {rung.Source{URL: "file:"}, rung.CodeInvalid, "names no file"},
		"file elsewhere":          {rung.Source{URL: "file://server/x.ts"}, rung.CodeInvalid, "names no file"},
		"pattern without engine":  {rung.Source{URL: "test:?rate=25"}, rung.CodeUnsupported, "engine"},
	} {
		r, err := New(c.src, Options{})
		if rung.CodeOf(err) != c.code || r != nil {
			t.Errorf("%s: %v and %v, want code %s", name, r, err, c.code)
			continue
		}
		if e := rung.AsError(err); !strings.Contains(e.Message, c.says) || e.Hint == "" || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %q (%q), want it to say %q", name, e.Message, e.Hint, c.says)
		}
	}
}

func TestNewTakes(t *testing.T) {
	for _, src := range []rung.Source{
		{URL: "udp://@239.1.1.1:5000", Interface: "lo"}, {URL: "udp://10.0.0.1@232.1.1.1:5000"}, {URL: "udp://[ff3e::1]:5000"},
		{URL: "udp://localhost:5000"}, {URL: "rtp://:5004", Latency: rung.Duration(50 * time.Millisecond)},
		{URL: "srt://:9000"}, {URL: "srt://0.0.0.0:9000"}, {URL: "srt://host:9000?latency=200&streamid=x", Passphrase: "0123456789"},
		{URL: "https://example.org/live.ts"}, {URL: "file:///a/b.ts", Loop: true}, {URL: "file:b.ts"}, {URL: "FILE:/a/b.ts"},
	} {
		if _, err := New(src, Options{}); err != nil {
			t.Errorf("%s: %v", src.URL, err)
		}
	}
}

func TestSRTSettings(t *testing.T) {
	for url, want := range map[string]srtSettings{
		"srt://:9000":                        {mode: srtListener, port: "9000", latency: defaultSRTLatency, keyLength: 16},
		"srt://h:1?latency=200&pbkeylen=32":  {mode: srtCaller, host: "h", port: "1", latency: 200 * time.Millisecond, keyLength: 32},
		"srt://[::1]:9000?mode=listener":     {mode: srtListener, host: "::1", port: "9000", latency: defaultSRTLatency, keyLength: 16},
		"srt://h:1?passphrase=a%20bcdefghij": {mode: srtCaller, host: "h", port: "1", passphrase: "a bcdefghij", latency: defaultSRTLatency, keyLength: 16},
	} {
		u, err := parseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := newSRTSettings(u, rung.Source{URL: url}); err != nil || got != want {
			t.Errorf("%s: %+v %v, want %+v", url, got, err, want)
		}
	}
}
