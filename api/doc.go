// Package api is the platform's face over HTTP: the REST API with its events and metrics, the origin that players fetch
// presentations from, and the web console. It keeps nothing itself: Services says what it works on.
package api
