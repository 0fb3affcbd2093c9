package transcode

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// unitCode begins each NAL unit of H.264 and HEVC, and each unit of MPEG-2 video.
var unitCode = []byte{0, 0, 1}

// spoilUnits takes the video's PES packets apart into their units, has them changed, and multiplexes them again. The other
// streams' packets stay where they are.
func spoilUnits(r *rand.Rand, stream []byte, video int, change func(*rand.Rand, [][]byte) [][]byte) []byte {
	u := unitSpoiler{rand: r, video: video, change: change}
	eachPacket(stream, func(p mpegts.Packet) {
		if p.PID() != video {
			u.out = append(u.out, p...)
			return
		}
		if p.UnitStart() {
			u.flush()
			u.pcr = -1
		}
		if pcr, ok := p.PCR(); ok {
			u.pcr = pcr
		}
		u.pes = append(u.pes, p.Payload()...)
	})
	u.flush()
	return u.out
}

// unitSpoiler is a stream on its way through spoilUnits.
type unitSpoiler struct {
	rand   *rand.Rand
	video  int
	change func(*rand.Rand, [][]byte) [][]byte
	muxer  mpegtest.Muxer
	out    []byte
	pes    []byte
	pcr    int64
}

// flush writes the PES packet that has come together.
func (u *unitSpoiler) flush() {
	h, ok := mpegts.ParsePESHeader(u.pes)
	if ok {
		payload := u.pes[h.Size:]
		if u.rand.IntN(3) == 0 {
			payload = bytes.Join(u.change(u.rand, splitUnits(payload)), nil)
		}
		pts, dts := int64(-1), int64(-1)
		if h.HasPTS {
			pts, dts = h.PTS, h.PTS
		}
		if h.HasDTS {
			dts = h.DTS
		}
		before := len(u.muxer.Bytes())
		u.muxer.PES(u.video, h.StreamID, pts, dts, false, mpegtest.Fields{PCR: u.pcr}, payload)
		u.out = append(u.out, u.muxer.Bytes()[before:]...)
	}
	u.pes = nil
}

// splitUnits cuts a payload before each unit's start code.
func splitUnits(payload []byte) (units [][]byte) {
	for len(payload) > 0 {
		n := len(payload)
		if i := bytes.Index(payload[1:], unitCode); i >= 0 {
			n = i + 1
		}
		units = append(units, payload[:n:n])
		payload = payload[n:]
	}
	return units
}

func shuffleUnits(r *rand.Rand, units [][]byte) [][]byte {
	r.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	return units
}

func loseUnits(r *rand.Rand, units [][]byte) [][]byte {
	return slices.DeleteFunc(units, func([]byte) bool { return r.IntN(3) == 0 })
}

func doubleUnits(r *rand.Rand, units [][]byte) (out [][]byte) {
	for _, u := range units {
		for range 1 + r.IntN(3) {
			out = append(out, u)
		}
	}
	return out
}

func cutUnits(r *rand.Rand, units [][]byte) [][]byte {
	for i, u := range units {
		if r.IntN(2) == 0 {
			units[i] = u[:1+r.IntN(len(u))]
		}
	}
	return units
}
