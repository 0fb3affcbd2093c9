package main

import (
	"fmt"
	"time"

	"rung"
	"rung/internal/faultsender"
)

// The PIDs of the engine's pattern.
const (
	patternVideo = 256
	patternAudio = 257
)

// faultCases are the ways in which a source misbehaves. A profile's segments of 48 pictures leave six whole ones: 288.
func faultCases() []faultCase {
	udp := faultsender.UDP()
	away, back := faultAt, faultAt+4*time.Second
	cases := []faultCase{
		{name: "none", faults: []faultsender.Fault{udp}, own: 288, beeps: 11},
		{name: "burst of 50 ms", faults: []faultsender.Fault{udp, faultsender.Burst(faultAt, 50*time.Millisecond)}, alarm: rung.AlarmPacketLoss, own: 260, beeps: 10},
		{name: "burst of 500 ms", faults: []faultsender.Fault{udp, faultsender.Burst(faultAt, 500*time.Millisecond)}, alarm: rung.AlarmPacketLoss, own: 230, beeps: 9},
		{name: "burst of 5 s", quick: true, faults: []faultsender.Fault{udp, faultsender.Burst(faultAt, 5*time.Second)}, alarm: rung.AlarmSourceLost, own: 120, slate: 110, beeps: 5},
		{name: "forward an hour", quick: true, faults: []faultsender.Fault{faultsender.Jump(faultAt, 3600*90000, false), udp}, alarm: rung.AlarmTimestampJump, own: 282, beeps: 11},
		{name: "back 5 s, flagged", faults: []faultsender.Fault{faultsender.Jump(faultAt, -5*90000, true), udp}, alarm: rung.AlarmTimestampJump, own: 282, beeps: 11},
		{name: "restart at zero", faults: []faultsender.Fault{faultsender.RestartAtZero(faultAt), udp}, alarm: rung.AlarmTimestampJump, own: 282, slate: 30, beeps: 11},
		{name: "PCR alone jumps", faults: []faultsender.Fault{faultsender.JumpPCR(faultAt, 90000*100, false), udp}, alarm: rung.AlarmPCRDiscontinuity, own: 288, beeps: 11},
		{name: "sound is away", faults: []faultsender.Fault{faultsender.Without(away, back, patternAudio), udp}, alarm: rung.AlarmNoAudio, own: 288, beeps: 7},
		{name: "pictures are away", quick: true, faults: []faultsender.Fault{faultsender.Without(away, back, patternVideo), udp}, alarm: rung.AlarmNoVideo, own: 150, slate: 110, beeps: 11},
		{name: "pictures are taken out of the program", faults: []faultsender.Fault{faultsender.Drop(away, back, patternVideo), udp}, alarm: rung.AlarmNoVideo, own: 150, slate: 110, beeps: 11},
		{name: "scrambled", faults: []faultsender.Fault{faultsender.Scramble(away, back, patternVideo, patternAudio), udp}, alarm: rung.AlarmScrambled, own: 150, slate: 110, beeps: 7},
		{name: "PIDs move", faults: []faultsender.Fault{faultsender.Move(faultAt, map[int]int{patternVideo: 0x201, patternAudio: 0x202}), udp}, alarm: rung.AlarmTablesChanged, own: 250, beeps: 11},
		{name: "sound's PID moves", faults: []faultsender.Fault{faultsender.Move(faultAt+300*time.Millisecond, map[int]int{patternAudio: 0x202}), udp}, alarm: rung.AlarmTablesChanged, own: 288, beeps: 11},
		{name: "204-byte packets, null packets", faults: []faultsender.Fault{faultsender.Nulls(1), faultsender.Parity(), udp}, own: 288, beeps: 11},
		{name: "junk between packets", faults: []faultsender.Fault{faultsender.Junk(0.002, 3)}, alarm: rung.AlarmSyncLoss, own: 288, beeps: 11},
		{name: "adaptation fields", faults: []faultsender.Fault{faultsender.Adaptations(patternVideo, patternAudio), udp}, own: 288, beeps: 11},
		{name: "PES with length", faults: []faultsender.Fault{faultsender.PESLength(patternVideo, true), udp}, own: 288, beeps: 11},
		{name: "PES without length over many packets", faults: []faultsender.Fault{faultsender.PESLength(patternVideo, false), faultsender.PESOverManyPackets(patternVideo, 60), udp}, own: 288, beeps: 11},
		{name: "several frames in a PES", faults: []faultsender.Fault{faultsender.FramesPerPES(patternAudio, 4), udp}, own: 288, beeps: 11},
		{name: "a frame over several PES", faults: []faultsender.Fault{faultsender.PESPerFrame(patternVideo, 3), udp}, own: 288, beeps: 11},
	}
	return append(append(cases, packetCases(udp)...), formatCases(udp)...)
}

// packetCases lose, double and reorder datagrams. The seed is one with which even the lowest rate hits several of them.
func packetCases(udp faultsender.Fault) (cases []faultCase) {
	const seed = 15
	for _, rate := range []float64{0.001, 0.01, 0.05} {
		// A picture that is hit spoils those that refer to it, up to the next IDR picture.
		own := map[float64]int{0.001: 200, 0.01: 40, 0.05: 0}[rate]
		cases = append(cases,
			faultCase{name: fmt.Sprintf("%v%% lost", rate*100), quick: rate == 0.01, faults: []faultsender.Fault{udp, faultsender.Lose(rate, seed)}, alarm: rung.AlarmPacketLoss, own: own, slate: 20, beeps: 6},
			faultCase{name: fmt.Sprintf("%v%% doubled", rate*100), faults: []faultsender.Fault{udp, faultsender.Double(rate, seed)}, alarm: rung.AlarmPacketLoss, own: own, slate: 20, beeps: 6},
			faultCase{name: fmt.Sprintf("%v%% reordered", rate*100), faults: []faultsender.Fault{udp, faultsender.Reorder(rate, 3, seed)}, alarm: rung.AlarmPacketLoss, own: own, slate: 20, beeps: 6})
	}
	return cases
}

// formatCases go on at faultAt as another kind of stream.
func formatCases(udp faultsender.Fault) []faultCase {
	next := func(settings string) string {
		return "test:?frames=200&gop=25&start=900000&" + settings
	}
	faults := []faultsender.Fault{udp}
	format := rung.AlarmFormatChanged
	return []faultCase{
		{name: "other size", quick: true, faults: faults, splice: next("size=1280x720&rate=25"), alarm: format, own: 280, beeps: 11},
		{name: "other codec", faults: faults, splice: next("size=640x360&rate=25&codec=hevc"), alarm: format, own: 275, beeps: 11},
		{name: "interlaced", faults: faults, splice: next("size=640x360&rate=25&codec=h264&interlaced=tff"), alarm: format, own: 275, beeps: 11},
		{name: "other sound codec", faults: faults, splice: next("size=640x360&rate=25&audio=mp2"), alarm: format, own: 280, beeps: 11},
		{name: "mono", faults: faults, splice: next("size=640x360&rate=25&channels=1"), alarm: format, own: 280, beeps: 0},
		{name: "other language", faults: []faultsender.Fault{faultsender.Language(0, patternAudio, "eng"), faultsender.Language(faultAt, patternAudio, "fra"), udp}, alarm: format, own: 288, beeps: 11},
	}
}
