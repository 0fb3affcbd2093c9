// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"
	"slices"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// carriedVideo and carriedAudio are the codecs that a transport stream has a stream type for.
var (
	carriedVideo = []astiav.CodecID{astiav.CodecIDH264, astiav.CodecIDHevc, astiav.CodecIDMpeg2Video, astiav.CodecIDMpeg1Video, astiav.CodecIDMpeg4}
	carriedAudio = []astiav.CodecID{astiav.CodecIDAac, astiav.CodecIDAacLatm, astiav.CodecIDMp1, astiav.CodecIDMp2, astiav.CodecIDMp3,
		astiav.CodecIDAc3, astiav.CodecIDEac3, astiav.CodecIDDts, astiav.CodecIDOpus, astiav.CodecIDTruehd}
)

// encryptedHint goes with a source that cannot be decoded without a key.
const encryptedHint = "take the source from before its encryption, or have it descrambled"

// carriedHint tells what to do with a codec that a transport stream cannot carry.
const carriedHint = "transcode the file as a job instead, or convert it to H.264, HEVC or MPEG-2 with AAC, MP2 or AC-3 first"

// remux turns a file's first video and all its audio into a transport stream, as they are. With Loop it begins again at
// the end, its time stamps carried on, until the parent takes no more. How fast it goes is up to the parent as well: it
// waits while nobody reads.
func remux(rio requestIO, req protocol.Request) (protocol.RemuxReply, error) {
	out, err := newTSMuxer(rio)
	if err != nil {
		return protocol.RemuxReply{}, err
	}
	defer out.Close()
	r := &remuxer{out: out}
	for {
		if err := r.pass(rio, req); err != nil {
			return protocol.RemuxReply{}, err
		}
		if !req.Loop {
			break
		}
	}
	if err := out.end(); err != nil {
		return protocol.RemuxReply{}, err
	}
	return protocol.RemuxReply{Bytes: out.bytes}, nil
}

// remuxer copies a source into a transport stream, once in each pass.
type remuxer struct {
	out    *tsMuxer
	tracks []*remuxTrack
	begun  bool
	played rung.Rational // seconds that the passes before this one took, exactly
}

// pass copies the whole source. The file is opened again for each, which puts every demuxer back to its beginning.
func (r *remuxer) pass(rio requestIO, req protocol.Request) error {
	s, err := openSource(rio, req)
	if err != nil {
		return err
	}
	defer s.Close()
	if !r.begun {
		encrypted, err := encryptedStreams(s, rio, req.Inputs[0].Size)
		if err != nil {
			return err
		}
		if err := r.begin(s, encrypted); err != nil {
			return err
		}
	}
	packet := astiav.AllocPacket()
	defer packet.Free()
	for {
		err := s.next(packet)
		if errors.Is(err, io.EOF) {
			return r.endPass()
		}
		if err != nil {
			return err
		}
		if err := r.copy(packet); err != nil {
			return err
		}
		packet.Unref()
	}
}

// begin chooses the streams and writes the header. Encrypted ones are refused: the transport stream would not show that
// they are, and nobody could decode them.
func (r *remuxer) begin(s *source, encrypted map[int]bool) error {
	video, err := videoToCarry(s)
	if err != nil {
		return err
	}
	audio, err := audioToCarry(s)
	if err != nil {
		return err
	}
	for _, st := range append(video, audio...) {
		if encrypted[st.Index()] {
			return rung.Errorf(rung.CodeEncrypted, encryptedHint, "stream %d of the source is encrypted", st.Index())
		}
		t, err := newRemuxTrack(s, st, r.out)
		if err != nil {
			return err
		}
		r.tracks = append(r.tracks, t)
	}
	if len(r.tracks) == 0 {
		return rung.Errorf(rung.CodeBadInput, "check that the file is complete", "the file has no video and no audio")
	}
	r.begun = true
	return r.out.begin()
}

// videoToCarry is the first video stream, if there is one.
func videoToCarry(s *source) ([]*astiav.Stream, error) {
	all := s.streamsOf(astiav.MediaTypeVideo)
	if len(all) == 0 {
		return nil, nil
	}
	if id := all[0].CodecParameters().CodecID(); !slices.Contains(carriedVideo, id) {
		return nil, rung.Errorf(rung.CodeUnsupported, carriedHint, "a transport stream cannot carry %s video", id.Name())
	}
	return all[:1], nil
}

// audioToCarry is every audio stream that can be carried; that some cannot is an error only if none can.
func audioToCarry(s *source) ([]*astiav.Stream, error) {
	all := s.streamsOf(astiav.MediaTypeAudio)
	var carried []*astiav.Stream
	for _, st := range all {
		if slices.Contains(carriedAudio, st.CodecParameters().CodecID()) {
			carried = append(carried, st)
		}
	}
	if len(all) > 0 && len(carried) == 0 {
		return nil, rung.Errorf(rung.CodeUnsupported, carriedHint, "a transport stream cannot carry %s audio", all[0].CodecParameters().CodecID().Name())
	}
	return carried, nil
}

// copy writes one packet of a chosen stream.
func (r *remuxer) copy(p *astiav.Packet) error {
	i := slices.IndexFunc(r.tracks, func(t *remuxTrack) bool { return t.index == p.StreamIndex() })
	if i < 0 {
		return nil
	}
	t := r.tracks[i]
	if p.Pts() == noPTS && p.Dts() == noPTS {
		return rung.Errorf(rung.CodeBadInput, untimedHint, "stream %d has pictures or sound without time stamps", t.index)
	}
	if !t.place(p, r.played) {
		return nil
	}
	p.SetStreamIndex(i)
	return r.out.add(p)
}

// endPass works out how long the pass took: the video's time, or without video the first audio's.
func (r *remuxer) endPass() error {
	took := r.tracks[0].took()
	if took.IsZero() {
		return rung.Errorf(rung.CodeBadInput, "the file may be cut short: try to play it", "stream %d has no pictures or sound", r.tracks[0].index)
	}
	r.played = addRatio(r.played, took)
	for _, t := range r.tracks {
		t.rewind()
	}
	return nil
}

// addRatio is a + b.
func addRatio(a, b rung.Rational) rung.Rational {
	if a.IsZero() {
		return b
	}
	return rung.R(a.Num*b.Den+b.Num*a.Den, a.Den*b.Den)
}
