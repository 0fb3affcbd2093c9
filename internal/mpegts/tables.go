package mpegts

import "rung"

// Tables are the selected program and its streams.
type Tables struct {
	Program  rung.Program
	Programs []rung.Program // all of the transport stream, in the PAT's order
	Video    *Stream        // the first video stream of the program; nil: none
	Audio    []Stream       // the selected ones, in the order in which they were asked for; Sound.Track counts them
	All      []Stream       // of the program, in the PMT's order
	// PSI is the packets to put before a cut in mid-stream: a PAT with this program alone, and its PMT as received.
	PSI      []byte
	Position int64 // where the packet that completed them begins
	Version  int   // counts from 1, with each Tables event
}
