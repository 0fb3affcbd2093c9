// SPDX-License-Identifier: GPL-3.0-or-later

package engine

/*
#cgo pkg-config: libavutil
#include <libavutil/frame.h>
#include "plane_scaler.h"
*/
import "C"

import (
	"runtime"
	"unsafe"

	"github.com/asticode/go-astiav"
)

// planeScaler scales planes of 8-bit samples (plane_scaler.c).
type planeScaler struct {
	c *C.struct_plane_scaler
}

// newPlaneScaler makes a scaler by the filters across and down. Without vectors it does not use AVX2, which changes nothing
// but its speed.
func newPlaneScaler(across, down scaleFilter, vectors bool) (*planeScaler, error) {
	var pins runtime.Pinner
	defer pins.Unpin()
	a, d := across.c(&pins), down.c(&pins)
	c := C.plane_scaler_new(&a, &d, C.int(cBool(vectors)))
	if c == nil {
		return nil, errNoMemory
	}
	return &planeScaler{c: c}, nil
}

// c is the filter as the C code takes it, with what it points to pinned.
func (f scaleFilter) c(pins *runtime.Pinner) C.struct_scale_filter {
	first, coefs := unsafe.SliceData(f.first), unsafe.SliceData(f.coefs)
	pins.Pin(first)
	pins.Pin(coefs)
	return C.struct_scale_filter{
		from: C.int(f.from), to: C.int(f.to), taps: C.int(f.taps),
		first: (*C.int32_t)(first), coefs: (*C.int16_t)(coefs),
	}
}

// scale scales plane i of src into that of dst, which have the filters' sizes.
func (s *planeScaler) scale(src, dst *astiav.Frame, i int) {
	from, to := (*C.AVFrame)(src.UnsafePointer()), (*C.AVFrame)(dst.UnsafePointer())
	C.plane_scaler_run(s.c, (*C.uint8_t)(from.data[i]), C.ptrdiff_t(from.linesize[i]), (*C.uint8_t)(to.data[i]), C.ptrdiff_t(to.linesize[i]))
}

// Close releases the scaler.
func (s *planeScaler) Close() {
	C.plane_scaler_free(s.c)
	s.c = nil
}
