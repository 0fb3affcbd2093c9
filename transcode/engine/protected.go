// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxMovieBox bounds the movie box that is read to look for protected tracks: hours of video take a few megabytes.
const maxMovieBox = 64 << 20

// protectedTracks finds the tracks of an ISO base media file whose samples are encrypted (ISO/IEC 14496-12, 8.12: their
// sample entry is encv or enca), by their order in the file, which is libavformat's stream index. libavformat itself
// describes such a track as what it would be if it were clear.
func protectedTracks(rio requestIO, size int64) (map[int]bool, error) {
	movie, err := movieBox(newReadAhead(rio, 0, size, nil))
	if err != nil {
		return nil, err
	}
	protected := map[int]bool{}
	track := 0
	eachBox(movie, func(kind string, trak []byte) {
		if kind != "trak" {
			return
		}
		eachSampleEntry(trak, func(kind string) {
			if kind == "encv" || kind == "enca" {
				protected[track] = true
			}
		})
		track++
	})
	return protected, nil
}

// movieBox reads the content of the file's moov box; none if there is no usable one, which is for libavformat to judge.
func movieBox(data *readAhead) ([]byte, error) {
	for pos := int64(0); ; {
		header, err := readFull(data, pos, 16)
		if err != nil || len(header) < 8 {
			return nil, err
		}
		length, head := int64(binary.BigEndian.Uint32(header)), int64(8)
		if length == 1 && len(header) == 16 {
			length, head = int64(binary.BigEndian.Uint64(header[8:])), 16
		}
		if length < head || length > 1<<62-pos {
			return nil, nil // the last box, to the end of the file (0), or damage
		}
		if string(header[4:8]) == "moov" {
			if length > maxMovieBox {
				return nil, nil
			}
			return readFull(data, pos+head, int(length-head))
		}
		pos += length
	}
}

// readFull reads n bytes at pos, fewer at the end.
func readFull(data *readAhead, pos int64, n int) ([]byte, error) {
	b := make([]byte, 0, min(n, maxReadAhead))
	for len(b) < n {
		if cap(b) == len(b) {
			b = append(b, 0)[:len(b)]
		}
		k, err := data.readAt(b[len(b):min(cap(b), n)], pos+int64(len(b)))
		b = b[:len(b)+k]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// eachBox calls f with the type and content of each box in b.
func eachBox(b []byte, f func(kind string, content []byte)) {
	for len(b) >= 8 {
		length := int64(binary.BigEndian.Uint32(b))
		if length < 8 || length > int64(len(b)) {
			return
		}
		f(string(b[4:8]), b[8:length])
		b = b[length:]
	}
}

// eachSampleEntry calls f with the type of each sample entry in a track.
func eachSampleEntry(trak []byte, f func(kind string)) {
	eachBox(trak, func(kind string, content []byte) {
		switch kind {
		case "mdia", "minf", "stbl":
			eachSampleEntry(content, f)
		case "stsd":
			const versionAndCount = 8
			if len(content) > versionAndCount {
				eachBox(content[versionAndCount:], func(entry string, _ []byte) { f(entry) })
			}
		}
	})
}
