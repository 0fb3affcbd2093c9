package mpegts

// AnalyserOptions choose what to follow. The zero value follows the first program with video, or the first at all,
// and its first audio stream.
type AnalyserOptions struct {
	Program int      // program number; 0: by Service
	Service string   // service name of the SDT, without regard to case; "": the first program with video
	Audio   []string // ISO 639-2 languages or decimal PIDs, one track each; none: the first track
}
