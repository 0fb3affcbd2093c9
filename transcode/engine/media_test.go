// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"
	"testing"

	"github.com/asticode/go-astiav"

	"rung/transcode/protocol"
)

// testPacket is a packet's metadata.
type testPacket struct {
	stream   int
	pts, dts int64
	duration int64
	key      bool
	size     int
}

// packetsOf demultiplexes data.
func packetsOf(t testing.TB, format string, data []byte) []testPacket {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpIndex, format, data))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := astiav.AllocPacket()
	defer p.Free()
	var all []testPacket
	for {
		err := s.next(p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, testPacket{p.StreamIndex(), p.Pts(), p.Dts(), p.Duration(), p.Flags().Has(astiav.PacketFlagKey), p.Size()})
		p.Unref()
	}
}

// muxed puts a transport stream's first video and audio into another container, by libavformat's name for its muxer.
func muxed(t testing.TB, format string, options map[string]string, ts []byte) []byte {
	t.Helper()
	s, err := openSource(requestFor(protocol.OpIndex, "mpegts", ts))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	file := &memoryFile{}
	fc, err := astiav.AllocOutputFormatContext(nil, format, "")
	if err != nil {
		t.Fatal(err)
	}
	defer fc.Free()
	pb, err := astiav.AllocIOContext(1<<16, true, nil, file.seek, file.write)
	if err != nil {
		t.Fatal(err)
	}
	defer pb.Free()
	fc.SetPb(pb)
	var from []*astiav.Stream
	for _, st := range s.fc.Streams() {
		to := fc.NewStream(nil)
		if err := st.CodecParameters().Copy(to.CodecParameters()); err != nil {
			t.Fatal(err)
		}
		to.CodecParameters().SetCodecTag(0)
		to.SetTimeBase(st.TimeBase())
		to.SetAvgFrameRate(st.AvgFrameRate())
		from = append(from, st)
	}
	d := astiav.NewDictionary()
	defer d.Free()
	for k, v := range options {
		if err := d.Set(k, v, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := fc.WriteHeader(d); err != nil {
		t.Fatalf("%s header: %v", format, err)
	}
	p := astiav.AllocPacket()
	defer p.Free()
	for s.next(p) == nil {
		i := p.StreamIndex()
		p.RescaleTs(from[i].TimeBase(), fc.Streams()[i].TimeBase())
		if err := fc.WriteInterleavedFrame(p); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
	}
	if err := fc.WriteTrailer(); err != nil {
		t.Fatal(err)
	}
	pb.Flush()
	return file.data
}

// memoryFile is a file to write and seek in.
type memoryFile struct {
	data []byte
	pos  int
}

func (f *memoryFile) write(b []byte) (int, error) {
	if grow := f.pos + len(b) - len(f.data); grow > 0 {
		f.data = append(f.data, make([]byte, grow)...)
	}
	copy(f.data[f.pos:], b)
	f.pos += len(b)
	return len(b), nil
}

func (f *memoryFile) seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		f.pos = int(offset)
	case io.SeekCurrent:
		f.pos += int(offset)
	case io.SeekEnd:
		f.pos = len(f.data) + int(offset)
	case avseekSize:
		return int64(len(f.data)), nil
	}
	return int64(f.pos), nil
}

// encodedFile is a file with grey pictures in the given codec.
func encodedFile(t testing.TB, format, encoder string) []byte {
	t.Helper()
	codec := astiav.FindEncoderByName(encoder)
	cc := astiav.AllocCodecContext(codec)
	defer cc.Free()
	cc.SetWidth(64)
	cc.SetHeight(64)
	cc.SetPixelFormat(astiav.PixelFormatYuv420P)
	cc.SetTimeBase(astiav.NewRational(1, 25))
	if err := cc.Open(codec, nil); err != nil {
		t.Fatal(err)
	}
	file := &memoryFile{}
	fc, err := astiav.AllocOutputFormatContext(nil, format, "")
	if err != nil {
		t.Fatal(err)
	}
	defer fc.Free()
	pb, err := astiav.AllocIOContext(1<<16, true, nil, file.seek, file.write)
	if err != nil {
		t.Fatal(err)
	}
	defer pb.Free()
	fc.SetPb(pb)
	st := fc.NewStream(nil)
	st.SetTimeBase(cc.TimeBase())
	if err := errors.Join(st.CodecParameters().FromCodecContext(cc), fc.WriteHeader(nil)); err != nil {
		t.Fatal(err)
	}
	f, p := astiav.AllocFrame(), astiav.AllocPacket()
	defer f.Free()
	defer p.Free()
	for i := range int64(25) {
		if err := sendGrey(cc, f, i); err != nil {
			t.Fatal(err)
		}
		for cc.ReceivePacket(p) == nil {
			p.RescaleTs(cc.TimeBase(), st.TimeBase())
			if err := fc.WriteInterleavedFrame(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := fc.WriteTrailer(); err != nil {
		t.Fatal(err)
	}
	pb.Flush()
	return file.data
}
