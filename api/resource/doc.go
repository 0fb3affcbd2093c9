// Package resource holds the documents of the HTTP API: what the server (package api) serves and the client (package
// api/client) reads. Their JSON forms are described, for everyone else, by api/openapi.yaml.
package resource
