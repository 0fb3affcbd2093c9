// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"strings"
	"unicode/utf8"
)

// dvbText makes a service's name readable where libavformat gives it as it is coded (ETSI EN 300 468, annex A): the
// selector of the character table in front and the control codes for emphasis are left out; what is not UTF-8 is taken for
// ISO 8859-1, of which the other tables share the letters of ASCII.
func dvbText(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			r = rune(s[0])
		}
		s = s[n:]
		if r >= 0x20 && (r < 0x7f || r >= 0xa0) {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
