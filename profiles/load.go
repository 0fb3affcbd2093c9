package profiles

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"rung"
)

// maxText bounds a profile's text, in bytes: the YAML reader takes time that grows with the square of what it cannot
// read. The longest built-in profile has a tenth of it.
const maxText = 16 << 10

// maxComplaint bounds what is quoted of the YAML reader's words, in bytes: it shows whole lines of the text.
const maxComplaint = 1 << 10

// exampleHint goes with what no closer hint is known for.
const exampleHint = "`rung profile show hd5` prints one that is right"

// Load reads and checks one profile. name is where it comes from (a file, a request) and is used if the text has no
// name of its own. Errors are CodeInvalid; those of the text name its line, those of the ladder the rendition and the
// rule.
func Load(name string, text []byte) (*Profile, error) {
	if strings.TrimSpace(string(text)) == "" {
		return nil, rung.Errorf(rung.CodeInvalid, exampleHint, "profile %q: the text is empty", name)
	}
	if len(text) > maxText {
		return nil, rung.Errorf(rung.CodeInvalid, exampleHint, "profile %q: the text has %d bytes, more than %d", name, len(text), maxText)
	}
	p := &Profile{}
	if err := decode(text, p); err != nil {
		var at yaml.Error
		message := err.Error()
		if errors.As(err, &at) {
			message = yaml.FormatError(err, false, true)
		}
		return nil, rung.Errorf(rung.CodeInvalid, exampleHint, "profile %q: %s", name, complaint(message))
	}
	p.Name = cmp.Or(p.Name, name)
	p.fill()
	if err := p.Check(); err != nil {
		return nil, err
	}
	return p, nil
}

// decode reads YAML strictly. The reader falls over some texts that are none; that is the text's fault, not the program's.
func decode(text []byte, p *Profile) (err error) {
	defer func() {
		if fell := recover(); fell != nil {
			err = fmt.Errorf("the text is not YAML: %v", fell)
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(p)
}

// complaint is the YAML reader's message, fit to be shown.
func complaint(message string) string {
	message = strings.ToValidUTF8(strings.TrimSpace(message), "\ufffd")
	if len(message) <= maxComplaint {
		return message
	}
	return strings.ToValidUTF8(message[:maxComplaint], "") + "..."
}

// YAML is the profile as text that Load reads.
func (p *Profile) YAML() ([]byte, error) { return yaml.Marshal(p) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
