package profiles

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"rung"
)

// exampleHint goes with what no closer hint is known for.
const exampleHint = "`rung profile show hd5` prints one that is right"

// Load reads and checks one profile. name is where it comes from (a file, a request) and is used if the text has no
// name of its own. Errors are CodeInvalid; those of the text name its line, those of the ladder the rendition and the
// rule.
func Load(name string, text []byte) (*Profile, error) {
	if strings.TrimSpace(string(text)) == "" {
		return nil, rung.Errorf(rung.CodeInvalid, exampleHint, "profile %q: the text is empty", name)
	}
	p := &Profile{}
	dec := yaml.NewDecoder(strings.NewReader(string(text)), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(p); err != nil {
		var at yaml.Error
		message := err.Error()
		if errors.As(err, &at) {
			message = yaml.FormatError(err, false, true)
		}
		return nil, rung.Errorf(rung.CodeInvalid, exampleHint, "profile %q: %s", name, strings.TrimSpace(message))
	}
	p.Name = cmp.Or(p.Name, name)
	p.fill()
	if err := p.Check(); err != nil {
		return nil, err
	}
	return p, nil
}

// YAML is the profile as text that Load reads.
func (p *Profile) YAML() ([]byte, error) { return yaml.Marshal(p) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
