package ingest

import (
	"fmt"
	"strings"

	"rung"
	"rung/internal/mpegts"
)

// missing says what a start still waits for.
func (u *startup) missing(source rung.Source) *rung.Error {
	switch t := u.tables; {
	case t == nil && (source.Program != 0 || source.Service != ""):
		return rung.Errorf(rung.CodeBadInput, "choose a program that the source has", "no program %d %s in the source, or no tables (PAT, PMT) yet", source.Program, source.Service)
	case t == nil:
		return rung.Errorf(rung.CodeBadInput, "check that the source is an MPEG transport stream", "no tables (PAT, PMT) in what arrives")
	case t.Video == nil && len(t.Audio) == 0:
		return rung.AsError(nothingToCarry(*t))
	case u.scrambled():
		return rung.AsError(errScrambled(u.pids()))
	case t.Video != nil && !mpegts.Readable(t.Video.Codec):
		return rung.Errorf(rung.CodeUnsupported, "send H.264, HEVC or MPEG-2 video", "video PID %d: %s pictures are not understood, and nothing marks one that decoding can begin with", t.Video.PID, t.Video.Codec)
	case t.Video != nil:
		return rung.Errorf(rung.CodeBadInput, "have the encoder send key frames every few seconds", "video PID %d (%s): no picture that decoding can begin with", t.Video.PID, t.Video.Codec)
	default:
		return rung.Errorf(rung.CodeBadInput, "check the encoder", "audio PID %d (%s): no sound in it", t.Audio[0].PID, t.Audio[0].Codec)
	}
}

// scrambled reports whether a wanted stream arrives scrambled.
func (u *startup) scrambled() bool {
	for _, p := range u.scout.Figures().PIDs {
		if p.Scrambled && (u.tables.Video != nil && p.PID == u.tables.Video.PID || len(u.tables.Audio) > 0 && p.PID == u.tables.Audio[0].PID) {
			return true
		}
	}
	return false
}

// pids names the wanted streams.
func (u *startup) pids() string {
	var names []string
	if u.tables.Video != nil {
		names = append(names, fmt.Sprintf("video PID %d", u.tables.Video.PID))
	}
	for _, a := range u.tables.Audio {
		names = append(names, fmt.Sprintf("audio PID %d", a.PID))
	}
	return strings.Join(names, ", ")
}
