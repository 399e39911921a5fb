/* SPDX-License-Identifier: MIT */
/* Steps of growing, between balloon_begin_step() and balloon_grow_end(). Threads. */
#ifndef BALLOON_GROW_H
#define BALLOON_GROW_H

#include "registry.h"

/*
 * Grows by at most `frames`, whole granules, by the ceiling as it is now, in one step. Return: 0,
 * less than `frames` may have come; -EAGAIN: the host was short, or the pause after that is not
 * over; -ENOSPC: at the ceiling; -ENOMEM: no frames for metadata; -EIO.
 */
int balloon_grow_step(struct balloon_dev *dev, unsigned long frames, unsigned long *grown);

/* Grows where 2^order frames are short, by what policy makes of that. Errors likewise. */
int balloon_grow_shortage(struct balloon_dev *dev, unsigned int order, unsigned long *grown);

/* Ends the step or steps, and gives what the reserve holds beyond its usual size back. */
void balloon_grow_end(void);

/* Ends the pauses: something went back to the host, or it is another host. */
void balloon_reset_backoff(struct balloon_dev *dev);

/* Return: may it grow now? Not in a pause. */
bool balloon_may_grow(const struct balloon_dev *dev);

#endif
