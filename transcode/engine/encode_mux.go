// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"fmt"

	"github.com/Eyevinn/mp4ff/mp4"

	"rung"
	"rung/transcode/protocol"
)

// mux writes the init and media segments of all renditions, in the ladder's order.
func (e *encodeRun) mux() ([]protocol.EncodedTrack, error) {
	var tracks []protocol.EncodedTrack
	for i, r := range e.task.Ladder.Video {
		t, err := e.muxVideo(r, e.video[i])
		if err != nil {
			return nil, err
		}
		tracks = append(tracks, t)
	}
	for i, r := range e.task.Ladder.Audio {
		t, err := e.muxAudio(r, e.audio[i])
		if err != nil {
			return nil, err
		}
		tracks = append(tracks, t)
	}
	return tracks, nil
}

func (e *encodeRun) muxVideo(r rung.VideoRendition, v encodedVideo) (protocol.EncodedTrack, error) {
	if n := int64(len(v.units)); n != e.task.Interval.Frames {
		return protocol.EncodedTrack{}, rung.Errorf(rung.CodeInternal, "", "rendition %q: %d coded pictures, not %d", r.ID, n, e.task.Interval.Frames)
	}
	codec := cmafCodecs[r.Codec]
	clock := videoTrackClock(e.task.Ladder.Grid.Rate)
	init, trak := newCMAFInit("video", "", codec.brand, clock)
	codecs, err := codec.describe(trak, v.headers, r.Width, r.Height)
	if err != nil {
		return protocol.EncodedTrack{}, fmt.Errorf("engine: rendition %q: %w", r.ID, err)
	}
	describePicture(trak, e.task.Ladder.Source)
	for i := range v.units {
		if v.units[i].data, err = codec.sample(v.units[i].data); err != nil {
			return protocol.EncodedTrack{}, fmt.Errorf("engine: rendition %q: %w", r.ID, err)
		}
	}
	first := e.task.Interval.First
	media, err := cmafSegment(e.task.ID.Number, first-v.reorder, first, v.units, clock)
	if err != nil {
		return protocol.EncodedTrack{}, fmt.Errorf("engine: rendition %q: %w", r.ID, err)
	}
	t := protocol.EncodedTrack{ID: r.ID, Type: "video", Frames: e.task.Interval.Frames, Codecs: codecs, Width: r.Width, Height: r.Height}
	return t, e.output(r.ID, init, media)
}

func (e *encodeRun) muxAudio(r rung.AudioRendition, a encodedAudio) (protocol.EncodedTrack, error) {
	init, trak := newCMAFInit("audio", r.Language, "cmfc", audioTrackClock)
	describeAAC(trak, a.config, r.Channels)
	media, err := cmafSegment(e.task.ID.Number, e.task.Interval.AudioFirst, 0, a.units, audioTrackClock)
	if err != nil {
		return protocol.EncodedTrack{}, fmt.Errorf("engine: audio rendition %q: %w", r.ID, err)
	}
	// mp4a.40.2: MPEG-4 audio, object type AAC-LC.
	t := protocol.EncodedTrack{ID: r.ID, Type: "audio", Frames: int64(len(a.units)), Codecs: "mp4a.40.2"}
	return t, e.output(r.ID, init, media)
}

// describePicture says in a sample entry that pixels are square, and what the colours are where that is known.
func describePicture(trak *mp4.TrakBox, p rung.Picture) {
	entry, ok := trak.Mdia.Minf.Stbl.Stsd.Children[0].(*mp4.VisualSampleEntryBox)
	if !ok {
		return
	}
	entry.CompressorName = ""
	entry.AddChild(&mp4.PaspBox{HSpacing: 1, VSpacing: 1})
	primaries, transfer, matrix := colourCodes(p)
	if p.Primaries == "" && p.Transfer == "" && p.Matrix == "" {
		return
	}
	entry.AddChild(&mp4.ColrBox{
		ColorType:               mp4.ColorTypeOnScreenColors,
		ColorPrimaries:          primaries,
		TransferCharacteristics: transfer,
		MatrixCoefficients:      matrix,
		FullRangeFlag:           fullRange(p),
	})
}

// describeAAC puts in a sample entry with the encoder's AudioSpecificConfig.
func describeAAC(trak *mp4.TrakBox, config []byte, channels int) {
	entry := mp4.CreateAudioSampleEntryBox("mp4a", uint16(channels), 16, rung.AudioRate, mp4.CreateEsdsBox(config))
	trak.Mdia.Minf.Stbl.Stsd.AddChild(entry)
}

// output sends a rendition's two objects to the parent.
func (e *encodeRun) output(id string, init *mp4.InitSegment, media []byte) error {
	var b bytes.Buffer
	if err := init.Encode(&b); err != nil {
		return fmt.Errorf("engine: rendition %q: %w", id, err)
	}
	if err := e.rio.Output(id+"/init", b.Bytes()); err != nil {
		return err
	}
	return e.rio.Output(id+"/media", media)
}
