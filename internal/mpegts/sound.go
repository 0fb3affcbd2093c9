package mpegts

// Sound is one PES packet of a selected audio stream. PES packets without a time stamp make none.
type Sound struct {
	Track    int   // index in Tables.Audio
	PTS      int64 // of the first frame that begins in it, unwrapped, in the epoch of the pictures, in 1/90000 s
	Frames   int   // coded frames that begin in it; 0: not known
	Position int64 // of the first packet of the PES packet
	End      int64 // behind its last packet
}
