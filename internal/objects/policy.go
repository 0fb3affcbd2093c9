package objects

import (
	"context"
	"crypto/x509"
	"net/netip"
	"slices"

	"rung"
)

// Policy says what may be opened. The zero Policy allows local files and http(s) to public addresses.
type Policy struct {
	// Schemes that are allowed, of file, http, https and s3. None: all of them.
	Schemes []string
	// AllowPrivate lets http(s) reach loopback, link-local, private and multicast addresses.
	AllowPrivate bool
	// Allow lets http(s) reach these networks even so.
	Allow []netip.Prefix
	// RootCAs are the authorities trusted for https. Nil: the system's.
	RootCAs *x509.CertPool
	// S3 opens s3: URLs. Nil: there are none. NewRanged gives it a cache.
	S3 func(ctx context.Context, url string) (Object, error)
}

// checkScheme refuses a scheme that is not on the list; shown is the URL as it may be shown.
func (p Policy) checkScheme(scheme, shown string) error {
	known := []string{"file", "http", "https", "s3"}
	if !slices.Contains(known, scheme) {
		return rung.Errorf(rung.CodeInvalid, "use a path, file:, http://, https:// or s3://", "%s: scheme %q is not one that can be opened", shown, scheme)
	}
	if len(p.Schemes) > 0 && !slices.Contains(p.Schemes, scheme) {
		return rung.Errorf(rung.CodeForbidden, "the configuration lists the allowed schemes", "%s: scheme %q is not allowed here", shown, scheme)
	}
	return nil
}
