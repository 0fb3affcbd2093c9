package api

// page is one file of the console.
type page struct {
	body      []byte
	etag      string
	mediaType string
}
