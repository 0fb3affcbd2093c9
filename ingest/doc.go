// Package ingest receives channels' sources, follows their time, keeps them in the source window, cuts their timelines
// into segments and raises a task for each. It plans jobs in the same way: a file is a source that is there at once.
//
// The segmenter is the heart. It is synchronous and has no clock of its own: it is told of pictures, of sound and of the
// wall clock, and gives tasks. Around it lie, for a channel, a receiver, a bounded queue, the analyser and the chunker
// that fills the source window, and for a job the analyser or an index of the container.
package ingest
