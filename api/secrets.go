package api

import (
	"net/url"

	"rung"
)

// hideSecrets gives the source as it may be shown: its passphrase gone, a password in its URL covered.
func hideSecrets(src rung.Source) rung.Source {
	src.Passphrase = ""
	src.URL = hidePassword(src.URL)
	return src
}

// keepSecrets brings the secrets of an operator's source to where they are kept: a passphrase in an SRT URL, as other
// programs write it, moves to its field, and a URL that is the old one with its password covered, as the API shows it,
// stays the old one.
func keepSecrets(src *rung.Source, old rung.Source) {
	if src.URL == hidePassword(old.URL) {
		src.URL = old.URL
	}
	u, err := url.Parse(src.URL)
	if err != nil || u.Scheme != "srt" {
		return
	}
	query := u.Query()
	if !query.Has("passphrase") {
		return
	}
	if src.Passphrase == "" || src.Passphrase == old.Passphrase {
		src.Passphrase = query.Get("passphrase")
	}
	query.Del("passphrase")
	u.RawQuery = query.Encode()
	src.URL = u.String()
}

// hidePassword covers the password of a URL that has one.
func hidePassword(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	if _, has := u.User.Password(); !has {
		return raw
	}
	return u.Redacted()
}
