package bench

import (
	"fmt"
	"path/filepath"
	"strings"

	"rung"
)

// PeerArgs are the arguments with which one FFmpeg process makes the same ladder from a file as a user would write them
// by hand: decode once, one scaler and one libx264 each, FFmpeg's default threads, FFmpeg's own HLS muxer. Only libx264
// ladders have a peer.
func PeerArgs(input, outDir string, l rung.Ladder) ([]string, error) {
	return peerArgs(l, []string{"-i", input}, []string{"-hls_playlist_type", "vod"}, outDir)
}

// peerSegment is the name of a peer's segment, by rendition and number.
const peerSegment = "v%d_%d.m4s"

// peerLiveArgs are those of a live channel: the input over and over at its own pace, a window of ten segments. Segments
// that have left the window stay, so that their times can be read.
func peerLiveArgs(input, outDir string, l rung.Ladder) ([]string, error) {
	return peerArgs(l, []string{"-re", "-stream_loop", "-1", "-i", input},
		[]string{"-hls_list_size", "10", "-hls_segment_filename", filepath.Join(outDir, "v%v_%d.m4s")}, outDir)
}

// peerArgs puts a command line together.
func peerArgs(l rung.Ladder, input, muxer []string, outDir string) ([]string, error) {
	args := append([]string{"-y", "-v", "error", "-nostdin"}, input...)
	args = append(args, "-filter_complex", peerFilter(l))
	for i := range l.Video {
		args = append(args, "-map", fmt.Sprintf("[v%d]", i))
	}
	if len(l.Audio) > 0 {
		args = append(args, "-map", "0:a:0", "-c:a", "aac", "-b:a", fmt.Sprint(l.Audio[0].BitRate), "-ac", fmt.Sprint(l.Audio[0].Channels), "-ar", fmt.Sprint(rung.AudioRate))
	}
	args = append(args, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-sc_threshold", "0")
	streams := make([]string, 0, len(l.Video)+1)
	for i, v := range l.Video {
		if v.Codec != "libx264" {
			return nil, rung.Errorf(rung.CodeUnsupported, "choose a profile of libx264 alone", "rendition %q: %s has no FFmpeg peer", v.ID, v.Codec)
		}
		stream := fmt.Sprintf(":v:%d", i)
		args = append(args, "-preset"+stream, v.Preset, "-crf"+stream, fmt.Sprint(v.CRF), "-maxrate"+stream, fmt.Sprint(v.MaxRate),
			"-bufsize"+stream, fmt.Sprint(v.BufSize), "-g"+stream, fmt.Sprint(v.GOP), "-keyint_min"+stream, fmt.Sprint(v.GOP), "-profile"+stream, v.Profile)
		streams = append(streams, fmt.Sprintf("v:%d,agroup:a", i))
	}
	if len(l.Audio) > 0 {
		streams = append(streams, "a:0,agroup:a")
	}
	seconds := float64(l.Grid.Micros(l.Grid.SegmentFrames)) / 1e6
	args = append(args, "-f", "hls", "-hls_time", fmt.Sprint(seconds), "-hls_segment_type", "fmp4", "-hls_flags", "independent_segments",
		"-var_stream_map", strings.Join(streams, " "), "-master_pl_name", "master.m3u8")
	return append(append(args, muxer...), filepath.Join(outDir, "v%v.m3u8")), nil
}

// peerFilter is the filter graph: deinterlace what is flagged, split, scale.
func peerFilter(l rung.Ladder) string {
	var b strings.Builder
	b.WriteString("[0:v:0]")
	if l.Deinterlace == "frame" {
		b.WriteString("bwdif=mode=send_frame:deint=interlaced,")
	} else if l.Deinterlace == "field" {
		b.WriteString("bwdif=mode=send_field:deint=interlaced,")
	}
	fmt.Fprintf(&b, "split=%d", len(l.Video))
	for i := range l.Video {
		fmt.Fprintf(&b, "[s%d]", i)
	}
	for i, v := range l.Video {
		fmt.Fprintf(&b, ";[s%d]scale=%d:%d,setsar=1[v%d]", i, v.Width, v.Height, i)
	}
	return b.String()
}
