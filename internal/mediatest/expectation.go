package mediatest

import "rung"

// Expectation is what the source was, and so what a presentation of it has to be.
type Expectation struct {
	Source   Size          // that the pattern was drawn at
	Rate     rung.Rational // of its pictures
	Pulldown bool          // it is film, and shown at 5/4 of Rate
	Frames   int64         // numbers 0 to Frames-1 are all there
	Live     bool          // what is published after the source's end is not looked at
	Channels int           // of its sound; 0: there is none
	From, To float64       // when its sound is heard, in seconds of the pattern's time
	Drifts   bool          // its sound was sampled by a clock that is off, and has been brought in step
	Break    float64       // what the source's own coding leaves beside the sine: see SourceBreak
}
