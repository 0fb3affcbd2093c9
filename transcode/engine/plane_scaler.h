// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef RUNG_PLANE_SCALER_H
#define RUNG_PLANE_SCALER_H

#include <stddef.h>
#include <stdint.h>

// A scale_filter makes each of the samples of one line (or column) from `taps` neighbouring samples of the source's.
struct scale_filter {
	int from, to;         // the source's number of samples, and how many are made
	int taps;             // an even number
	const int32_t *first; // of each sample, its first neighbour: may lie before or behind the line, whose edges go on
	const int16_t *coefs; // of each sample, in parts of 1 << 14: their sum is 1 << 14
};

struct plane_scaler;

// plane_scaler_new gives NULL where there is no memory. It copies what it needs of the filters. Without `vectors` the
// plain C code is used also where the processor has AVX2; both give the same bytes.
struct plane_scaler *plane_scaler_new(const struct scale_filter *across, const struct scale_filter *down, int vectors);
void plane_scaler_free(struct plane_scaler *s);

// plane_scaler_run scales one plane of 8-bit samples; strides are in bytes.
void plane_scaler_run(struct plane_scaler *s, const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst, ptrdiff_t dst_stride);

#endif
