package receive

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	srt "github.com/datarhei/gosrt"

	"rung"
)

// srtSettings are an SRT source's, from its fields and its URL's parameters.
type srtSettings struct {
	mode string
	host string // caller: a name or an address; listener: an address of this machine, "" for all
	port string
	// passphrase must reach neither logs nor errors.
	passphrase string
	streamID   string
	latency    time.Duration
	keyLength  int
}

// The bounds of the SRT protocol (draft-sharabayko-srt, 3.2.1 and 6.1.4).
const (
	srtPassphraseMin = 10
	srtPassphraseMax = 79
	srtStreamIDMax   = 512
)

// defaultSRTLatency is the protocol's own: four times the round trip on most paths.
const defaultSRTLatency = 120 * time.Millisecond

// srtParameters are what a URL may have behind its "?".
var srtParameters = []string{"mode", "passphrase", "streamid", "latency", "pbkeylen"}

// newSRTSettings reads srt://host:port?mode=...: without a host, or with mode=listener, it waits to be called.
func newSRTSettings(u *url.URL, src rung.Source) (srtSettings, error) {
	s := srtSettings{host: u.Hostname(), port: u.Port()}
	if p, err := strconv.ParseUint(s.port, 10, 16); err != nil || p == 0 {
		return s, rung.Errorf(rung.CodeInvalid, "write srt://host:9000 to call, srt://:9000 to be called",
			"source.url: srt has no port from 1 to 65535")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return s, rung.Errorf(rung.CodeInvalid, "escape special characters as %XX", "source.url: srt parameters cannot be read")
	}
	for name := range q {
		if !slices.Contains(srtParameters, name) {
			return s, rung.Errorf(rung.CodeInvalid, "srt:// has the parameters "+strings.Join(srtParameters, ", "),
				"source.url: srt parameter %q is not known", name)
		}
	}
	if err := s.takeTexts(q, src); err != nil {
		return s, err
	}
	if err := s.takeNumbers(q, src); err != nil {
		return s, err
	}
	return s, s.check()
}

// takeTexts takes what is set in one of two places.
func (s *srtSettings) takeTexts(q url.Values, src rung.Source) error {
	for _, p := range []struct {
		name, field string
		to          *string
	}{{"mode", src.Mode, &s.mode}, {"passphrase", src.Passphrase, &s.passphrase}, {"streamid", src.StreamID, &s.streamID}} {
		if inURL := q.Get(p.name); inURL != "" && p.field != "" && inURL != p.field {
			return rung.Errorf(rung.CodeInvalid, "set it once", "source: srt %s differs between the URL and its field", p.name)
		}
		*p.to = cmp.Or(p.field, q.Get(p.name))
	}
	return nil
}

// takeNumbers takes latency, in milliseconds in a URL, and the key's length in bytes.
func (s *srtSettings) takeNumbers(q url.Values, src rung.Source) error {
	s.latency, s.keyLength = cmp.Or(src.Latency.D(), defaultSRTLatency), 16
	if text := q.Get("latency"); text != "" && src.Latency == 0 {
		ms, err := strconv.Atoi(text)
		if err != nil || ms < 0 {
			return rung.Errorf(rung.CodeInvalid, "give milliseconds, such as latency=200", "source.url: srt latency %q is not a number", text)
		}
		s.latency = time.Duration(ms) * time.Millisecond
	}
	if text := q.Get("pbkeylen"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n != 16 && n != 24 && n != 32 {
			return rung.Errorf(rung.CodeInvalid, "give 16, 24 or 32 bytes", "source.url: srt pbkeylen %q is not a key length", text)
		}
		s.keyLength = n
	}
	return nil
}

// check holds the settings against the protocol's bounds.
func (s *srtSettings) check() error {
	unspecified := s.host == ""
	if a, err := netip.ParseAddr(s.host); err == nil && a.IsUnspecified() {
		unspecified = true
	}
	if s.mode == "" {
		s.mode = srtCaller
		if unspecified {
			s.mode = srtListener
		}
	}
	switch {
	case s.mode != srtCaller && s.mode != srtListener:
		return rung.Errorf(rung.CodeInvalid, "use listener or caller; rendezvous is not supported", "source.mode %q is not one of SRT's", s.mode)
	case s.mode == srtCaller && unspecified:
		return rung.Errorf(rung.CodeInvalid, "write srt://host:port, or use mode listener", "source.url: an srt caller needs a host to call")
	case s.passphrase != "" && (len(s.passphrase) < srtPassphraseMin || len(s.passphrase) > srtPassphraseMax):
		return rung.Errorf(rung.CodeInvalid, "choose a passphrase within these bounds",
			"source.passphrase has %d characters, not %d to %d", len(s.passphrase), srtPassphraseMin, srtPassphraseMax)
	case len(s.streamID) > srtStreamIDMax:
		return rung.Errorf(rung.CodeInvalid, "shorten it", "source.stream_id has %d characters, more than %d", len(s.streamID), srtStreamIDMax)
	case s.latency > maxLatency:
		return rung.Errorf(rung.CodeInvalid, "SRT needs four round-trip times", "source.latency %v exceeds %v", s.latency, maxLatency)
	}
	if s.mode == srtListener && !unspecified {
		if _, err := netip.ParseAddr(s.host); err != nil {
			return rung.Errorf(rung.CodeInvalid, "write srt://:port to be called on all addresses",
				"source.url: srt listener address %q is not an IP address", s.host)
		}
	}
	return nil
}

// address is the listener's.
func (s *srtSettings) address() string { return net.JoinHostPort(s.host, s.port) }

// config is gosrt's.
func (s *srtSettings) config() srt.Config {
	c := srt.DefaultConfig()
	c.Latency = s.latency
	c.ReceiverLatency, c.PeerLatency = s.latency, s.latency
	c.Passphrase = s.passphrase
	c.PBKeylen = s.keyLength
	if s.mode == srtCaller {
		c.StreamId = s.streamID
	}
	return c
}
