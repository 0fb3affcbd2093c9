// SPDX-License-Identifier: GPL-3.0-or-later

// Go's runtime has a thread that looks after the others. It sleeps for 20 microseconds at a time and more only once nothing
// has happened for long; an engine calls into libav at every picture, so that it never comes to rest: 2,800 wake-ups a
// second, and with them 7% of the processor time of three small renditions (docs/performance.md). A large timer slack lets
// the kernel put such sleeps off. No deadline of an engine is near that: its requests come by pipe, which wakes it at once.

#include <sys/prctl.h>

enum { SLACK_NS = 10 * 1000 * 1000 };

// before_runtime runs before the Go runtime starts, as the slack is inherited by each thread from the one that starts it.
__attribute__((constructor)) static void before_runtime(void) {
	prctl(PR_SET_TIMERSLACK, (unsigned long)SLACK_NS, 0, 0, 0);
}
