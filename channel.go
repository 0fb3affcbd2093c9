package rung

import (
	"regexp"
	"time"
)

// idPattern keeps ids usable in subjects, object keys, URLs and file names alike.
var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// ValidID returns an Error if id cannot name a channel, job or profile.
func ValidID(kind, id string) error {
	if !idPattern.MatchString(id) {
		return Errorf(CodeInvalid, "use 1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit", "%s id %q is not valid", kind, id)
	}
	return nil
}

// Channel is a live service as its operator describes it: the desired state.
type Channel struct {
	ID       string    `json:"id"`
	Name     string    `json:"name,omitempty"`
	Source   Source    `json:"source"`
	Profile  string    `json:"profile"`
	Enabled  bool      `json:"enabled"`
	Window   int       `json:"window,omitempty"`   // segments in the live playlist; 0: 10; never under 6
	DVR      Duration  `json:"dvr,omitempty"`      // how far back players may seek; 0: the window
	Slate    string    `json:"slate,omitempty"`    // the image that is shown when the source is not there, by its SHA-256 in hex; "": the built-in one
	Restarts int64     `json:"restarts,omitempty"` // counts operator restarts: a new value makes a new session
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

// Source is where video comes from and how to read it.
type Source struct {
	URL        string   `json:"url"`                  // udp:// rtp:// srt:// http:// https:// file: s3:// test:
	Program    int      `json:"program,omitempty"`    // of an MPTS; 0: the first with video
	Service    string   `json:"service,omitempty"`    // of an MPTS, by service name
	Audio      []string `json:"audio,omitempty"`      // languages or PIDs; none: the first track
	Interface  string   `json:"interface,omitempty"`  // network interface for multicast
	Sources    []string `json:"sources,omitempty"`    // source filter (SSM) for multicast
	Passphrase string   `json:"passphrase,omitempty"` // SRT; write-only: never served or logged
	StreamID   string   `json:"stream_id,omitempty"`  // SRT
	Mode       string   `json:"mode,omitempty"`       // SRT: listener or caller
	Latency    Duration `json:"latency,omitempty"`    // SRT latency, RTP reordering bound
	Loop       bool     `json:"loop,omitempty"`       // file: begin again at the end without a break in the timeline
}

// ChannelState is a channel's observed state.
type ChannelState string

// The states of a channel.
const (
	ChannelStopped  ChannelState = "stopped"  // not enabled
	ChannelStarting ChannelState = "starting" // waiting for an ingest node or the first picture
	ChannelRunning  ChannelState = "running"
	ChannelWaiting  ChannelState = "waiting" // the source is away; the channel carries on when it comes
	ChannelFailed   ChannelState = "failed"  // needs its operator: bad configuration or a source that cannot be carried
)

// channelMoves is the table of allowed transitions; docs/architecture.md shows it.
var channelMoves = map[ChannelState][]ChannelState{
	ChannelStopped:  {ChannelStarting, ChannelFailed},
	ChannelStarting: {ChannelRunning, ChannelWaiting, ChannelFailed, ChannelStopped},
	ChannelRunning:  {ChannelWaiting, ChannelFailed, ChannelStopped, ChannelStarting},
	ChannelWaiting:  {ChannelRunning, ChannelStarting, ChannelFailed, ChannelStopped},
	ChannelFailed:   {ChannelStarting, ChannelStopped},
}

// CanBecome reports whether the state may change to next (or stay).
func (s ChannelState) CanBecome(next ChannelState) bool {
	if s == next || s == "" {
		return true
	}
	for _, m := range channelMoves[s] {
		if m == next {
			return true
		}
	}
	return false
}

// ChannelStatus is what ingest reports of a channel, about once a second and at each change.
type ChannelStatus struct {
	ID      string        `json:"id"`
	State   ChannelState  `json:"state"`
	Error   *Error        `json:"error,omitempty"` // why it waits or failed
	Node    string        `json:"node,omitempty"`  // the ingest node that has it
	Session string        `json:"session,omitempty"`
	Since   time.Time     `json:"since"`
	Updated time.Time     `json:"updated"`
	Raised  int64         `json:"raised"` // segments raised in this session
	Media   *MediaInfo    `json:"media,omitempty"`
	Source  SourceFigures `json:"source"`
	Alarms  []Alarm       `json:"alarms,omitempty"`
}

// SourceFigures are a source's counters since it was connected.
type SourceFigures struct {
	Connected        bool         `json:"connected"`
	Since            time.Time    `json:"since,omitzero"`
	BitRate          int64        `json:"bit_rate"` // bit/s over the last seconds
	Bytes            int64        `json:"bytes"`
	Packets          int64        `json:"packets"`
	ContinuityErrors int64        `json:"continuity_errors"`
	TransportErrors  int64        `json:"transport_errors"`
	SyncLosses       int64        `json:"sync_losses"`
	PATMissing       int64        `json:"pat_missing"` // times that none came for 0.5 s (ETSI TR 101 290, 1.3)
	PMTMissing       int64        `json:"pmt_missing"` // likewise (1.5)
	PCRMissing       int64        `json:"pcr_missing"` // times that none came for 100 ms (2.3)
	Scrambled        int64        `json:"scrambled"`
	PacketsLost      int64        `json:"packets_lost"`   // by the continuity counters, which count to 16: a long loss is more than this
	UDPDuplicates    int64        `json:"udp_duplicates"` // datagrams without RTP that came twice
	RTPLost          int64        `json:"rtp_lost"`
	RTPReordered     int64        `json:"rtp_reordered"`
	RTPDuplicates    int64        `json:"rtp_duplicates"`
	Dropped          int64        `json:"dropped"` // packets thrown away because the window could not be written
	PIDs             []PIDFigures `json:"pids,omitempty"`
}

// PIDFigures are one PID's figures.
type PIDFigures struct {
	PID              int    `json:"pid"`
	Type             string `json:"type"` // pat, pmt, video, audio, pcr, null, data
	Codec            string `json:"codec,omitempty"`
	Language         string `json:"language,omitempty"`
	BitRate          int64  `json:"bit_rate"`
	ContinuityErrors int64  `json:"continuity_errors"`
	Scrambled        bool   `json:"scrambled,omitempty"` // what came last was
}

// Timeline is a session's state as ingest keeps it: enough for another node to carry on, and for the packager to know
// which segments to expect by when.
type Timeline struct {
	Channel  string    `json:"channel"`
	Session  string    `json:"session"`
	Ladder   Ladder    `json:"ladder"`
	Origin   time.Time `json:"origin"`   // wall-clock time of frame 0
	Next     int64     `json:"next"`     // the number of the next segment to raise
	Deadline Duration  `json:"deadline"` // from a segment's end on the wall clock to its deadline
	Ended    bool      `json:"ended,omitempty"`
	Updated  time.Time `json:"updated"`
}
