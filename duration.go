package rung

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Duration is a time.Duration whose text form is Go's ("6s", "1h30m"), in JSON, YAML and flags alike.
type Duration time.Duration

// D is the standard library's type.
func (d Duration) D() time.Duration { return time.Duration(d) }

// String is Go's form.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 500ms, 6s or 1h30m", b)
	}
	*d = Duration(v)
	return nil
}

// maxSeconds is the most that a Duration holds, some 292 years; beyond it a number would turn round.
const maxSeconds = float64(math.MaxInt64/int64(time.Second)) - 1

// UnmarshalJSON takes the text form, and a bare number as seconds.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err == nil {
		if max(seconds, -seconds) > maxSeconds {
			return fmt.Errorf("%v s is longer than a duration can be", seconds)
		}
		*d = Duration(seconds * float64(time.Second))
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a duration is a text such as \"6s\" or a number of seconds")
	}
	return d.UnmarshalText([]byte(s))
}
