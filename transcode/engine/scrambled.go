// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"io"
)

// scrambledBytes is how much of a transport stream is looked at for scrambling.
const scrambledBytes = 2 << 20

const (
	tsPacket = 188 // ISO/IEC 13818-1, 2.4.3.2
	tsSync   = 0x47
)

// scrambledPIDs finds the PIDs of a transport stream most of whose packets with a payload have their
// transport_scrambling_control set. libavformat does not say: it takes them for damaged ones.
func scrambledPIDs(rio requestIO, size int64) (map[int]bool, error) {
	buf := make([]byte, scrambledBytes)
	n := 0
	data := newReadAhead(rio, 0, size, nil)
	for n < len(buf) {
		k, err := data.readAt(buf[n:], int64(n))
		n += k
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return scrambledIn(buf[:n]), nil
}

// scrambledIn is scrambledPIDs of bytes. Packets are found by their sync bytes, so it does not matter what lies between
// them (204- and 192-byte packets, junk).
func scrambledIn(b []byte) map[int]bool {
	clear, scrambled := map[int]int{}, map[int]int{}
	for i := 0; i+tsPacket <= len(b); {
		if b[i] != tsSync {
			i++
			continue
		}
		pid := int(b[i+1]&0x1f)<<8 | int(b[i+2])
		if hasPayload := b[i+3]&0x10 != 0; hasPayload {
			if b[i+3]&0xc0 != 0 {
				scrambled[pid]++
			} else {
				clear[pid]++
			}
		}
		i += tsPacket
	}
	most := map[int]bool{}
	for pid, n := range scrambled {
		if n > clear[pid] {
			most[pid] = true
		}
	}
	return most
}
