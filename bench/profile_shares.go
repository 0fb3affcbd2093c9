package bench

import (
	"strings"

	"github.com/google/pprof/profile"
)

// packagePart says that functions whose name begins with prefix do the work of a part.
type packagePart struct{ prefix, part string }

// profileShares gives each part's share of a profile's samples; none for a profile without any. A sample is the part's of
// the innermost function on its stack that has one: what a library or the kernel does for it is its own. Those without are
// the rest's.
func profileShares(p *profile.Profile, parts []packagePart, rest string) map[string]float64 {
	shares, all := map[string]float64{}, 0.0
	for _, s := range p.Sample {
		n := float64(s.Value[0])
		shares[samplePart(s, parts, rest)] += n
		all += n
	}
	for part := range shares {
		shares[part] /= all
	}
	return shares
}

func samplePart(s *profile.Sample, parts []packagePart, rest string) string {
	for _, l := range s.Location {
		for _, line := range l.Line {
			for _, of := range parts {
				if line.Function != nil && strings.HasPrefix(line.Function.Name, of.prefix) {
					return of.part
				}
			}
		}
	}
	return rest
}
