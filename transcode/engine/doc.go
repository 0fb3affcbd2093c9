// SPDX-License-Identifier: GPL-3.0-or-later

// Package engine is the child's side of a rung-engine process: it serves the requests of transcode/protocol with FFmpeg's
// libraries. Everything it reads comes from its parent and everything it makes goes back there, so it needs no file system
// and no network, and gives both up before its first request (see Sandbox).
//
// The package links libx264 and libx265 through FFmpeg, which puts it and the program made of it under the GNU General
// Public License, version 3 or later.
package engine
