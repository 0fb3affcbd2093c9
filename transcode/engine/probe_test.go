// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"rung"
	"rung/transcode/protocol"
)

func TestProbeGenerated(t *testing.T) {
	tests := []struct {
		name       string
		pattern    protocol.Pattern
		sampleRate int
		channels   int
		frameSize  int
	}{
		{"h264 25", protocol.Pattern{Codec: "h264", Rate: rung.R(25, 1)}, 48000, 2, 1024},
		{"h264 23.976", protocol.Pattern{Codec: "h264", Rate: rung.R(24000, 1001)}, 48000, 2, 1024},
		{"h264 24", protocol.Pattern{Codec: "h264", Rate: rung.R(24, 1)}, 48000, 2, 1024},
		{"h264 59.94", protocol.Pattern{Codec: "h264", Rate: rung.R(60000, 1001), Audio: "ac3", Channels: 6}, 48000, 6, 1536},
		{"h264 intra refresh", protocol.Pattern{Codec: "h264", Rate: rung.R(50, 1), IntraRefresh: true, Channels: 1}, 48000, 1, 1024},
		{"h264 tff", protocol.Pattern{Codec: "h264", Rate: rung.R(25, 1), Interlaced: "tff", Audio: "mp2"}, 48000, 2, 1152},
		{"h264 bff", protocol.Pattern{Codec: "h264", Rate: rung.R(30000, 1001), Interlaced: "bff"}, 48000, 2, 1024},
		{"mpeg2 tff", protocol.Pattern{Codec: "mpeg2video", Rate: rung.R(25, 1), Interlaced: "tff", Audio: "mp2", SAR: rung.R(3, 4)}, 48000, 2, 1152},
		{"mpeg2 open gop", protocol.Pattern{Codec: "mpeg2video", Rate: rung.R(30000, 1001), OpenGOP: true, SampleRate: 32000}, 32000, 2, 1024},
		{"hevc", protocol.Pattern{Codec: "hevc", Rate: rung.R(25, 1), SampleRate: 44100}, 44100, 2, 1024},
		{"hevc open gop", protocol.Pattern{Codec: "hevc", Rate: rung.R(50, 1), OpenGOP: true, GOP: 25}, 48000, 2, 1024},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := probed(t, "", generated(t, tt.pattern))
			if m.Format != "mpegts" || len(m.Video) != 1 || len(m.Audio) != 1 || len(m.Programs) != 1 {
				t.Fatalf("probe gave %+v", m)
			}
			checkVideo(t, m.Video[0], tt.pattern)
			a := m.Audio[0]
			if a.SampleRate != tt.sampleRate || a.Channels != tt.channels || a.FrameSize != tt.frameSize || a.PID == 0 {
				t.Errorf("audio %+v, want %d Hz, %d channels, frames of %d", a, tt.sampleRate, tt.channels, tt.frameSize)
			}
			if p := m.Programs[0]; p.Name != "Rung" || p.PMTPID == 0 || !slices.Contains(p.Streams, m.Video[0].PID) || m.Video[0].Program != p.Number {
				t.Errorf("program %+v", p)
			}
		})
	}
}

func checkVideo(t *testing.T, v rung.VideoInfo, p protocol.Pattern) {
	t.Helper()
	sar := p.SAR
	if sar.IsZero() {
		sar = rung.R(1, 1)
	}
	if v.Codec != p.Codec || v.Width != 320 || v.Height != 180 || v.FrameRate != p.Rate || v.SAR != sar {
		t.Errorf("video %+v, want %s 320x180 at %s, SAR %s", v, p.Codec, p.Rate, sar)
	}
	if v.Interlaced != (p.Interlaced != "") || v.TopFirst != (p.Interlaced == "tff") {
		t.Errorf("interlaced %v, top first %v, want %q", v.Interlaced, v.TopFirst, p.Interlaced)
	}
	if v.StartTime != defaultPatternStart || v.TimeBase != tsClock || v.PixFmt != "yuv420p" || v.Matrix != "bt709" || v.Encrypted {
		t.Errorf("video %+v", v)
	}
}

// A stream whose time stamps are about to wrap is described by the stamps that stand in it.
func TestProbeBeforeWrap(t *testing.T) {
	const start = 1<<33 - 90000
	m := probed(t, "mpegts", generated(t, protocol.Pattern{Start: start}))
	if got := m.Video[0].StartTime; got != start {
		t.Errorf("start time %d, want %d", got, int64(start))
	}
	if m.Video[0].FrameRate != rung.R(25, 1) {
		t.Errorf("frame rate %s", m.Video[0].FrameRate)
	}
}

func TestProbeContainers(t *testing.T) {
	ts := generated(t, protocol.Pattern{Rate: rung.R(24000, 1001)})
	for muxer, format := range map[string]string{"mp4": "mov", "matroska": "matroska"} {
		m := probed(t, "", muxed(t, muxer, nil, ts))
		if m.Format != format || len(m.Video) != 1 || len(m.Audio) != 1 {
			t.Fatalf("%s: %+v", muxer, m)
		}
		if v := m.Video[0]; v.FrameRate != rung.R(24000, 1001) || v.PID != 0 || v.Width != 320 {
			t.Errorf("%s: video %+v", muxer, v)
		}
		if a := m.Audio[0]; a.FrameSize != 1024 || a.SampleRate != 48000 || a.Layout != "stereo" {
			t.Errorf("%s: audio %+v", muxer, a)
		}
	}
}

func TestProbeAudioOnly(t *testing.T) {
	m := probed(t, "", generated(t, protocol.Pattern{NoVideo: true, Audio: "ac3"}))
	if len(m.Video) != 0 || len(m.Audio) != 1 || m.Audio[0].Codec != "ac3" {
		t.Fatalf("probe gave %+v", m)
	}
}

// commonEncryption is an MP4 file whose tracks are encrypted.
func commonEncryption(t *testing.T) []byte {
	t.Helper()
	return muxed(t, "mp4", map[string]string{
		"encryption_scheme": "cenc-aes-ctr",
		"encryption_key":    "00112233445566778899aabbccddeeff",
		"encryption_kid":    "112233445566778899aabbccddeeff00",
	}, generated(t, protocol.Pattern{}))
}

func TestProbeCommonEncryption(t *testing.T) {
	m := probed(t, "", commonEncryption(t))
	if !m.Video[0].Encrypted || !m.Audio[0].Encrypted {
		t.Errorf("common encryption is not seen: %+v", m)
	}
}

func TestProbeScrambled(t *testing.T) {
	ts := generated(t, protocol.Pattern{})
	clear := probed(t, "mpegts", ts)
	video := clear.Video[0].PID
	for i := 0; i < len(ts); i += tsPacket {
		if pid := int(ts[i+1]&0x1f)<<8 | int(ts[i+2]); pid == video {
			ts[i+3] |= 0x80
		}
	}
	m := probed(t, "mpegts", ts)
	for _, v := range m.Video {
		if v.PID == video && !v.Encrypted {
			t.Errorf("video %+v is not said to be encrypted", v)
		}
	}
	if len(m.Video) != 1 || m.Audio[0].Encrypted {
		t.Errorf("probe gave %+v", m)
	}
}

// A stream that is cut anywhere is described by what is there.
func TestProbeCutStream(t *testing.T) {
	ts := generated(t, protocol.Pattern{Frames: 200, GOP: 50})
	m := probed(t, "mpegts", ts[len(ts)/3+77:len(ts)-99])
	if len(m.Video) != 1 || m.Video[0].Width != 320 || m.Video[0].FrameRate != rung.R(25, 1) {
		t.Fatalf("probe gave %+v", m)
	}
}

func TestProbeBadInput(t *testing.T) {
	garbage := make([]byte, 300_000)
	for i := range garbage {
		garbage[i] = byte(i*i>>3 ^ i>>7)
	}
	mp4 := muxed(t, "mp4", nil, generated(t, protocol.Pattern{}))
	tests := []struct {
		name, format string
		data         []byte
		code         rung.Code
	}{
		{"nothing", "", nil, rung.CodeBadInput},
		{"nothing, as mpegts", "mpegts", nil, rung.CodeBadInput},
		{"garbage", "", garbage, rung.CodeBadInput},
		{"garbage, as mpegts", "mpegts", garbage, rung.CodeBadInput},
		{"garbage, as mov", "mov", garbage, rung.CodeBadInput},
		{"mp4 without its index", "", mp4[:len(mp4)/2], rung.CodeBadInput},
		{"a playlist", "", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/passwd\n"), rung.CodeBadInput},
		{"a concat script", "", []byte("ffconcat version 1.0\nfile /etc/passwd\n"), rung.CodeBadInput},
		{"hls by name", "hls", garbage, rung.CodeUnsupported},
		{"concat by name", "concat", garbage, rung.CodeUnsupported},
		{"no such container", "nonesuch", garbage, rung.CodeUnsupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := probe(requestFor(protocol.OpProbe, tt.format, tt.data))
			wantCode(t, err, tt.code)
		})
	}
}

// What the parent could not read is what the request fails with.
func TestReadErrorsReachTheParent(t *testing.T) {
	ts := generated(t, protocol.Pattern{})
	mp4 := muxed(t, "mp4", nil, ts)
	away := rung.Errorf(rung.CodeUnavailable, "", "the store is away")
	for name, data := range map[string][]byte{"mpegts": ts, "mov": mp4} {
		for _, failAt := range []int64{0, int64(len(data) / 2)} {
			for _, op := range []protocol.Operation{protocol.OpProbe, protocol.OpIndex, protocol.OpRemux} {
				rio, req := requestFor(op, name, data)
				rio.readError, rio.failAt = away, failAt
				req.AudioIndexes = []int{1}
				if _, err := serve(rio, req); !errors.Is(err, away) {
					t.Errorf("%s of %s failing at %d: %v, want the parent's error", op, name, failAt, err)
				}
			}
		}
	}
}

func TestDVBText(t *testing.T) {
	for in, want := range map[string]string{"Arte": "Arte", "\x04P1.1": "P1.1", "\x15Télé": "Télé", "caf\xe9": "café", "\x86Das\x87 Erste": "Das Erste"} {
		if got := dvbText(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestScrambledResynchronises(t *testing.T) {
	packet := append([]byte{tsSync, 0x01, 0x23, 0xd0}, make([]byte, tsPacket-4)...)
	stream := append([]byte("junk"), bytes.Repeat(append(packet, make([]byte, 16)...), 3)...) // 204-byte packets
	if got := scrambledIn(stream); !got[0x123] || len(got) != 1 {
		t.Errorf("scrambled PIDs %v, want 0x123", got)
	}
}
