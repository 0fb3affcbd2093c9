package mpegts

import "time"

// Sound is one PES packet of a selected audio stream. PES packets without a time stamp make none.
type Sound struct {
	Track    int       // index in Tables.Audio
	PTS      int64     // of the first frame that begins in it, unwrapped, in the epoch of the pictures, in 1/90000 s
	Frames   int       // coded frames that begin in it; 0: not known
	Rate     int       // Hz, as the last frame's header says; 0: not known
	Samples  int       // in that frame, per channel
	Position int64     // of the first packet of the PES packet
	End      int64     // behind its last packet
	Arrived  time.Time // as of a Picture
}
