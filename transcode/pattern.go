package transcode

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rung"
	"rung/transcode/protocol"
)

// patternCodecs are the codecs of a test source by the names that its URL uses.
var patternCodecs = map[string]string{"h264": "h264", "hevc": "hevc", "mpeg2": "mpeg2video", "none": ""}

// patternSettings reads each setting of a test URL into a pattern.
var patternSettings = map[string]func(p *protocol.Pattern, v string) error{
	"size": func(p *protocol.Pattern, v string) error {
		w, h, _ := strings.Cut(v, "x")
		var err1, err2 error
		p.Width, err1 = strconv.Atoi(w)
		p.Height, err2 = strconv.Atoi(h)
		if err1 != nil || err2 != nil || p.Width < 208 || p.Height < 64 || p.Width > 4096 || p.Height > 4096 || p.Width%2+p.Height%2 != 0 {
			return fmt.Errorf("it is two even numbers from 208x64 to 4096x4096, such as 1280x720")
		}
		return nil
	},
	"sar": func(p *protocol.Pattern, v string) (err error) {
		p.SAR, err = rung.ParseRational(strings.Replace(v, ":", "/", 1))
		return
	},
	"rate": func(p *protocol.Pattern, v string) (err error) {
		p.Rate, err = rung.ParseRational(v)
		if err == nil && (p.Rate.Float() < 1 || p.Rate.Float() > 120) {
			err = fmt.Errorf("it lies from 1 to 120")
		}
		return
	},
	"codec": func(p *protocol.Pattern, v string) error {
		codec, ok := patternCodecs[v]
		if !ok {
			return fmt.Errorf("it is one of h264, hevc, mpeg2, none")
		}
		p.Codec, p.NoVideo = codec, v == "none"
		return nil
	},
	"gop":           func(p *protocol.Pattern, v string) error { return number(&p.GOP, v, 1, 10000) },
	"open_gop":      func(p *protocol.Pattern, v string) (err error) { p.OpenGOP, err = strconv.ParseBool(v); return },
	"intra_refresh": func(p *protocol.Pattern, v string) (err error) { p.IntraRefresh, err = strconv.ParseBool(v); return },
	"interlaced":    func(p *protocol.Pattern, v string) error { p.Interlaced = v; return oneOf(v, "tff", "bff") },
	"pulldown":      func(p *protocol.Pattern, v string) error { p.Pulldown = v; return oneOf(v, "soft", "hard") },
	"audio":         func(p *protocol.Pattern, v string) error { p.Audio = v; return oneOf(v, "aac", "mp2", "ac3", "none") },
	"audio_rate": func(p *protocol.Pattern, v string) error {
		p.SampleRate, _ = strconv.Atoi(v)
		return oneOf(v, "48000", "44100", "32000")
	},
	"channels": func(p *protocol.Pattern, v string) error {
		p.Channels, _ = strconv.Atoi(v)
		return oneOf(v, "1", "2", "6")
	},
	"audio_drift_ppm": func(p *protocol.Pattern, v string) error {
		n := 0
		err := number(&n, v, -5000, 5000)
		p.AudioDrift = int64(n)
		return err
	},
	"bit_rate": func(p *protocol.Pattern, v string) error {
		n := 0
		err := number(&n, v, 50_000, 100_000_000)
		p.BitRate = int64(n)
		return err
	},
	"frames": func(p *protocol.Pattern, v string) error {
		n := 0
		err := number(&n, v, 1, 1<<31)
		p.Frames = int64(n)
		return err
	},
	"start": func(p *protocol.Pattern, v string) error {
		n := 0
		err := number(&n, v, 0, 1<<34)
		if p.Start = int64(n); n == 0 {
			p.Start = 1 << 33 // the same in the stream; a pattern's own 0 stands for "anywhere"
		}
		return err
	},
	"audio_delay": func(p *protocol.Pattern, v string) error {
		n := 0
		err := number(&n, v, -480_000, 480_000)
		p.AudioDelay = int64(n)
		return err
	},
}

// ParsePattern reads a test source's URL, "test:" or "test:?size=1280x720&rate=25&codec=h264&audio=aac". start is the
// first time stamp in 1/90000 s (from 2^33 on, one behind the wrap), audio_delay how many samples the sound begins after
// the first picture. Errors are CodeInvalid and name the setting.
func ParsePattern(testURL string) (protocol.Pattern, error) {
	p := protocol.Pattern{Width: 1280, Height: 720, Rate: rung.R(25, 1), Codec: "h264", GOP: 50, Audio: "aac", SampleRate: rung.AudioRate,
		Channels: 2, BitRate: 4_000_000, Start: 900_000}
	u, err := url.Parse(testURL)
	if err != nil || u.Scheme != "test" {
		return p, rung.Errorf(rung.CodeInvalid, "such as test:?size=1280x720&rate=25", "%q is not a test source's URL", testURL)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return p, rung.Errorf(rung.CodeInvalid, "such as test:?size=1280x720&rate=25", "test source: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		set, ok := patternSettings[name]
		if !ok {
			return p, rung.Errorf(rung.CodeInvalid, "the settings are "+strings.Join(slices.Sorted(maps.Keys(patternSettings)), ", "), "test source: unknown setting %q", name)
		}
		if err := set(&p, query.Get(name)); err != nil {
			return p, rung.Errorf(rung.CodeInvalid, "", "test source: %s %q: %w", name, query.Get(name), err)
		}
	}
	return p, nil
}

func number(target *int, v string, lo, hi int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return fmt.Errorf("it is a number from %d to %d", lo, hi)
	}
	*target = n
	return nil
}

func oneOf(v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return fmt.Errorf("it is one of %s", strings.Join(allowed, ", "))
	}
	return nil
}
