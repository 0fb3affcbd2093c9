// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// containers are libavformat's demuxers that a source may be read with. None of them opens anything but the bytes it is
// given: hls, concat and their like are never among them, whatever the bytes look like.
var containers = []string{
	"mpegts", "mov", "matroska", "mxf", "mpeg", "avi", "flv",
	"h264", "hevc", "m4v", "mpegvideo", "obu", "ivf",
	"aac", "ac3", "eac3", "mp3", "flac", "wav",
}

// containersHint tells a user what can be read.
const containersHint = "supported are MPEG-TS, MP4/MOV, Matroska/WebM, MXF, MPEG-PS, AVI, FLV and elementary streams"

// source is an input opened with a demuxer, its streams found out.
type source struct {
	in *input
	fc *astiav.FormatContext
	// format is the demuxer's name, the first of them where it has several.
	format string
}

// openSource opens the request's first input with the demuxer called format; if that is empty, with the one of containers
// that its first bytes fit.
func openSource(rio requestIO, req protocol.Request) (*source, error) {
	if len(req.Inputs) == 0 {
		return nil, rung.Errorf(rung.CodeInvalid, "", "operation %q has no input", req.Op)
	}
	demuxer, err := demuxerNamed(req.Format)
	if err != nil {
		return nil, err
	}
	in, err := newInput(rio, 0, req.Inputs[0].Size, nil)
	if err != nil {
		return nil, err
	}
	s := &source{in: in}
	if err := s.open(demuxer); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// demuxerNamed finds an allowed demuxer; none for an empty name.
func demuxerNamed(name string) (*astiav.InputFormat, error) {
	if name == "" {
		return nil, nil
	}
	if name == "mpegps" { // libavformat calls program streams just mpeg
		name = "mpeg"
	}
	f := astiav.FindInputFormat(name)
	if f == nil || !slices.Contains(containers, firstName(f.Name())) {
		return nil, rung.Errorf(rung.CodeUnsupported, containersHint, "container %q is not supported", name)
	}
	return f, nil
}

// firstName is the first of a demuxer's names: "mov" of "mov,mp4,m4a,3gp,3g2,mj2".
func firstName(names string) string {
	first, _, _ := strings.Cut(names, ",")
	return first
}

// open opens the demuxer and reads as much as it takes to know the streams.
func (s *source) open(demuxer *astiav.InputFormat) error {
	s.fc = astiav.AllocFormatContext()
	s.fc.SetPb(s.in.io)
	options := astiav.NewDictionary()
	defer options.Free()
	for key, value := range map[string]string{
		"format_whitelist": strings.Join(containers, ","),
		"probesize":        "20000000", // bytes
		"analyzeduration":  "5000000",  // microseconds
		"fflags":           "+genpts",  // AVI has decoding times only
	} {
		if err := options.Set(key, value, 0); err != nil {
			return err
		}
	}
	if err := s.fc.OpenInput("", demuxer, options); err != nil {
		// libavformat has freed the context.
		s.fc = nil
		return s.failure(err, "the source is not in a container that can be read")
	}
	s.format = firstName(s.fc.InputFormat().Name())
	if err := s.fc.FindStreamInfo(nil); err != nil {
		return s.failure(err, "the source's streams cannot be found out")
	}
	return nil
}

// Close releases the demuxer and the input.
func (s *source) Close() {
	if s.fc != nil {
		s.fc.CloseInput()
	}
	s.in.Close()
}

// failure is the error for one of libavformat: the parent's own where reading from it failed, else that the input is bad
// in the way that what says.
func (s *source) failure(err error, what string) error {
	if s.in.Err() != nil {
		return s.in.Err()
	}
	return rung.Errorf(rung.CodeBadInput, containersHint, "%s: %w", what, err)
}

// next reads the next packet; io.EOF after the last.
func (s *source) next(p *astiav.Packet) error {
	err := s.fc.ReadFrame(p)
	switch {
	case err == nil:
		return nil
	case s.in.Err() != nil:
		return s.in.Err()
	case errors.Is(err, astiav.ErrEof):
		return io.EOF
	default:
		return rung.Errorf(rung.CodeBadInput, "the file may be damaged or cut short: try to play it",
			"the source cannot be read on: %w", err)
	}
}

// streamsOf gives the streams of one kind, cover art left out.
func (s *source) streamsOf(kind astiav.MediaType) []*astiav.Stream {
	var found []*astiav.Stream
	for _, st := range s.fc.Streams() {
		if st.CodecParameters().MediaType() == kind && !isPicture(st) {
			found = append(found, st)
		}
	}
	return found
}

// isPicture reports whether the stream is a still picture attached to the file (cover art, thumbnails), not a video.
func isPicture(st *astiav.Stream) bool {
	flags := st.DispositionFlags()
	return flags.Has(astiav.DispositionFlagAttachedPic) || flags.Has(astiav.DispositionFlagTimedThumbnails)
}
