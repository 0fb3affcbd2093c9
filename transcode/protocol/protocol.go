// Package protocol is the language between a rung process and its rung-engine child, spoken over two pipes: the parent
// writes to the child's standard input and reads from its standard output.
//
// A message is an 8-byte header (type, three zero bytes, length of the payload as a big-endian 32-bit integer) and its
// payload. The child speaks first: Ready. Then the parent sends one Request at a time; the child answers with any number
// of Read and Output messages and ends with Done or Failed. Each Read is answered by the parent with one Data or
// DataError before it reads anything else, so neither side ever waits for the other at once. A violation of the protocol
// on either side ends the child: its parent kills it and starts another.
package protocol

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"rung"
)

// Version changes with each incompatible change of the messages; both sides refuse another one.
const Version = 1

// MaxPayload bounds a message: a longer one is a violation.
const MaxPayload = 16 << 20

// MaxOutput is the longest data in one Output message; longer objects come in several.
const MaxOutput = 1 << 20

// Type says what a message is.
type Type uint8

// The messages. C: sent by the child, P: sent by the parent.
const (
	MsgReady     Type = 1 // C: JSON Ready
	MsgRequest   Type = 2 // P: JSON Request
	MsgRead      Type = 3 // C: ReadRequest, 14 bytes
	MsgData      Type = 4 // P: the bytes; none at the end of the input
	MsgDataError Type = 5 // P: JSON rung.Error
	MsgOutput    Type = 6 // C: a 16-bit length, the object's name, a piece of its bytes
	MsgDone      Type = 7 // C: JSON reply, by the request's operation
	MsgFailed    Type = 8 // C: JSON rung.Error
)

// Ready is the child's greeting.
type Ready struct {
	Version  int               `json:"version"`
	Versions map[string]string `json:"versions"` // ffmpeg, libavcodec, x264, x265, svtav1
	Encoders []string          `json:"encoders"`
	Sandbox  []string          `json:"sandbox"` // what holds: landlock, seccomp, no_new_privs, rlimits
	PID      int               `json:"pid"`
}

// Operation names what a Request asks for.
type Operation string

// The operations, with the Request fields that each reads, its outputs and its reply.
const (
	OpEncode   Operation = "encode"   // Task, Inputs (one a part, then the slate where the task has one); outputs "ID/init" and "ID/media" for each rendition; EncodeReply
	OpProbe    Operation = "probe"    // Inputs[0], Format (may be empty: found out from the allowed ones); ProbeReply
	OpIndex    Operation = "index"    // Inputs[0], Format, VideoIndex, AudioIndexes; IndexReply
	OpRemux    Operation = "remux"    // Inputs[0], Format, Loop; output "ts", endless if Loop; RemuxReply
	OpGenerate Operation = "generate" // Pattern; output "ts"; RemuxReply
	OpMeasure  Operation = "measure"  // Task, Inputs (one a part, then one a video rendition: what it came out as), Format (theirs); MeasureReply
)

// Request is one task for the child.
type Request struct {
	Op           Operation  `json:"op"`
	Task         *rung.Task `json:"task,omitempty"`
	Inputs       []Input    `json:"inputs,omitempty"`
	Format       string     `json:"format,omitempty"`
	VideoIndex   int        `json:"video_index,omitempty"` // -1: none
	AudioIndexes []int      `json:"audio_indexes,omitempty"`
	Loop         bool       `json:"loop,omitempty"`
	Pattern      *Pattern   `json:"pattern,omitempty"`
}

// Input is a source the child may read through Read messages, at any offset.
type Input struct {
	Size int64 `json:"size"`
}

// Pattern describes a synthetic stream: a moving picture with a running clock and its frame number (as digits, and as
// 24 black and white blocks along the top, most significant first, over a row that flashes on the first frame of each
// second), a 997 Hz sine on the left and a 20 ms, 2 kHz beep in step with the flash on the right, both in mono; in 5.1
// besides 1499 Hz in the centre, 61 Hz in the low-frequency channel, 2503 and 3001 Hz in the left and right surround.
type Pattern struct {
	Width        int           `json:"width"`
	Height       int           `json:"height"`
	SAR          rung.Rational `json:"sar,omitzero"`
	Rate         rung.Rational `json:"rate"`
	Frames       int64         `json:"frames,omitempty"` // 0: without end
	FirstFrame   int64         `json:"first_frame,omitempty"`
	Codec        string        `json:"codec"` // h264, hevc, mpeg2video
	GOP          int           `json:"gop,omitempty"`
	OpenGOP      bool          `json:"open_gop,omitempty"`
	IntraRefresh bool          `json:"intra_refresh,omitempty"`
	Interlaced   string        `json:"interlaced,omitempty"` // "", tff, bff
	Pulldown     string        `json:"pulldown,omitempty"`   // "", or film shown at 5/4 of Rate: soft (flagged to repeat fields), hard (fields woven, top first)
	BitRate      int64         `json:"bit_rate,omitempty"`
	Audio        string        `json:"audio,omitempty"` // aac, mp2, ac3, none
	SampleRate   int           `json:"sample_rate,omitempty"`
	Channels     int           `json:"channels,omitempty"`
	AudioDelay   int64         `json:"audio_delay,omitempty"`     // samples; negative: before the video
	AudioDrift   int64         `json:"audio_drift_ppm,omitempty"` // by how many millionths a sample lasts longer than its rate says
	Start        int64         `json:"start,omitempty"`           // first time stamp, in 1/90000 s, before wrap
	NoVideo      bool          `json:"no_video,omitempty"`
	Scenes       []Scene       `json:"scenes,omitempty"` // what is behind the moving picture, over and over; none: bars
}

// Scene makes a synthetic picture harder to encode for a number of frames: a texture moves behind it by up to Motion
// pixels a picture, with noise of up to Noise levels that is new in each. Without either the bars are there.
type Scene struct {
	Frames int64 `json:"frames"`
	Motion int   `json:"motion,omitempty"` // 0 to 64
	Noise  int   `json:"noise,omitempty"`  // 0 to 16
}

// EncodeReply ends an encode.
type EncodeReply struct {
	Tracks []EncodedTrack   `json:"tracks"`
	Stats  rung.EncodeStats `json:"stats"`
}

// EncodedTrack describes one rendition's segment; its bytes came as outputs "ID/init" and "ID/media".
type EncodedTrack struct {
	ID     string `json:"id"`
	Type   string `json:"type"` // video or audio
	Frames int64  `json:"frames"`
	Codecs string `json:"codecs"` // RFC 6381
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// ProbeReply ends a probe.
type ProbeReply struct {
	Media rung.MediaInfo `json:"media"`
}

// IndexReply ends an index: where the pictures of a container are.
type IndexReply struct {
	Video []VideoPacket `json:"video"`
	// Audio has, for each of AudioIndexes, the first and the last coded frame.
	Audio []AudioSpan `json:"audio"`
}

// VideoPacket is one coded picture, in decoding order, in the stream's time base.
type VideoPacket struct {
	PTS int64 `json:"p"`
	DTS int64 `json:"d"`
	Key bool  `json:"k,omitempty"`
}

// AudioSpan bounds one audio stream, in its time base: [First, End).
type AudioSpan struct {
	First int64 `json:"first"`
	End   int64 `json:"end"`
	// Stamps are time stamps of coded frames, some five a second, in order; Shortest and Longest are the least and the
	// greatest difference of one frame's time stamp to the next's.
	Stamps   []int64 `json:"stamps,omitempty"`
	Shortest int64   `json:"shortest,omitempty"`
	Longest  int64   `json:"longest,omitempty"`
}

// RemuxReply ends a remux or a generation that has an end.
type RemuxReply struct {
	Bytes int64 `json:"bytes"`
}

// MeasureReply ends a measurement.
type MeasureReply struct {
	Renditions []MeasuredRendition `json:"renditions"` // in the ladder's order
	Stats      rung.EncodeStats    `json:"stats"`      // of the reference: what was decoded of the source, repeated, slate
}

// MeasuredRendition is how far a rendition is from the reference: the source's pictures as the same task hands them to
// that rendition's encoder.
type MeasuredRendition struct {
	ID       string           `json:"id"`
	Width    int              `json:"width"` // at which it was compared; a stream of another size is scaled to it
	Height   int              `json:"height"`
	Pictures []PictureQuality `json:"pictures"` // one for each frame of the interval
	Quality  MeasuredQuality  `json:"quality"`  // of all of them
}

// ReadRequest asks for up to Length bytes of input Input from Offset.
type ReadRequest struct {
	Input  uint16
	Offset int64
	Length uint32
}

// Conn reads and writes messages. Reading and writing may each be done by one goroutine at a time.
type Conn struct {
	r   *bufio.Reader
	w   *bufio.Writer
	buf []byte
}

// NewConn speaks over r and w.
func NewConn(r io.Reader, w io.Writer) *Conn {
	return &Conn{r: bufio.NewReaderSize(r, 64<<10), w: bufio.NewWriterSize(w, 64<<10)}
}

// Read gives the next message. The payload is valid until the next call. io.EOF means that the other side closed
// between messages.
func (c *Conn) Read() (Type, []byte, error) {
	var h [8]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return 0, nil, err
	}
	t, n := Type(h[0]), binary.BigEndian.Uint32(h[4:])
	if t < MsgReady || t > MsgFailed || h[1] != 0 || h[2] != 0 || h[3] != 0 {
		return 0, nil, fmt.Errorf("engine protocol: header % x is not a message's", h)
	}
	if n > MaxPayload {
		return 0, nil, fmt.Errorf("engine protocol: message %d of %d bytes exceeds %d", t, n, MaxPayload)
	}
	if int(n) > cap(c.buf) {
		c.buf = make([]byte, n)
	}
	p := c.buf[:n]
	if _, err := io.ReadFull(c.r, p); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, err
	}
	return t, p, nil
}

// Write sends one message whose payload is the pieces, one after the other.
func (c *Conn) Write(t Type, pieces ...[]byte) error {
	n := 0
	for _, p := range pieces {
		n += len(p)
	}
	if n > MaxPayload {
		return fmt.Errorf("engine protocol: message %d of %d bytes exceeds %d", t, n, MaxPayload)
	}
	h := [8]byte{0: byte(t)}
	binary.BigEndian.PutUint32(h[4:], uint32(n))
	if _, err := c.w.Write(h[:]); err != nil {
		return err
	}
	for _, p := range pieces {
		if _, err := c.w.Write(p); err != nil {
			return err
		}
	}
	return c.w.Flush()
}

// WriteJSON sends a message whose payload is v.
func (c *Conn) WriteJSON(t Type, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Write(t, b)
}

// WriteOutput sends bytes of the named object, in as many messages as they need.
func (c *Conn) WriteOutput(name string, data []byte) error {
	head := binary.BigEndian.AppendUint16(nil, uint16(len(name)))
	head = append(head, name...)
	for {
		n := min(len(data), MaxOutput)
		if err := c.Write(MsgOutput, head, data[:n]); err != nil {
			return err
		}
		if data = data[n:]; len(data) == 0 {
			return nil
		}
	}
}

// ParseOutput splits an Output payload into the object's name and its bytes.
func ParseOutput(p []byte) (name string, data []byte, err error) {
	if len(p) < 2 {
		return "", nil, fmt.Errorf("engine protocol: output of %d bytes has no name", len(p))
	}
	n := int(binary.BigEndian.Uint16(p))
	if len(p) < 2+n {
		return "", nil, fmt.Errorf("engine protocol: output's name of %d bytes exceeds its %d", n, len(p)-2)
	}
	return string(p[2 : 2+n]), p[2+n:], nil
}

// WriteRead sends a ReadRequest.
func (c *Conn) WriteRead(r ReadRequest) error {
	b := make([]byte, 0, 14)
	b = binary.BigEndian.AppendUint16(b, r.Input)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Offset))
	b = binary.BigEndian.AppendUint32(b, r.Length)
	return c.Write(MsgRead, b)
}

// ParseRead reads a Read payload.
func ParseRead(p []byte) (ReadRequest, error) {
	if len(p) != 14 {
		return ReadRequest{}, fmt.Errorf("engine protocol: read of %d bytes, not 14", len(p))
	}
	r := ReadRequest{Input: binary.BigEndian.Uint16(p), Offset: int64(binary.BigEndian.Uint64(p[2:])), Length: binary.BigEndian.Uint32(p[10:])}
	if r.Offset < 0 || r.Length > MaxPayload {
		return r, fmt.Errorf("engine protocol: read of %d bytes at %d is out of bounds", r.Length, r.Offset)
	}
	return r, nil
}
