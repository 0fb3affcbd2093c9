// SPDX-License-Identifier: GPL-3.0-or-later

// The block cache keeps the large blocks of memory that libav and its encoders free at the end of a segment and gives them
// out again for the next one, which asks for the same sizes. Fresh memory costs its zeroing by the kernel, which for a
// ladder of five renditions is hundreds of megabytes a segment; the C library's heap, which could keep it too, breaks the
// blocks up and grows.
//
// It stands before the C library's functions for aligned memory: those are what libavutil, x264 and x265 take their
// pictures from. A program may replace these functions for itself and its libraries (glibc manual, 3.2.5 "Replacing
// malloc"); what is not a large block goes on to the C library.

#define _GNU_SOURCE
#include "block_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *__libc_memalign(size_t alignment, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

enum {
	SMALLEST = 128 << 10,      // smaller blocks are the C library's
	PAGE = 4096,
	HUGE_PAGE = 2 << 20,
	KEPT_REQUESTS = 4,         // a block that so many requests had no use for is given back
	BUCKETS = 1024,
};

struct block {
	struct block *next;        // in its bucket
	char *start;
	size_t size;
	unsigned used;             // the number of the request that used it last
	int busy;
};

static struct {
	pthread_mutex_t lock;
	struct block *buckets[BUCKETS]; // by address
	unsigned request;
	struct block_cache_size size;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct block **bucket_of(const void *p) {
	return &cache.buckets[((uintptr_t)p / PAGE) % BUCKETS];
}

static size_t rounded(size_t size) {
	return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

// map_block maps memory; large enough for huge pages, it begins at one and uses them.
static char *map_block(size_t size) {
	size_t spare = size >= HUGE_PAGE ? HUGE_PAGE : 0;
	char *p = mmap(NULL, size + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (!spare)
		return p;
	size_t before = -(uintptr_t)p & (HUGE_PAGE - 1);
	if (before)
		munmap(p, before);
	if (spare > before)
		munmap(p + before + size, spare - before);
	madvise(p + before, size & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
	return p + before;
}

// idle_block finds a block of exactly this size that nobody uses. The caller holds the lock.
static struct block *idle_block(size_t size) {
	for (int i = 0; i < BUCKETS; i++)
		for (struct block *b = cache.buckets[i]; b; b = b->next)
			if (!b->busy && b->size == size)
				return b;
	return NULL;
}

// new_block maps a block. The caller holds the lock.
static struct block *new_block(size_t size) {
	struct block *b = malloc(sizeof(*b));
	if (!b)
		return NULL;
	*b = (struct block){.start = map_block(size), .size = size};
	if (!b->start) {
		__libc_free(b);
		return NULL;
	}
	b->next = *bucket_of(b->start);
	*bucket_of(b->start) = b;
	cache.size.mapped += size;
	cache.size.idle += size;
	return b;
}

static void *take_block(size_t size) {
	size = rounded(size);
	pthread_mutex_lock(&cache.lock);
	struct block *b = idle_block(size);
	if (!b)
		b = new_block(size);
	if (b) {
		b->busy = 1;
		b->used = cache.request;
		cache.size.idle -= size;
	}
	pthread_mutex_unlock(&cache.lock);
	return b ? b->start : NULL;
}

// block_at finds the block that begins at p, NULL if it is none of the cache's. The caller holds the lock.
static struct block *block_at(const void *p) {
	for (struct block *b = *bucket_of(p); b; b = b->next)
		if (b->start == p)
			return b;
	return NULL;
}

// release_block takes back a block. It reports whether p is one; all of them begin with a page, few others do.
static int release_block(void *p) {
	if (!p || (uintptr_t)p & (PAGE - 1))
		return 0;
	pthread_mutex_lock(&cache.lock);
	struct block *b = block_at(p);
	if (b) {
		b->busy = 0;
		cache.size.idle += b->size;
	}
	pthread_mutex_unlock(&cache.lock);
	return b != NULL;
}

// block_cache_settle says that a request has ended: blocks that have not been used for several are given back.
void block_cache_settle(void) {
	pthread_mutex_lock(&cache.lock);
	for (int i = 0; i < BUCKETS; i++)
		for (struct block **at = &cache.buckets[i], *b; (b = *at);) {
			if (b->busy || cache.request - b->used < KEPT_REQUESTS) {
				at = &b->next;
				continue;
			}
			*at = b->next;
			munmap(b->start, b->size);
			cache.size.mapped -= b->size;
			cache.size.idle -= b->size;
			__libc_free(b);
		}
	cache.request++;
	pthread_mutex_unlock(&cache.lock);
}

struct block_cache_size block_cache_measure(void) {
	pthread_mutex_lock(&cache.lock);
	struct block_cache_size size = cache.size;
	pthread_mutex_unlock(&cache.lock);
	return size;
}

static void *aligned(size_t alignment, size_t size) {
	int suits = alignment <= PAGE || (alignment <= HUGE_PAGE && size >= HUGE_PAGE);
	if (size >= SMALLEST && suits)
		return take_block(size);
	return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
	void *p = aligned(alignment, size);
	if (!p)
		errno = ENOMEM;
	return p;
}

int posix_memalign(void **block, size_t alignment, size_t size) {
	if (alignment % sizeof(void *) || alignment & (alignment - 1) || !alignment)
		return EINVAL;
	void *p = aligned(alignment, size);
	if (!p)
		return ENOMEM;
	*block = p;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
	return memalign(alignment, size);
}

void free(void *p) {
	if (!release_block(p))
		__libc_free(p);
}

void *realloc(void *p, size_t size) {
	size_t had = 0;
	if (p && !((uintptr_t)p & (PAGE - 1))) {
		pthread_mutex_lock(&cache.lock);
		struct block *b = block_at(p);
		had = b ? b->size : 0;
		pthread_mutex_unlock(&cache.lock);
	}
	if (!had)
		return __libc_realloc(p, size);
	if (size && size <= had)
		return p;
	void *grown = size ? memalign(64, size) : NULL;
	if (grown)
		memcpy(grown, p, had);
	if (grown || !size)
		free(p);
	return grown;
}
