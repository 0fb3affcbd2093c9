// Package mediatest looks at what came out: it fetches a presentation as a player does, decodes it, and recognises every
// picture and every sample of the test pattern in it. It needs the ffmpeg and ffprobe that are built with the engine; the
// environment variable RUNG_FFMPEG_BIN names their folder.
package mediatest
