// Package console is the web console: one page with the channels, a player and the figures, made of plain ES modules.
// Folder dist holds the one library it uses, hls.js, as package-lock.json pins it; `npm ci && npm run vendor` in this
// folder brings it anew. Building needs no node.
package console

import (
	"embed"
	"io/fs"
)

//go:embed page dist
var files embed.FS

// Files are the page (page/index.html), its modules and styles, and the library (dist).
func Files() fs.FS { return files }
