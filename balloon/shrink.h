/* SPDX-License-Identifier: MIT */
/*
 * The step of releasing: it collects frames, over several work steps of the thread, and then has
 * the host take them. Meanwhile others run, and may have them back. One step at a time. Threads.
 */
#ifndef BALLOON_SHRINK_H
#define BALLOON_SHRINK_H

#include "registry.h"

/* Begins to collect at most `frames`, of the kind that the host may take. */
void balloon_shrink_begin(struct balloon_dev *dev, unsigned long frames);

/* Collects at most `frames` more, a granule at least. Return: true: there are more to collect. */
bool balloon_shrink_collect(struct balloon_dev *dev, unsigned long frames);

/*
 * Has the host take what was collected, between balloon_begin_step() and balloon_end_step(). *gone:
 * frames that it took. Return: 0; -ENOSPC: nothing was free; -EAGAIN: it took less; -EIO.
 */
int balloon_shrink_release(struct balloon_dev *dev, unsigned long *gone);

/* Limits the step to `frames`; what was collected beyond that is free again. */
void balloon_shrink_cut(unsigned long frames);

/* Frees what was collected, for others to use. Return: false: nothing was. */
bool balloon_shrink_cancel(void);

/* Return: frames that are collected, and still are the guest's. */
unsigned long balloon_collected(void);

/*
 * Return: its blocks, or granules, that are free as a whole, those that are collected among them;
 * of the others no more than a step has room for are counted.
 */
unsigned long balloon_whole(const struct balloon_dev *dev);

/* Offers the host whole blocks again, whatever it refused. */
void balloon_forget_refusals(struct balloon_dev *dev);

/* Return: is there a kind of frames left that the host did not refuse? */
bool balloon_may_shrink(const struct balloon_dev *dev);

#endif
