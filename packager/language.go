package packager

import (
	"strings"

	"golang.org/x/text/language"
)

// bibliographic maps the ISO 639-2/B codes that broadcasters use to the terminological ones.
var bibliographic = map[string]string{
	"alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces", "dut": "nld", "fre": "fra", "geo": "kat", "ger": "deu",
	"gre": "ell", "ice": "isl", "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas", "rum": "ron", "slo": "slk", "tib": "bod", "wel": "cym",
}

// languageTag is the RFC 5646 tag of an ISO 639 code: "en" for "eng". Empty where the code is not one of a language (und,
// mis, mul, zxx, or DVB's qaa to qtz for original sound and the like).
func languageTag(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	if t, ok := bibliographic[code]; ok {
		code = t
	}
	switch {
	case code == "und", code == "mis", code == "mul", code == "zxx", len(code) == 3 && code >= "qaa" && code <= "qtz":
		return ""
	}
	base, err := language.ParseBase(code)
	if err != nil {
		return ""
	}
	return base.String()
}
