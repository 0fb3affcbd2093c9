// Package bench measures: what a profile costs on this machine, and how that compares with one FFmpeg process that does
// the same ladder.
package bench
