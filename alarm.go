package rung

import "time"

// Alarm is a condition of a channel that holds now, or something that was seen within the last AlarmHold.
type Alarm struct {
	Code     string    `json:"code"` // one of the Alarm codes, or an Error's code for what keeps a channel from starting
	Severity Severity  `json:"severity"`
	Message  string    `json:"message"` // what is seen, with figures
	Hint     string    `json:"hint,omitempty"`
	Since    time.Time `json:"since"`         // when it was seen first
	Last     time.Time `json:"last,omitzero"` // when it was seen last
	Count    int64     `json:"count"`         // how often it was seen
}

// AlarmHold is how long something that happens at an instant (a jump of the clock, a lost packet) stays an alarm after it
// was seen last. A condition that lasts (no source, no sound) is cleared as soon as it is over.
const AlarmHold = 10 * time.Second

// The codes of a channel's alarms. docs/operations.md says what each means and what to do.
const (
	AlarmSourceLost       = "source_lost"       // nothing arrives
	AlarmNoVideo          = "no_video"          // the source arrives without pictures
	AlarmNoAudio          = "no_audio"          // the source arrives without the sound of a selected track
	AlarmScrambled        = "scrambled"         // a selected stream arrives scrambled
	AlarmProgramMissing   = "program_missing"   // the chosen program is not in the transport stream
	AlarmClockDrift       = "clock_drift"       // the source's clock runs at another speed than ours
	AlarmPacketLoss       = "packet_loss"       // packets are missing, or out of order where nothing numbers them
	AlarmPacketsDoubled   = "packets_doubled"   // datagrams come twice; the second is left out
	AlarmPacketsReordered = "packets_reordered" // RTP packets come out of order; they are put in order
	AlarmTransportErrors  = "transport_errors"  // packets that the sender's demodulator has marked as damaged
	AlarmSyncLoss         = "sync_loss"         // there is something between the packets
	AlarmTablesMissing    = "tables_missing"    // PAT or PMT do not come often enough
	AlarmTablesChanged    = "tables_changed"    // the program map has another version, or streams other PIDs
	AlarmFormatChanged    = "format_changed"    // size, rate, codec, scanning, sound's layout or language is another
	AlarmTimestampJump    = "timestamp_jump"    // PTS and DTS jump
	AlarmPCRDiscontinuity = "pcr_discontinuity" // PCR jumps, announced or not
	AlarmDropped          = "dropped"           // packets thrown away because the source window is not written fast enough
	AlarmQueue            = "queue"             // raised segments are not taken
	AlarmGap              = "gap"               // segments are published as gaps
)
