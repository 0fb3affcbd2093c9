// Package rung is the vocabulary of the platform: channels, jobs, segments, tasks, results, their states and
// errors. Every other package speaks in these types; this one imports the standard library only.
//
// Clocks. A variable that holds time says its clock by its name: pts90k (source ticks of 1/90000 s), frame (index on
// the output frame grid, counted from the session's origin), sample (index at the stated rate, from the same origin),
// or it is a time.Time / time.Duration of the wall clock. Media time is never kept in floating point.
package rung
