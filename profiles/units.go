package profiles

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rung"
)

// BitRate is in bit/s (a buffer: in bits). Its text form is "5350k", "7.5M" or a plain number.
type BitRate int64

// String is the shortest exact form.
func (b BitRate) String() string {
	if b%1000 == 0 && b != 0 {
		return strconv.FormatInt(int64(b)/1000, 10) + "k"
	}
	return strconv.FormatInt(int64(b), 10)
}

// MarshalText implements encoding.TextMarshaler.
func (b BitRate) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *BitRate) UnmarshalText(text []byte) error {
	s, scale := string(text), 1.0
	switch {
	case strings.HasSuffix(s, "k"):
		s, scale = s[:len(s)-1], 1e3
	case strings.HasSuffix(s, "M"):
		s, scale = s[:len(s)-1], 1e6
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v*scale > 1e10 {
		return fmt.Errorf("%q is not a bit rate such as 5350k or 7.5M", text)
	}
	*b = BitRate(v*scale + 0.5)
	return nil
}

// Size is a width and a height in pixels. Its text form is "1920x1080".
type Size struct {
	Width, Height int
}

// String is the text form.
func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

// lines is the customary name of a size: "1080p".
func (s Size) lines() string { return strconv.Itoa(s.Height) + "p" }

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	w, h, ok := strings.Cut(string(text), "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	if !ok || err1 != nil || err2 != nil {
		return fmt.Errorf("%q is not a size such as 1280x720", text)
	}
	*s = Size{width, height}
	return nil
}

// RateTimes is a time that may depend on the frame rate: "4s", or {25: 3.84s, 50: 3.84s, other: 4s}. The /1.001 rates
// take the entry "other" and stretch by 1.001, since times are rounded to whole frames.
type RateTimes struct {
	Other  time.Duration
	ByRate map[string]time.Duration // keyed by the rate's text form
}

// At is the time for a frame rate.
func (t RateTimes) At(rate rung.Rational) time.Duration {
	if d, ok := t.ByRate[rate.Reduce().String()]; ok {
		return d
	}
	return t.Other
}

// frames is the time in whole frames at a rate, at least one.
func (t RateTimes) frames(rate rung.Rational) int64 {
	return max(1, rung.Rescale(int64(t.At(rate)), rung.Rational{Num: 1, Den: int64(time.Second)}, rate.Inverse()))
}

// UnmarshalYAML reads either form.
func (t *RateTimes) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		d, err := parseTime(one)
		*t = RateTimes{Other: d}
		return err
	}
	var table map[string]string
	if err := unmarshal(&table); err != nil {
		return fmt.Errorf("a time is \"4s\" or a table by frame rate such as {25: 3.84s, other: 4s}")
	}
	*t = RateTimes{ByRate: map[string]time.Duration{}}
	for key, text := range table {
		d, err := parseTime(text)
		if err != nil {
			return err
		}
		if key == "other" {
			t.Other = d
			continue
		}
		rate, err := rung.ParseRational(key)
		if err != nil {
			return err
		}
		t.ByRate[rate.String()] = d
	}
	if t.Other == 0 {
		return fmt.Errorf("a table of times needs an entry \"other\"")
	}
	return nil
}

// MarshalYAML gives the form that UnmarshalYAML reads.
func (t RateTimes) MarshalYAML() (any, error) {
	if len(t.ByRate) == 0 {
		return t.Other.String(), nil
	}
	table := map[string]string{"other": t.Other.String()}
	for rate, d := range t.ByRate {
		table[rate] = d.String()
	}
	return table, nil
}

// MarshalJSON gives the times by rate as texts.
func (t RateTimes) MarshalText() ([]byte, error) {
	s := t.Other.String()
	for _, rate := range sortedKeys(t.ByRate) {
		s += fmt.Sprintf(", %s at %s/s", t.ByRate[rate], rate)
	}
	return []byte(s), nil
}

func parseTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a time such as 4s or 1.92s", s)
	}
	return d, nil
}
