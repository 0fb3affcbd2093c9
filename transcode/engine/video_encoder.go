// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/asticode/go-astiav"

	"rung"
)

// videoEncoder encodes one rendition of one interval.
type videoEncoder struct {
	rendition rung.VideoRendition
	frames    int64 // of the interval
	lookahead lookahead
	scaler    scaler // of pictures that come larger
	watch     *stepWatch
	cc        *astiav.CodecContext
	packet    *astiav.Packet
	units     []accessUnit
}

// encodeStage is the name that the encoding of a rendition is accounted under.
func encodeStage(r rung.VideoRendition) string { return "encode:" + r.ID }

// encodedVideo is a rendition's coded pictures in decoding order and what a decoder needs to know of them.
type encodedVideo struct {
	headers []byte // parameter sets as the encoder gives them: Annex B, or a sequence header OBU
	units   []accessUnit
	reorder int64 // pictures by which decoding order departs from output order at most; the same for every segment
}

// encodeVideo encodes an interval's pictures, which come through queue with time stamps that count from 0.
func encodeVideo(ctx context.Context, r rung.VideoRendition, task *rung.Task, part lookahead, queue <-chan *astiav.Frame, watch *stepWatch) (encodedVideo, error) {
	e := &videoEncoder{
		rendition: r,
		frames:    task.Interval.Frames,
		lookahead: part,
		scaler:    scaler{to: renditionGeometry(r, fullRange(task.Ladder.Source))},
		watch:     watch,
		packet:    astiav.AllocPacket(),
	}
	defer e.Close()
	if err := e.open(task.Ladder); err != nil {
		return encodedVideo{}, err
	}
	for {
		f, ok, err := receive(ctx, queue)
		if err != nil {
			return encodedVideo{}, err
		}
		if !ok {
			return e.finish(ctx)
		}
		err = e.put(ctx, f)
		if err != nil {
			return encodedVideo{}, err
		}
	}
}

func (e *videoEncoder) open(ladder rung.Ladder) error {
	options, err := encoderOptions(e.rendition, e.lookahead)
	if err != nil {
		return err
	}
	codec := astiav.FindEncoderByName(e.rendition.Codec)
	if codec == nil {
		return rung.Errorf(rung.CodeUnsupported, "use another build of rung-engine", "rendition %q: this engine has no %s", e.rendition.ID, e.rendition.Codec)
	}
	e.cc = astiav.AllocCodecContext(codec)
	e.cc.SetWidth(e.rendition.Width)
	e.cc.SetHeight(e.rendition.Height)
	e.cc.SetPixelFormat(encoderFormat(e.rendition))
	e.cc.SetSampleAspectRatio(astiav.NewRational(1, 1))
	e.cc.SetTimeBase(avRatio(ladder.Grid.Rate.Inverse()))
	e.cc.SetFramerate(avRatio(ladder.Grid.Rate))
	setColours(e.cc, ladder.Source)
	return openEncoder(e.cc, codec, "rendition "+strconv.Quote(e.rendition.ID), options)
}

// Close releases the encoder.
func (e *videoEncoder) Close() {
	if e.cc != nil {
		e.cc.Free()
	}
	e.scaler.Close()
	e.packet.Free()
}

// put encodes a picture, which it frees, when its turn comes; the first and each GOP's first become IDR pictures.
func (e *videoEncoder) put(ctx context.Context, f *astiav.Frame) error {
	defer func() { f.Free() }()
	if err := e.lookahead.before(ctx, f.Pts()); err != nil {
		return err
	}
	if geometryOf(f) != e.scaler.to {
		scaled, err := e.scale(f)
		if err != nil {
			return err
		}
		f.Free()
		f = scaled
	}
	if f.Pts()%e.rendition.GOP == 0 {
		f.SetPictureType(astiav.PictureTypeI)
	}
	if tenths := e.edgeQP(f.Pts()); tenths != 0 {
		if err := offsetQP(f, tenths); err != nil {
			return err
		}
	}
	return e.send(ctx, f)
}

// scale brings a picture to the rendition's size.
func (e *videoEncoder) scale(f *astiav.Frame) (*astiav.Frame, error) {
	e.watch.enter("scale")
	defer e.watch.enter(encodeStage(e.rendition))
	scaled, err := e.scaler.scale(f)
	if err != nil {
		return nil, err
	}
	plainFrame(scaled, f.Pts())
	return scaled, nil
}

// edgeQP is what to change a picture's QP by, in tenths, so that a segment's edges are like those of GOPs within one encode.
// x264 gives a key picture a QP lower than those before it by ip_ratio, but not the first it encodes, which has none before
// it; and a picture that later ones refer to a lower one, which includes the last before a key picture, but not the last it
// encodes, which it knows to be the last. docs/joins.md has what this gains.
func (e *videoEncoder) edgeQP(place int64) int {
	switch {
	case e.rendition.Codec != "libx264":
		return 0
	case place == 0:
		return firstQP
	case place == e.frames-1:
		return lastQP
	case place >= e.frames-nearEnd:
		return nearLastQP
	default:
		return 0
	}
}

const (
	firstQP    = -29 // 6 log2(1.4): ip_ratio
	lastQP     = -28
	nearLastQP = -8
	nearEnd    = 5 // pictures
)

// finish gives what was encoded.
func (e *videoEncoder) finish(ctx context.Context) (encodedVideo, error) {
	if err := e.send(ctx, nil); err != nil {
		return encodedVideo{}, err
	}
	v := encodedVideo{headers: e.cc.ExtraData(), units: e.units}
	var err error
	if v.reorder, err = e.reorder(v.headers); err != nil {
		return encodedVideo{}, fmt.Errorf("engine: rendition %q: %w", e.rendition.ID, err)
	}
	return v, v.check(e.rendition)
}

// reorder is the encoder's reordering depth by its settings, whatever the pictures were.
func (e *videoEncoder) reorder(headers []byte) (int64, error) {
	switch e.rendition.Codec {
	case "libsvtav1":
		return 0, nil // a temporal unit has one shown picture, so they come in output order
	case "libx265":
		return reorderHEVC(headers) // libavcodec does not say
	default:
		return int64(reorderDepth(e.cc)), nil
	}
}

// check holds the pictures against what the segment says of them: a decoding time for each, none of them too late, and
// IDR pictures where players expect them.
func (v encodedVideo) check(r rung.VideoRendition) error {
	for i, u := range v.units {
		if int64(i)-v.reorder > u.pts {
			return rung.Errorf(rung.CodeInternal, "", "rendition %q: picture %d is decoded as number %d, which is later than %d pictures of reordering allow", r.ID, u.pts, i, v.reorder)
		}
		if boundary := u.pts%r.GOP == 0; boundary != u.key {
			return rung.Errorf(rung.CodeInternal, "", "rendition %q: picture %d in GOPs of %d: IDR is %t", r.ID, u.pts, r.GOP, u.key)
		}
	}
	return nil
}

func (e *videoEncoder) send(ctx context.Context, f *astiav.Frame) error {
	if err := e.cc.SendFrame(f); err != nil {
		return fmt.Errorf("engine: encoding rendition %q: %w", e.rendition.ID, err)
	}
	for {
		err := e.cc.ReceivePacket(e.packet)
		if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
			return e.lookahead.after(ctx)
		}
		if err != nil {
			return fmt.Errorf("engine: encoding rendition %q: %w", e.rendition.ID, err)
		}
		e.units = append(e.units, accessUnit{
			data: e.packet.Data(),
			pts:  e.packet.Pts(),
			key:  e.packet.Flags().Has(astiav.PacketFlagKey),
		})
		e.packet.Unref()
	}
}
