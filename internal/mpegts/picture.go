package mpegts

import "time"

// Picture is one coded frame, or the frames of one PES packet where it holds several: Count tells. Two fields coded as
// pictures of their own, in one PES packet or in two, are one Picture with the first field's time stamps.
type Picture struct {
	// PTS and DTS are unwrapped, in 1/90000 s; DTS is PTS where the stream has no DTS.
	PTS, DTS int64
	// Untimed: the PES packet has no time stamp. PTS and DTS then only continue the last ones by the frame's duration,
	// where it is known.
	Untimed bool
	// RandomAccess: decoding can begin here. IDR, or an I picture with a recovery point SEI or a random access
	// indicator and parameter sets (H.264); IRAP (HEVC); an I picture behind a sequence header (MPEG-2); the start of a
	// gradual refresh, see RecoveryFrames. Of codecs that are not looked into: the random access indicator.
	RandomAccess bool
	// RecoveryFrames is how many frames after this one pictures are exact: over 0 in streams that refresh gradually
	// (recovery_frame_cnt, recovery_poc_cnt).
	RecoveryFrames int
	Count          int   // coded frames that begin in the PES packet, at least 1
	Position       int64 // of the first packet of the PES packet
	End            int64 // behind its last packet
	// Arrived is when its first packet did, by Clock; zero without. It may be told much later: with the next one's first.
	Arrived time.Time
}
