package objects

import (
	"context"
	"net/url"
	"strings"

	"rung"
)

// Open opens the object that location names: a path, or a file:, http:, https: or s3: URL. ctx bounds the object's whole
// life, reads included. Errors are rung.Errors: invalid for a location that makes no sense or a server that cannot serve
// ranges, not_found, forbidden, unavailable where another try may help, bad_input for an empty object.
func Open(ctx context.Context, location string, p Policy) (Object, error) {
	if isPath(location) {
		if err := p.checkScheme("file", location); err != nil {
			return nil, err
		}
		return openFile(location)
	}
	u, err := url.Parse(location)
	if err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "a URL looks like https://host/path/file.mp4", "the URL cannot be read: it has a sign that must be percent-encoded, or a bad port")
	}
	if err := p.checkScheme(u.Scheme, shown(u)); err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "file":
		path, err := filePath(u)
		if err != nil {
			return nil, err
		}
		return openFile(path)
	case "s3":
		if p.S3 == nil {
			return nil, rung.Errorf(rung.CodeInvalid, "configure an S3 store, or use a file or https://", "%s: s3: is not configured here", shown(u))
		}
		return p.S3(ctx, location)
	default:
		return openHTTP(ctx, u, p)
	}
}

// IsFile reports whether location names a local file: by a path or a file: URL.
func IsFile(location string) bool {
	return isPath(location) || len(location) >= 5 && strings.EqualFold(location[:5], "file:")
}

// isPath reports whether location is no URL. A path may hold a colon, but none of a path's signs is in a scheme.
func isPath(location string) bool {
	scheme, _, ok := strings.Cut(location, ":")
	return !ok || scheme == "" || strings.ContainsAny(scheme, "/.")
}

// filePath is the path in a file: URL, which names no other host.
func filePath(u *url.URL) (string, error) {
	if u.Host != "" && u.Host != "localhost" {
		return "", rung.Errorf(rung.CodeInvalid, "write file:///path or file:path", "%s: a file: URL cannot name host %q", shown(u), u.Host)
	}
	if u.Opaque != "" {
		path, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return "", rung.Errorf(rung.CodeInvalid, "percent-encode % as %25", "%s: bad percent-encoding", shown(u))
		}
		return path, nil
	}
	return u.Path, nil
}

// shown is a URL as messages show it: without user, query and fragment, which may hold secrets.
func shown(u *url.URL) string {
	bare := url.URL{Scheme: u.Scheme, Opaque: u.Opaque, Host: u.Host, Path: u.Path}
	return bare.String()
}
