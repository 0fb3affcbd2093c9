// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef RUNG_BLOCK_CACHE_H
#define RUNG_BLOCK_CACHE_H

#include <stddef.h>

// What the cache has mapped, and how much of it nobody uses now, in bytes.
struct block_cache_size {
	size_t mapped, idle;
};

void block_cache_settle(void);
struct block_cache_size block_cache_measure(void);

#endif
