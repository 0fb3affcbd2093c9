// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// probeBytes bounds how much coded video and audio a probe decodes to learn what the headers do not say.
const probeBytes = 24 << 20

// probe finds out what a source is. Rates, scanning and sample counts are taken from decoded pictures and sound where
// that can be had, because headers are often wrong about them.
func probe(rio requestIO, req protocol.Request) (protocol.ProbeReply, error) {
	s, err := openSource(rio, req)
	if err != nil {
		return protocol.ProbeReply{}, err
	}
	defer s.Close()
	observers := observe(s)
	defer func() {
		for _, o := range observers {
			o.Close()
		}
	}()
	if err := watch(s, observers); err != nil {
		return protocol.ProbeReply{}, err
	}
	encrypted, err := encryptedStreams(s, rio, req.Inputs[0].Size)
	if err != nil {
		return protocol.ProbeReply{}, err
	}
	media := describe(s, observers, encrypted)
	media.Size = max(req.Inputs[0].Size, 0)
	if len(media.Video) == 0 && len(media.Audio) == 0 {
		return protocol.ProbeReply{}, rung.Errorf(rung.CodeBadInput,
			"check that the source is complete and that it carries a programme", "the source (%s) has no video and no audio", s.format)
	}
	return protocol.ProbeReply{Media: media}, nil
}

// observe begins an observation of each video and audio stream.
func observe(s *source) map[int]*observer {
	observers := map[int]*observer{}
	for _, kind := range []astiav.MediaType{astiav.MediaTypeVideo, astiav.MediaTypeAudio} {
		for _, st := range s.streamsOf(kind) {
			observers[st.Index()] = newObserver(st)
		}
	}
	return observers
}

// watch reads packets until each stream has been seen enough, the source ends or probeBytes are used up. A source that
// breaks off is described by what came before.
func watch(s *source, observers map[int]*observer) error {
	packet := astiav.AllocPacket()
	defer packet.Free()
	for left := probeBytes; left > 0 && !allSatisfied(observers); {
		if err := s.next(packet); err != nil {
			if s.in.Err() != nil {
				return s.in.Err()
			}
			break
		}
		left -= packet.Size()
		if o := observers[packet.StreamIndex()]; o != nil {
			o.take(packet)
		}
		packet.Unref()
	}
	for _, o := range observers {
		o.take(nil)
	}
	return nil
}

func allSatisfied(observers map[int]*observer) bool {
	for _, o := range observers {
		if !o.satisfied() {
			return false
		}
	}
	return true
}

// encryptedStreams gives the indexes of the streams that cannot be decoded without a key.
func encryptedStreams(s *source, rio requestIO, size int64) (map[int]bool, error) {
	switch s.format {
	case "mov":
		return protectedTracks(rio, size)
	case "mpegts":
		pids, err := scrambledPIDs(rio, size)
		encrypted := map[int]bool{}
		for _, st := range s.fc.Streams() {
			encrypted[st.Index()] = pids[st.ID()]
		}
		return encrypted, err
	default:
		return nil, nil
	}
}

// describe puts together what the headers and the observers say.
func describe(s *source, observers map[int]*observer, encrypted map[int]bool) rung.MediaInfo {
	m := rung.MediaInfo{Format: s.format, BitRate: s.fc.BitRate(), Programs: programs(s)}
	if d := s.fc.Duration(); d != noPTS && d > 0 {
		m.Duration = d // AV_TIME_BASE is a microsecond
	}
	for _, st := range s.fc.Streams() {
		o := observers[st.Index()]
		if encrypted[st.Index()] {
			o.forget()
		}
		switch kind := st.CodecParameters().MediaType(); {
		case o == nil:
			m.Other = append(m.Other, dataInfo(s, st))
		case kind == astiav.MediaTypeVideo:
			m.Video = append(m.Video, videoInfo(s, st, o, encrypted[st.Index()]))
		case kind == astiav.MediaTypeAudio:
			m.Audio = append(m.Audio, audioInfo(s, st, o, encrypted[st.Index()]))
		}
	}
	return m
}

// programs lists a transport stream's services.
func programs(s *source) []rung.Program {
	if s.format != "mpegts" {
		return nil
	}
	var found []rung.Program
	for _, p := range s.fc.Programs() {
		program := rung.Program{
			Number:   p.ProgramNumber(),
			Name:     dvbText(tag(p.Metadata(), "service_name")),
			Provider: dvbText(tag(p.Metadata(), "service_provider")),
			PMTPID:   p.PmtPid(),
			PCRPID:   p.PcrPid(),
		}
		if p.NbStreams() > 0 {
			for _, st := range p.Streams() {
				program.Streams = append(program.Streams, st.ID())
			}
		}
		found = append(found, program)
	}
	return found
}

// tag is an entry of metadata, empty where there is none.
func tag(d *astiav.Dictionary, key string) string {
	if d == nil {
		return ""
	}
	if e := d.Get(key, nil, 0); e != nil {
		return e.Value()
	}
	return ""
}

// place gives the stream's PID and the number of the first program it is in; both 0 where there are no such things.
func place(s *source, st *astiav.Stream) (pid, program int) {
	if s.format != "mpegts" {
		return 0, 0
	}
	for _, p := range programs(s) {
		for _, id := range p.Streams {
			if id == st.ID() {
				return st.ID(), p.Number
			}
		}
	}
	return st.ID(), 0
}

func dataInfo(s *source, st *astiav.Stream) rung.DataInfo {
	pid, program := place(s, st)
	return rung.DataInfo{
		Index: st.Index(), PID: pid, Program: program,
		Codec: st.CodecParameters().CodecID().Name(), Language: language(st),
	}
}

func videoInfo(s *source, st *astiav.Stream, o *observer, encrypted bool) rung.VideoInfo {
	p := st.CodecParameters()
	pid, program := place(s, st)
	v := rung.VideoInfo{
		Index: st.Index(), PID: pid, Program: program,
		Codec: p.CodecID().Name(), Profile: profileName(p.CodecID(), p.Profile()),
		Width: p.Width(), Height: p.Height(), PixFmt: p.PixelFormat().Name(),
		SAR:       ratio(s.fc.GuessSampleAspectRatio(st, nil)),
		FrameRate: o.frameRate(), Interlaced: o.interlaced(), TopFirst: o.topFirst(), Pulldown: o.pulldown(),
		TimeBase: ratio(st.TimeBase()), StartTime: startTime(st), BitRate: o.bitRate(),
		Encrypted: encrypted,
	}
	v.Primaries, v.Transfer, v.Matrix, v.Range = colourNames(p)
	if o.width > 0 {
		v.Width, v.Height, v.PixFmt = o.width, o.height, o.pixFmt
	}
	if v.SAR.IsZero() {
		v.SAR = rung.R(1, 1)
	}
	return v
}

func audioInfo(s *source, st *astiav.Stream, o *observer, encrypted bool) rung.AudioInfo {
	p := st.CodecParameters()
	pid, program := place(s, st)
	a := rung.AudioInfo{
		Index: st.Index(), PID: pid, Program: program,
		Codec: p.CodecID().Name(), Language: language(st),
		SampleRate: p.SampleRate(), FrameSize: o.frameSize(),
		TimeBase: ratio(st.TimeBase()), StartTime: startTime(st), BitRate: o.bitRate(),
		Encrypted: encrypted,
	}
	layout := p.ChannelLayout()
	if o.sampleRate > 0 {
		a.SampleRate, layout = o.sampleRate, o.layout
	}
	a.Channels = layout.Channels()
	if layout.Valid() {
		a.Layout = layout.String()
	}
	return a
}

// startTime is the stream's first time stamp as it stands in the source, 0 where it is not known. libavformat counts those
// of a transport stream that is about to wrap from below 0.
func startTime(st *astiav.Stream) int64 {
	t, bits := st.StartTime(), st.PTSWrapBits()
	if t == noPTS {
		return 0
	}
	if t < 0 && bits > 0 && bits < 63 {
		t += 1 << bits
	}
	return t
}

// language is the stream's ISO 639-2 code, empty where it is undetermined.
func language(st *astiav.Stream) string {
	if code := tag(st.Metadata(), "language"); code != "und" {
		return code
	}
	return ""
}
