// SPDX-License-Identifier: GPL-3.0-or-later

// The plane scaler is the hot part of making a ladder's pictures (docs/performance.md, "The scaler"). Each source line is
// scaled across once, to 16 bits with 6 of fraction, into a ring of as many lines as the filter down has taps; each line of
// the output is then made of those. All arithmetic is in integers, so that every processor gives the same bytes.
//
// Across, AVX2 makes 16 samples at a time. A byte shuffle collects two neighbours for each of four samples from 16 bytes of
// the source, ready for a multiplication that adds the two. Which bytes and which coefficients those are repeats after
// from/gcd(from, to) samples of the source, so the tables of a usual ratio are a few hundred bytes.

#include "plane_scaler.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_AVX2 1
#endif

enum {
	ACROSS_SHIFT = 8, // of 14 bits, which the coefficients have, leaves 6 of fraction
	DOWN_SHIFT = 5,   // of 20 bits the multiplication down leaves these
	DOWN_ROUND = 1 << (DOWN_SHIFT - 1),
	BLOCK = 16,       // samples that are made at a time, across
	REACH = 16,       // bytes that one shuffle can reach
	LINE = 32,        // samples that are made at a time, down
	EDGE = 64,        // samples by which a line's edges are repeated; no filter reaches further
	MOST_TAPS = 32,
};

// An across_block says how BLOCK samples are made: its tables hold, for each pair of taps, the even and then the odd
// quarters, so that packing their sums to 16 bits puts the samples in order.
struct across_block {
	int32_t at[4]; // of each quarter, where in the source line its first byte is
};

struct plane_scaler {
	struct scale_filter across, down;

	// Across, by AVX2.
	int vectors;
	int blocks;             // until they repeat
	int advance;            // source samples by then
	int near;               // all taps of a quarter lie within one shuffle's reach
	struct across_block *at;
	uint8_t *shuffles;      // 32 bytes for each half of a block, and for each pair of taps if near
	int16_t *pairs;         // 16 coefficients for each half of a block and pair of taps

	uint8_t *line[2];       // source lines with their edges repeated
	int16_t *ring;          // source lines that are scaled across
	int ring_lines;         // one more than the filter down needs: two are made at a time
	size_t ring_stride;     // in samples
};

static int clamp(int v, int lowest, int highest) {
	return v < lowest ? lowest : v > highest ? highest : v;
}

static void *aligned(size_t size) {
	void *p = NULL;
	return posix_memalign(&p, 64, size ? size : 64) ? NULL : p;
}

static void *copy(const void *from, size_t size) {
	void *p = malloc(size);
	if (p)
		memcpy(p, from, size);
	return p;
}

static int copy_filter(struct scale_filter *to, const struct scale_filter *from) {
	*to = *from;
	to->first = copy(from->first, (size_t)from->to * sizeof *from->first);
	to->coefs = copy(from->coefs, (size_t)from->to * (size_t)from->taps * sizeof *from->coefs);
	return to->first && to->coefs;
}

static void across_plain(const struct plane_scaler *s, const uint8_t *line, int16_t *out) {
	const struct scale_filter *f = &s->across;
	for (int x = 0; x < f->to; x++) {
		const uint8_t *src = line + f->first[x];
		const int16_t *coefs = f->coefs + (size_t)x * (size_t)f->taps;
		int32_t sum = 1 << (ACROSS_SHIFT - 1);
		for (int t = 0; t < f->taps; t++)
			sum += src[t] * coefs[t];
		out[x] = (int16_t)(sum >> ACROSS_SHIFT);
	}
}

static void down_plain(const int16_t *const *lines, const int16_t *coefs, int taps, uint8_t *dst, int width) {
	for (int x = 0; x < width; x++) {
		int sum = DOWN_ROUND;
		for (int t = 0; t < taps; t++)
			sum += (lines[t][x] * coefs[t] + (1 << 14)) >> 15;
		dst[x] = (uint8_t)clamp(sum >> DOWN_SHIFT, 0, 255);
	}
}

#ifdef HAVE_AVX2

#define AVX2 __attribute__((target("avx2")))
#define INLINE __attribute__((always_inline)) static inline

// two_quarters loads a reach of bytes from each of two places.
AVX2 INLINE __m256i two_quarters(const uint8_t *a, const uint8_t *b) {
	return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)a)), _mm_loadu_si128((const __m128i *)b), 1);
}

// half makes the sums of two quarters of a block, whose bytes begin at a and b, in each of two lines.
AVX2 INLINE void half(const uint8_t *const line[2], int32_t a, int32_t b, const __m256i *shuffles, const __m256i *pairs, int taps, int near, __m256i sum[2]) {
	__m256i bytes[2];
	for (int l = 0; l < 2; l++) {
		sum[l] = _mm256_set1_epi32(1 << (ACROSS_SHIFT - 1));
		bytes[l] = two_quarters(line[l] + a, line[l] + b);
	}
#pragma GCC unroll 8
	for (int p = 0; p < taps / 2; p++) {
		const __m256i shuffle = _mm256_load_si256(shuffles + (near ? p : 0)), pair = _mm256_load_si256(pairs + p);
		for (int l = 0; l < 2; l++) {
			if (!near && p)
				bytes[l] = two_quarters(line[l] + a + 2 * p, line[l] + b + 2 * p);
			sum[l] = _mm256_add_epi32(sum[l], _mm256_madd_epi16(_mm256_shuffle_epi8(bytes[l], shuffle), pair));
		}
	}
	for (int l = 0; l < 2; l++)
		sum[l] = _mm256_srai_epi32(sum[l], ACROSS_SHIFT);
}

// across_vectors scales two lines, which share what is loaded from the tables.
AVX2 INLINE void across_vectors(const struct plane_scaler *s, const uint8_t *const lines[2], int16_t *const out[2], int taps, int near) {
	const int shuffles = near ? taps / 2 : 1;
	const uint8_t *line[2] = {lines[0], lines[1]};
	for (int x = 0; x < s->across.to; line[0] += s->advance, line[1] += s->advance) {
		const __m256i *shuffle = (const __m256i *)s->shuffles;
		const __m256i *pair = (const __m256i *)s->pairs;
		for (int b = 0; b < s->blocks && x < s->across.to; b++, x += BLOCK) {
			const int32_t *at = s->at[b].at;
			__m256i even[2], odd[2];
			half(line, at[0], at[2], shuffle, pair, taps, near, even);
			half(line, at[1], at[3], shuffle + shuffles, pair + taps / 2, taps, near, odd);
			for (int l = 0; l < 2; l++)
				_mm256_store_si256((__m256i *)(out[l] + x), _mm256_packs_epi32(even[l], odd[l]));
			shuffle += 2 * shuffles;
			pair += taps;
		}
	}
}

AVX2 static void across_avx2(const struct plane_scaler *s, const uint8_t *const line[2], int16_t *const out[2]) {
	int taps = s->across.taps;
	if (!s->near)
		across_vectors(s, line, out, taps, 0);
	else if (taps == 4)
		across_vectors(s, line, out, 4, 1);
	else if (taps == 6)
		across_vectors(s, line, out, 6, 1);
	else if (taps == 8)
		across_vectors(s, line, out, 8, 1);
	else
		across_vectors(s, line, out, taps, 1);
}

AVX2 INLINE void down_vectors(const int16_t *const *lines, const int16_t *coefs, int taps, uint8_t *dst, int width) {
	__m256i coef[MOST_TAPS];
	for (int t = 0; t < taps; t++)
		coef[t] = _mm256_set1_epi16(coefs[t]);
	for (int x = 0; x < width; x += LINE) {
		__m256i a = _mm256_set1_epi16(DOWN_ROUND), b = a;
#pragma GCC unroll 8
		for (int t = 0; t < taps; t++) {
			const __m256i *line = (const __m256i *)(lines[t] + x);
			a = _mm256_add_epi16(a, _mm256_mulhrs_epi16(_mm256_load_si256(line), coef[t]));
			b = _mm256_add_epi16(b, _mm256_mulhrs_epi16(_mm256_load_si256(line + 1), coef[t]));
		}
		__m256i bytes = _mm256_packus_epi16(_mm256_srai_epi16(a, DOWN_SHIFT), _mm256_srai_epi16(b, DOWN_SHIFT));
		bytes = _mm256_permute4x64_epi64(bytes, 0xD8);
		if (x + LINE <= width) {
			_mm256_storeu_si256((__m256i *)(dst + x), bytes);
		} else {
			uint8_t rest[LINE];
			_mm256_storeu_si256((__m256i *)rest, bytes);
			memcpy(dst + x, rest, (size_t)(width - x));
		}
	}
}

AVX2 static void down_avx2(const int16_t *const *lines, const int16_t *coefs, int taps, uint8_t *dst, int width) {
	if (taps == 4)
		down_vectors(lines, coefs, 4, dst, width);
	else if (taps == 6)
		down_vectors(lines, coefs, 6, dst, width);
	else if (taps == 8)
		down_vectors(lines, coefs, 8, dst, width);
	else
		down_vectors(lines, coefs, taps, dst, width);
}

static int gcd(int a, int b) {
	while (b) {
		int rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

// first_of is the first neighbour of sample x, also behind the last, as far as whole blocks go.
static int first_of(const struct scale_filter *f, int x) {
	int period = f->to / gcd(f->from, f->to);
	return f->first[x % period] + x / period * (f->from / gcd(f->from, f->to));
}

// prepare_blocks makes the tables of across_vectors. It reports whether it could: not where the ratio is so large that a
// shuffle cannot reach two neighbours for each of four samples.
static int prepare_blocks(struct plane_scaler *s) {
	const struct scale_filter *f = &s->across;
	const int divisor = gcd(f->from, f->to), period = f->to / divisor;
	const int repeat = period / gcd(period, BLOCK); // blocks until samples and blocks begin together again
	const int all = (f->to + BLOCK - 1) / BLOCK;
	s->blocks = repeat < all ? repeat : all;
	s->advance = s->blocks * BLOCK / period * (f->from / divisor);

	s->near = 1;
	for (int q = 0; q < s->blocks * 4; q++) {
		int span = first_of(f, 4 * q + 3) - first_of(f, 4 * q);
		if (span + 2 > REACH)
			return 0;
		if (span + f->taps > REACH)
			s->near = 0;
	}

	const int pairs = f->taps / 2, shuffles = s->near ? pairs : 1;
	s->at = malloc((size_t)s->blocks * sizeof *s->at);
	s->shuffles = aligned((size_t)(s->blocks * 2 * shuffles) * 32);
	s->pairs = aligned((size_t)(s->blocks * 2 * pairs) * 16 * sizeof *s->pairs);
	if (!s->at || !s->shuffles || !s->pairs)
		return 0;
	for (int x = 0; x < s->blocks * BLOCK; x++) {
		const int b = x / BLOCK, quarter = x / 4 % 4, half = quarter % 2, lane = quarter / 2, place = lane * 4 + x % 4;
		const int start = first_of(f, x - x % 4), offset = first_of(f, x) - start;
		s->at[b].at[quarter] = start;
		for (int p = 0; p < pairs; p++) {
			int16_t *coefs = s->pairs + ((b * 2 + half) * pairs + p) * 16 + place * 2;
			memcpy(coefs, f->coefs + (size_t)(x % period) * (size_t)f->taps + 2 * p, 2 * sizeof *coefs);
			if (p >= shuffles)
				continue;
			uint8_t *shuffle = s->shuffles + ((b * 2 + half) * shuffles + p) * 32 + place * 4;
			const uint8_t from = (uint8_t)(offset + 2 * p);
			memcpy(shuffle, (uint8_t[]){from, 0x80, (uint8_t)(from + 1), 0x80}, 4); // 0x80 gives a zero
		}
	}
	return 1;
}

#endif

struct plane_scaler *plane_scaler_new(const struct scale_filter *across, const struct scale_filter *down, int vectors) {
	struct plane_scaler *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->ring_lines = down->taps + 1;
	s->ring_stride = (size_t)(across->to + LINE - 1) / LINE * LINE;
	s->ring = aligned((size_t)s->ring_lines * s->ring_stride * sizeof *s->ring);
	// What is read behind the last sample, by whole blocks, reaches as far as the source does for BLOCK samples more.
	for (int l = 0; l < 2; l++)
		s->line[l] = aligned((size_t)(EDGE + across->from + BLOCK * (across->from / across->to + 1) + EDGE));
	if (!copy_filter(&s->across, across) || !copy_filter(&s->down, down) || !s->ring || !s->line[0] || !s->line[1]) {
		plane_scaler_free(s);
		return NULL;
	}
	memset(s->ring, 0, (size_t)s->ring_lines * s->ring_stride * sizeof *s->ring);
#ifdef HAVE_AVX2
	s->vectors = vectors && __builtin_cpu_supports("avx2") && prepare_blocks(s);
#endif
	return s;
}

void plane_scaler_free(struct plane_scaler *s) {
	if (!s)
		return;
	free((void *)s->across.first);
	free((void *)s->across.coefs);
	free((void *)s->down.first);
	free((void *)s->down.coefs);
	free(s->at);
	free(s->shuffles);
	free(s->pairs);
	free(s->line[0]);
	free(s->line[1]);
	free(s->ring);
	free(s);
}

// scale_across scales a source line and the next into their places in the ring; the last one of all twice.
static void scale_across(struct plane_scaler *s, const uint8_t *src, ptrdiff_t stride, int y) {
	const uint8_t *line[2];
	int16_t *out[2];
	for (int l = 0; l < 2; l++) {
		const int at = clamp(y + l, 0, s->down.from - 1), width = s->across.from;
		const uint8_t *from = src + at * stride;
		out[l] = s->ring + (size_t)(at % s->ring_lines) * s->ring_stride;
		memset(s->line[l], from[0], EDGE);
		memcpy(s->line[l] + EDGE, from, (size_t)width);
		memset(s->line[l] + EDGE + width, from[width - 1], EDGE);
		line[l] = s->line[l] + EDGE;
	}
#ifdef HAVE_AVX2
	if (s->vectors) {
		across_avx2(s, line, out);
		return;
	}
#endif
	across_plain(s, line[0], out[0]);
	across_plain(s, line[1], out[1]);
}

void plane_scaler_run(struct plane_scaler *s, const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst, ptrdiff_t dst_stride) {
	const int last = s->down.from - 1, taps = s->down.taps;
	const int16_t *lines[MOST_TAPS];
	int next = 0; // the source line to scale across
	for (int y = 0; y < s->down.to; y++) {
		const int first = s->down.first[y];
		for (int until = clamp(first + taps - 1, 0, last); next <= until; next += 2)
			scale_across(s, src, src_stride, next);
		for (int t = 0; t < taps; t++)
			lines[t] = s->ring + (size_t)(clamp(first + t, 0, last) % s->ring_lines) * s->ring_stride;
		const int16_t *coefs = s->down.coefs + (size_t)y * (size_t)taps;
#ifdef HAVE_AVX2
		if (s->vectors) {
			down_avx2(lines, coefs, taps, dst + y * dst_stride, s->across.to);
			continue;
		}
#endif
		down_plain(lines, coefs, taps, dst + y * dst_stride, s->across.to);
	}
}
