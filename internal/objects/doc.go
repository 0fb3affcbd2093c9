// Package objects opens files, local and remote, for reading at any offset: file: URLs and plain paths, http: and https:
// by byte ranges, and s3: through a function given by the caller. Remote names are resolved here and addresses inside the
// network are refused unless the policy allows them, at each connection and each redirect. An object that is truncated or
// replaced while it is read is an error, never wrong bytes.
package objects
