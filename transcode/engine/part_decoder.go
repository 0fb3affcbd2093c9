// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"errors"

	"github.com/asticode/go-astiav"

	"rung"
)

// overrun is how far one stream of a part may run past the interval while another that has not got there is waited for,
// in seconds: streams of a file are interleaved more closely than this, so what has not come will not come.
const overrun = 10

// partDecoder reads one part of a task and decodes its pictures and sound.
type partDecoder struct {
	part   rung.Part
	in     *input
	fc     *astiav.FormatContext
	packet *astiav.Packet

	video   *videoStream // nil: the part has none
	audio   []*audioStream
	streams map[int]packetTaker // by libavformat's index; only those that are wanted
	known   int                 // streams that have been looked at
}

// packetTaker is one wanted stream.
type packetTaker interface {
	// open is called with the stream once it is found, before its first packet.
	open(st *astiav.Stream) error
	// take decodes one packet. It reports how many seconds past the interval the packet is; negative: not past it.
	take(ctx context.Context, p *astiav.Packet) (past int64, err error)
	// done reports whether nothing more is wanted.
	done() bool
	// flush decodes what is left inside, at the end.
	flush(ctx context.Context) error
	// source says how the stream is found: by its PID, where that is not 0, or its index.
	source() (pid, index int)
	Close()
}

// newPartDecoder opens the part's demuxer on the request's input of the same number.
func newPartDecoder(rio requestIO, number int, size int64, part rung.Part) (*partDecoder, error) {
	demuxer, err := demuxerNamed(part.Format)
	if err != nil {
		return nil, err
	}
	in, err := newInput(rio, number, size, part.Prefix)
	if err != nil {
		return nil, err
	}
	d := &partDecoder{part: part, in: in, packet: astiav.AllocPacket(), streams: map[int]packetTaker{}}
	if err := d.open(demuxer); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Close releases everything.
func (d *partDecoder) Close() {
	if d.video != nil {
		d.video.Close()
	}
	for _, a := range d.audio {
		a.Close()
	}
	if d.fc != nil {
		d.fc.CloseInput()
	}
	d.packet.Free()
	d.in.Close()
}

// open opens the demuxer. The streams are not looked into where the container or the task says what they are: that would
// read and decode the part's beginning twice.
func (d *partDecoder) open(demuxer *astiav.InputFormat) error {
	d.fc = astiav.AllocFormatContext()
	d.fc.SetPb(d.in.io)
	options := astiav.NewDictionary()
	defer options.Free()
	format := firstName(demuxer.Name())
	if format == "avi" {
		if err := options.Set("fflags", "+genpts", 0); err != nil { // it has decoding times only
			return err
		}
	}
	if err := d.fc.OpenInput("", demuxer, options); err != nil {
		d.fc = nil // libavformat has freed it
		return d.failure(err)
	}
	if format != "mpegts" && d.fc.CtxFlags().Has(astiav.FormatContextCtxFlagNoHeader) {
		if err := d.fc.FindStreamInfo(nil); err != nil {
			return d.failure(err)
		}
	}
	return d.seek(format)
}

// seek goes to where the part begins in a file that is opened whole.
func (d *partDecoder) seek(format string) error {
	o := d.part.Object
	if o == nil || o.SeekTS == nil || format == "mpegts" {
		return nil
	}
	if err := d.fc.SeekFrame(o.SeekStream, *o.SeekTS, astiav.NewSeekFlags(astiav.SeekFlagBackward)); err != nil {
		return d.failure(err)
	}
	return nil
}

// failure is the error for one of libavformat: the parent's own where reading from it failed.
func (d *partDecoder) failure(err error) error {
	if d.in.Err() != nil {
		return d.in.Err()
	}
	return rung.Errorf(rung.CodeBadInput, "the file may be damaged or cut short: try to play it",
		"the source cannot be read as %s: %w", d.part.Format, err)
}

// run reads and decodes until the interval is complete or the part ends. It reports whether the part's source goes on.
func (d *partDecoder) run(ctx context.Context) (onward bool, err error) {
	for {
		err := d.fc.ReadFrame(d.packet)
		if d.in.Err() != nil {
			return false, d.in.Err()
		}
		if err != nil {
			if !errors.Is(err, astiav.ErrEof) {
				d.countError()
			}
			return false, d.flush(ctx)
		}
		complete, err := d.take(ctx)
		d.packet.Unref()
		if err != nil {
			return false, err
		}
		if complete {
			return true, d.flush(ctx)
		}
	}
}

// take gives the packet to its stream. complete says that nothing more has to be read.
func (d *partDecoder) take(ctx context.Context) (complete bool, err error) {
	if err := d.meet(); err != nil {
		return false, err
	}
	stream := d.streams[d.packet.StreamIndex()]
	if stream == nil {
		return false, nil
	}
	past, err := stream.take(ctx, d.packet)
	if err != nil || past < 0 {
		return false, err
	}
	return past >= overrun || d.allDone(), nil
}

func (d *partDecoder) allDone() bool {
	for _, s := range d.wanted() {
		if !s.done() {
			return false
		}
	}
	return true
}

// wanted are the part's streams, found or not.
func (d *partDecoder) wanted() []packetTaker {
	all := make([]packetTaker, 0, 1+len(d.audio))
	if d.video != nil {
		all = append(all, d.video)
	}
	for _, a := range d.audio {
		all = append(all, a)
	}
	return all
}

// meet looks at streams that have turned up since: transport streams name theirs as they go.
func (d *partDecoder) meet() error {
	if d.known == d.fc.NbStreams() {
		return nil
	}
	for _, st := range d.fc.Streams()[d.known:] {
		taker := d.claim(st)
		if taker == nil {
			st.SetDiscard(astiav.DiscardAll)
			continue
		}
		if err := taker.open(st); err != nil {
			return err
		}
		d.streams[st.Index()] = taker
	}
	d.known = d.fc.NbStreams()
	return nil
}

// claim finds the wanted stream that st is.
func (d *partDecoder) claim(st *astiav.Stream) packetTaker {
	for _, w := range d.wanted() {
		pid, index := w.source()
		if pid != 0 && st.ID() == pid || pid == 0 && st.Index() == index {
			return w
		}
	}
	return nil
}

func (d *partDecoder) flush(ctx context.Context) error {
	for _, w := range d.wanted() {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// countError counts a failure of the demuxer with the first stream.
func (d *partDecoder) countError() {
	for _, w := range d.wanted() {
		switch s := w.(type) {
		case *videoStream:
			s.damage++
		case *audioStream:
			s.damage++
		}
		return
	}
}
