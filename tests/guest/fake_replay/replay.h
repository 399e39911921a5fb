/* SPDX-License-Identifier: MIT */
/*
 * A fixed sequence of raw hypercalls, on real Xen (this guest test) and on the fake one
 * (tests/unit/xen/replay_test.c): each result must be the same (tests/test_replay.py).
 * The domain has 32 MiB and may have 64, and nothing else asks for memory meanwhile.
 */
#ifndef FAKE_REPLAY_H
#define FAKE_REPLAY_H

/* Prints "replay: <step> <result>" for each step. All it took is given back. */
void replay(void);

#endif
