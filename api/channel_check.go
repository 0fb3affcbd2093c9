package api

import (
	"net/url"
	"slices"
	"strings"

	"rung"
	"rung/api/resource"
)

// What URLs may begin with. Whether their hosts may be reached is decided where they are.
var (
	sourceSchemes = []string{"udp", "rtp", "srt", "http", "https", "file", "s3", "test"}
	inputSchemes  = []string{"file", "http", "https", "s3"}
	outputSchemes = []string{"file", "s3"}
)

// Bounds of a channel.
const (
	minWindow = 6    // segments; fewer leave players without a margin (RFC 8216, 6.2.2, asks for three target durations)
	maxWindow = 1000 // segments
	maxName   = 200  // bytes
	maxURL    = 2048 // bytes
)

// checkSpec holds what an operator asks for against the rules that need nothing but it.
func checkSpec(spec resource.ChannelSpec) error {
	if len(spec.Name) > maxName {
		return rung.Errorf(rung.CodeInvalid, "shorten it", "channel %q: name of %d bytes is longer than %d", spec.ID, len(spec.Name), maxName)
	}
	if spec.Window != 0 && (spec.Window < minWindow || spec.Window > maxWindow) {
		return rung.Errorf(rung.CodeInvalid, "leave it out for 10", "channel %q: window %d is outside %d to %d segments", spec.ID, spec.Window, minWindow, maxWindow)
	}
	if spec.DVR < 0 {
		return rung.Errorf(rung.CodeInvalid, "for example 30m", "channel %q: dvr %v is negative", spec.ID, spec.DVR)
	}
	if spec.Profile == "" {
		return rung.Errorf(rung.CodeInvalid, "see GET /api/v1/profiles for what there is", "channel %q has no profile", spec.ID)
	}
	return checkSource(spec.Source)
}

// checkSource holds a source against the rules that need nothing but it.
func checkSource(src rung.Source) error {
	if err := checkURL("source.url", src.URL, sourceSchemes); err != nil {
		return err
	}
	if src.Program < 0 || src.Program > 0xffff {
		return rung.Errorf(rung.CodeInvalid, "", "source.program %d is outside 0 to 65535", src.Program)
	}
	if src.Latency < 0 {
		return rung.Errorf(rung.CodeInvalid, "for example 200ms", "source.latency %v is negative", src.Latency)
	}
	if !slices.Contains([]string{"", "listener", "caller"}, src.Mode) {
		return rung.Errorf(rung.CodeInvalid, "", "source.mode %q is not listener or caller", src.Mode)
	}
	// SRT's own bounds (SRTO_PASSPHRASE).
	if n := len(src.Passphrase); n != 0 && (n < 10 || n > 79) {
		return rung.Errorf(rung.CodeInvalid, "", "source.passphrase of %d bytes is outside 10 to 79", n)
	}
	return nil
}

// checkURL refuses a URL that is none or whose scheme is not one of those.
func checkURL(field, raw string, schemes []string) error {
	hint := "begin it with one of " + strings.Join(schemes, ", ") + " and a colon"
	if raw == "" {
		return rung.Errorf(rung.CodeInvalid, hint, "%s is missing", field)
	}
	if len(raw) > maxURL {
		return rung.Errorf(rung.CodeInvalid, "shorten it", "%s of %d bytes is longer than %d", field, len(raw), maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, hint, "%s is not a URL", field)
	}
	if !slices.Contains(schemes, u.Scheme) {
		return rung.Errorf(rung.CodeInvalid, hint, "%s: scheme %q is not one of %s", field, u.Scheme, strings.Join(schemes, ", "))
	}
	return nil
}
