// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// soundJoins is a material encoded in segments, and in one piece.
type soundJoins struct {
	want             material // what was to be encoded
	grid             rung.Grid
	joined, unbroken decodedStream
	joinedBytes      int
	unbrokenBytes    int
}

// encodeJoins encodes material in segments of so many frames at 25 a second, each from its own stretch of the source as a
// live channel's are, and in one piece.
func encodeJoins(t *testing.T, m material, frames, bitRate int64) soundJoins {
	t.Helper()
	total := int64(len(m[0])) * 25 / rung.AudioRate
	j := soundJoins{want: m, grid: rung.Grid{Rate: rung.R(25, 1), SegmentFrames: frames}}
	j.joined, j.joinedBytes = m.encoded(t, j.grid, total, bitRate)
	j.unbroken, j.unbrokenBytes = m.encoded(t, rung.Grid{Rate: j.grid.Rate, SegmentFrames: total}, total, bitRate)
	if len(j.joined.left) != len(j.unbroken.left) || j.joined.heard != 0 || j.unbroken.heard != 0 {
		t.Fatalf("%d samples from %d on, and %d from %d", len(j.joined.left), j.joined.heard, len(j.unbroken.left), j.unbroken.heard)
	}
	return j
}

// encoded encodes and decodes material of so many frames, and gives the bytes that its coded sound takes.
func (m material) encoded(t *testing.T, grid rung.Grid, total, bitRate int64) (decodedStream, int) {
	t.Helper()
	const around = 16 * rung.AudioFrame // of source before and behind the interval
	ladder := testLadder(grid.Rate, grid.SegmentFrames)
	ladder.Video, ladder.Audio[0].BitRate = nil, bitRate
	all := encodedSession{inits: map[string][]byte{}, media: map[string][][]byte{}}
	for n := int64(0); n*grid.SegmentFrames < total; n++ {
		interval := grid.Interval(n*grid.SegmentFrames, min(grid.SegmentFrames, total-n*grid.SegmentFrames))
		from := max(0, interval.AudioFirst*rung.AudioFrame-around)
		to := min(int64(len(m[0])), interval.AudioEnd()*rung.AudioFrame+around)
		file := material{m[0][from:to], m[1][from:to]}.wav()
		task := rung.Task{Interval: interval, Ladder: ladder, Parts: []rung.Part{{Format: "wav", Audio: []rung.AudioSource{{
			Codec: "pcm_f32le", TimeBase: rung.R(1, rung.AudioRate), SampleRate: rung.AudioRate, Channels: 2, Sample: from,
			From: math.MinInt64 / 4, To: math.MaxInt64 / 4,
		}}}}}
		rio := &memoryIO{inputs: [][]byte{file}}
		reply, err := encode(rio, protocol.Request{Op: protocol.OpEncode, Task: &task, Inputs: []protocol.Input{{Size: int64(len(file))}}})
		if err != nil {
			t.Fatalf("segment %d: %v", n, err)
		}
		all.add(t, rio, reply)
	}
	bytes := 0
	for _, p := range packetsOf(t, "mov", all.joined("audio")) {
		bytes += p.size
	}
	return all.decodedJoined(t, "audio", grid.Rate), bytes
}

// worse is by how many dB the joined encode's SNR in the four coded frames around a frame is under that of the unbroken
// one. Where there is next to no sound, ok is false.
func (j soundJoins) worse(frame int64) (db float64, ok bool) {
	from, to := (frame-2)*rung.AudioFrame, (frame+2)*rung.AudioFrame
	joined, ok := j.snr(j.joined, from, to)
	unbroken, _ := j.snr(j.unbroken, from, to)
	return unbroken - joined, ok
}

// snr is the SNR of decoded samples [from, to) in dB. ok is false where the source's mean is under -60 dB of full scale.
func (j soundJoins) snr(d decodedStream, from, to int64) (db float64, ok bool) {
	signal, noise := 0.0, 0.0
	for i := from; i < min(to, int64(len(d.left)), int64(len(j.want[0]))); i++ {
		for c, got := range [][]float64{d.left, d.right} {
			want := 32768 * j.want[c][i]
			signal += want * want
			noise += (got[i] - want) * (got[i] - want)
		}
	}
	return 10 * math.Log10(signal/noise), signal/float64(2*(to-from)) > 33*33
}

// differences are worse's over all segments at so many coded frames behind the first of each, in order of size.
func (j soundJoins) differences(behind int64) []float64 {
	var all []float64
	frames := int64(len(j.joined.left)) / rung.AudioFrame
	for n := int64(1); j.grid.Segment(n).AudioFirst+behind+2 <= frames; n++ {
		if db, ok := j.worse(j.grid.Segment(n).AudioFirst + behind); ok {
			all = append(all, db)
		}
	}
	slices.Sort(all)
	return all
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

// bitRate is the coded sound's, in bits a second.
func (j soundJoins) bitRate(bytes int) int {
	return int(float64(bytes) * 8 * rung.AudioRate / float64(len(j.joined.left)))
}

// A join cannot be told: in the four coded frames around each the SNR is at most 1 dB under that of one continuous encode.
func TestSoundJoins(t *testing.T) {
	for name, m := range materials(t) {
		t.Run(name, func(t *testing.T) {
			j := encodeJoins(t, m, 24, 128_000)
			joins, middles := j.differences(0), j.differences(22)
			if len(joins) == 0 {
				t.Fatal("no join with sound")
			}
			worst := joins[len(joins)-1]
			t.Logf("%d joins: worse than unbroken by %.2f dB on average, %.2f at the most; %d middles: %.2f, %.2f; %d bit/s joined, %d unbroken",
				len(joins), mean(joins), worst, len(middles), mean(middles), middles[len(middles)-1], j.bitRate(j.joinedBytes), j.bitRate(j.unbrokenBytes))
			most := 1.0
			if name == "sine" {
				most = 0.1
			}
			if worst > most {
				t.Errorf("the SNR around a join is %.2f dB under the continuous encode's, want at most %g", worst, most)
			}
		})
	}
}

// materials are the sounds to encode: 12 s of each made here, and of what the streams in the folder RUNG_STREAMS hold.
func materials(t *testing.T) map[string]material {
	t.Helper()
	length := 12 * rung.AudioRate
	all := map[string]material{"sine": sineMaterial(length), "speech": speechMaterial(length), "music": musicMaterial(length)}
	folder := os.Getenv("RUNG_STREAMS")
	if folder == "" {
		return all
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.[tm][sp]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no streams in %s: %v", folder, err)
	}
	for _, file := range files {
		if m, ok := recorded(t, file); ok {
			all[strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))] = m
		}
	}
	return all
}

// recorded is the first stereo sound of a file at rung.AudioRate, if it is long enough to have joins.
func recorded(t *testing.T, path string) (material, bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	media := probed(t, "", data)
	i := slices.IndexFunc(media.Audio, func(a rung.AudioInfo) bool { return a.SampleRate == rung.AudioRate && a.Channels == 2 })
	if i < 0 {
		return material{}, false
	}
	d := decodedAudio(t, media.Format, media.Audio[i].Index, data)
	var m material
	for k := range d.left {
		m[0], m[1] = append(m[0], d.left[k]/32768), append(m[1], d.right[k]/32768)
	}
	return m, len(m[0]) > 2*rung.AudioRate
}

// decodedAudio decodes one audio stream.
func decodedAudio(t *testing.T, format string, index int, data []byte) (d decodedStream) {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpProbe, format, data))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	decoder, err := newDecoder(s.fc.Streams()[index], "")
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	hear := func(f *astiav.Frame) error {
		d.take(f)
		return nil
	}
	p := astiav.AllocPacket()
	defer p.Free()
	for s.next(p) == nil {
		if p.StreamIndex() == index {
			if err := decoder.put(p, hear); err != nil {
				t.Fatal(err)
			}
		}
		p.Unref()
	}
	return d
}
