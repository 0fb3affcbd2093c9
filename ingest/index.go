package ingest

// Index is where the pictures and the sound of a container are, each stream in its own time base.
type Index struct {
	Video []IndexedPicture // in decoding order
	Audio []Span           // one for each stream asked for
}

// IndexedPicture is one coded picture.
type IndexedPicture struct {
	PTS, DTS int64
	Key      bool // decoding can begin here
}

// Span bounds an audio stream: [First, End). Both zero: the stream has no sound.
type Span struct {
	First, End int64
	// Stamps are the time stamps of some coded frames, in order; Shortest and Longest are the least and the greatest
	// difference of one frame's to the next's.
	Stamps            []int64
	Shortest, Longest int64
}
