package receive

import (
	"net/url"
	"strings"

	"rung"
)

// schemesHint names what can be received.
const schemesHint = "use udp://, rtp://, srt://, http://, https://, file: or test:"

// New makes the receiver of a source. It validates the source, acquires nothing and starts nothing; what is wrong with
// the source is a rung.Error with CodeInvalid (or CodeUnsupported) that names the field and the rule.
func New(src rung.Source, o Options) (Receiver, error) {
	o = o.withDefaults()
	u, err := parseURL(src.URL)
	if err != nil {
		return nil, err
	}
	if err := checkFields(src, u.Scheme); err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "udp":
		return newUDP(u, src, o)
	case "rtp":
		return newRTP(u, src, o)
	case "srt":
		return newSRT(u, src, o)
	case "http", "https":
		return newHTTP(u, o)
	case "file":
		return newFile(u, src, o)
	case "test":
		return newGenerated(src, o)
	}
	return nil, rung.Errorf(rung.CodeUnsupported, schemesHint, "source.url: scheme %q is not one of a channel's", u.Scheme)
}

// parseURL reads a source's URL. A passphrase in it must not reach the error.
func parseURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, rung.Errorf(rung.CodeInvalid, schemesHint, "source.url is missing")
	}
	u, err := url.Parse(text)
	if err != nil {
		scheme, _, _ := strings.Cut(text, ":")
		return nil, rung.Errorf(rung.CodeInvalid, schemesHint, "source.url: what follows %q is not a valid URL", scheme+":")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme == "" {
		return nil, rung.Errorf(rung.CodeInvalid, schemesHint, "source.url %q has no scheme", text)
	}
	return u, nil
}

// checkFields refuses settings that the scheme does not have: they would be ignored without a word.
func checkFields(src rung.Source, scheme string) error {
	allowed := map[string]string{
		"source.interface": "udp rtp", "source.sources": "udp rtp", "source.passphrase": "srt", "source.stream_id": "srt",
		"source.mode": "srt", "source.latency": "srt rtp", "source.loop": "file",
	}
	set := []struct {
		field string
		is    bool
	}{
		{"source.interface", src.Interface != ""}, {"source.sources", len(src.Sources) > 0},
		{"source.passphrase", src.Passphrase != ""}, {"source.stream_id", src.StreamID != ""},
		{"source.mode", src.Mode != ""}, {"source.latency", src.Latency != 0}, {"source.loop", src.Loop},
	}
	for _, s := range set {
		if s.is && !strings.Contains(" "+allowed[s.field]+" ", " "+scheme+" ") {
			return rung.Errorf(rung.CodeInvalid, "leave it out, or use a source that has it: "+allowed[s.field],
				"%s does not apply to %s: sources", s.field, scheme)
		}
	}
	if src.Latency < 0 {
		return rung.Errorf(rung.CodeInvalid, "give a duration such as 200ms", "source.latency %v is negative", src.Latency)
	}
	return nil
}
