package store

import (
	"path"
	"strings"
)

// contentTypes are the media types of what presentations are made of. RFC 8216, 4 names the playlist's; RFC 4337 and
// ISO/IEC 23000-19 the segments'.
var contentTypes = map[string]string{
	".m3u8": "application/vnd.apple.mpegurl",
	".mpd":  "application/dash+xml",
	".mp4":  "video/mp4",
	".m4s":  "video/iso.segment",
	".m4a":  "audio/mp4",
	".m4v":  "video/mp4",
	".ts":   "video/mp2t",
	".vtt":  "text/vtt; charset=utf-8",
	".json": "application/json",
	".jpg":  "image/jpeg",
	".png":  "image/png",
	".html": "text/html; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

// ContentType is the media type that a key's extension stands for; application/octet-stream where it is not known. It does
// not depend on the machine's own tables.
func ContentType(key string) string {
	if t, ok := contentTypes[strings.ToLower(path.Ext(key))]; ok {
		return t
	}
	return "application/octet-stream"
}
