// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"

	"github.com/asticode/go-astiav"

	"rung/transcode/protocol"
)

// index lists the pictures of one video stream and the bounds of audio streams by reading every packet of the source,
// without decoding.
func index(rio requestIO, req protocol.Request) (protocol.IndexReply, error) {
	s, err := openSource(rio, req)
	if err != nil {
		return protocol.IndexReply{}, err
	}
	defer s.Close()
	ix, err := newIndexer(s, req.VideoIndex, req.AudioIndexes)
	if err != nil {
		return protocol.IndexReply{}, err
	}
	packet := astiav.AllocPacket()
	defer packet.Free()
	for {
		err := s.next(packet)
		if errors.Is(err, io.EOF) {
			return ix.reply()
		}
		if err != nil {
			return protocol.IndexReply{}, err
		}
		ix.take(packet)
		packet.Unref()
	}
}
