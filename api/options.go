package api

import (
	"log/slog"
	"net/url"
	"strings"
	"time"

	"rung"
)

// Options configure a Server. The zero value of a field means its default.
type Options struct {
	Services Services
	Logger   *slog.Logger      // must be set
	Version  map[string]string // what /version tells: rung, ffmpeg, x264 and so on
	// PublicURL is what playback URLs begin with, for servers behind a proxy or CDN; default: the request's own
	// scheme and host.
	PublicURL string
	// Origins are the web origins (RFC 6454) whose pages may use the API; default: none but the server's own. Playback
	// is open to all pages.
	Origins    []string
	MaxBody    int           // bytes of a request's body; default: 1 MiB
	CacheBytes int64         // memory for segments at the origin; default: 256 MiB
	Heartbeat  time.Duration // between comments on an idle event stream; default: 10 s
	Grace      time.Duration // for requests under way when the server stops; default: 10 s
	Gauges     []Gauge       // further figures for /metrics
}

// withDefaults checks the options and fills in their defaults. Missing services are a programmer's mistake and panic.
func (o Options) withDefaults() (Options, error) {
	o.Services.mustBeWhole()
	if o.Logger == nil {
		panic("api: Options.Logger is nil")
	}
	if o.PublicURL != "" {
		u, err := url.Parse(o.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return o, rung.Errorf(rung.CodeInvalid, "for example https://video.example.com", "public URL %q is not an http or https URL", o.PublicURL)
		}
		o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	}
	for _, origin := range o.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
			return o, rung.Errorf(rung.CodeInvalid, "for example https://console.example.com, without a path", "web origin %q is not scheme://host[:port]", origin)
		}
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 256 << 20
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 10 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	return o, nil
}
