package resource

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
)

// secretBytes is the length of a token's secret.
const secretBytes = 32

// Token is a token as it is kept and shown: without its secret.
type Token struct {
	ID      string    `json:"id"` // SHA-256 of the secret, in hexadecimal
	Name    string    `json:"name"`
	Scopes  []Scope   `json:"scopes"`
	Created time.Time `json:"created"`
}

// NewToken makes a token. The secret is given here once and kept nowhere; the Token is what to keep, under its ID.
func NewToken(name string, scopes []Scope, now time.Time) (secret string, t Token) {
	var b [secretBytes]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, Token{ID: HashSecret(secret), Name: name, Scopes: scopes, Created: now.UTC()}
}

// HashSecret is the ID of the token with that secret.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Allows reports whether one of the token's scopes includes wanted.
func (t Token) Allows(wanted Scope) bool {
	for _, s := range t.Scopes {
		if s.Includes(wanted) {
			return true
		}
	}
	return false
}
