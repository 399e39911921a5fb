/* SPDX-License-Identifier: MIT */
/*
 * Frames by their numbers, le32, 256 to an element of one buffer (what every device takes; some
 * drop what is longer), many elements to a notification.
 */
#include <arch/cpu.h>
#include <lib/bits.h>
#include <lib/errno.h>
#include <lib/wait_limit.h>
#include <mm/page.h>

#include "balloon.h"

#define LIST_PFNS     256U
#define LIST_ELEMENTS 64U
#define LIST_ORDER    4U /* pages of all elements */

static_assert(LIST_PFNS * LIST_ELEMENTS * sizeof(uint32_t) == PAGE_SIZE << LIST_ORDER, "the lists");

int balloon_list_open(struct balloon_list *list, struct virtio_device *dev, unsigned int index)
{
	int err = virtio_queue_open(dev, index, &list->vq);

	if (err)
		return err;
	list->pfn = page_alloc(LIST_ORDER, PAGE_FIXED);
	if (!list->pfn)
		return -ENOMEM;
	list->dev = dev;
	list->index = index;
	return 0;
}

void balloon_list_close(struct balloon_list *list, struct virtio_device *dev)
{
	virtio_queue_close(dev, &list->vq);
	virtio_take_back(dev, list->pfn, LIST_ORDER);
	*list = (struct balloon_list){0};
}

/* The token: the element, and how many frames it names. */
static void take_back(struct balloon_list *list, uint64_t token)
{
	list->in_use &= ~(1ULL << token % LIST_ELEMENTS);
	list->acked += token / LIST_ELEMENTS;
}

/* Takes back what the device is done with. */
static int reap(struct balloon_list *list)
{
	struct virtq_done done;
	int err;

	while (!(err = virtq_take(&list->vq, &done)))
		take_back(list, done.token);
	if (err == -EAGAIN)
		return 0;
	virtio_fail_queue(list->dev, &list->vq);
	return -EIO;
}

int balloon_list_show(struct balloon_list *list)
{
	if (virtq_publish(&list->vq))
		virtio_notify(list->dev, list->index);
	return reap(list);
}

/* Waits until at least one element is free, or all are. */
static int wait_for(struct balloon_list *list, bool all)
{
	struct wait_limit limit = wait_limit(VIRTIO_ANSWER_NS, clock_ns());
	bool late = false;
	int err;

	err = balloon_list_show(list);
	for (; !err; err = reap(list)) {
		if (all ? !list->in_use : list->in_use != UINT64_MAX)
			return 0;
		if (late)
			virtio_fail(list->dev, "no response");
		/* Maybe by an interrupt that looked at another queue. */
		if (list->dev->failed)
			return -EIO;
		cpu_relax();
		late = wait_limit_passed(&limit, clock_ns());
	}
	return err;
}

/* One element, of at most LIST_PFNS frames. */
static int send_some(struct balloon_list *list, pfn_t first, unsigned int nr)
{
	unsigned int element;
	struct virtq_buffer buffer;
	uint32_t *pfn;
	int err = list->in_use == UINT64_MAX ? wait_for(list, false) : 0;

	if (err)
		return err;
	element = bits_lowest(~list->in_use);
	pfn = list->pfn + element * LIST_PFNS;
	for (unsigned int i = 0; i < nr; i++)
		pfn[i] = (uint32_t)(first.v + i);
	buffer.addr = pfn_to_paddr(virt_to_pfn(pfn)).v + (uintptr_t)pfn % PAGE_SIZE;
	buffer.bytes = nr * (uint32_t)sizeof(*pfn);
	err = virtq_add(&list->vq, &buffer, 1, 0, nr * LIST_ELEMENTS + element);
	if (err == -ENOSPC) {
		/* A queue of fewer entries than we have elements. */
		err = wait_for(list, true);
		if (!err)
			err = virtq_add(&list->vq, &buffer, 1, 0, nr * LIST_ELEMENTS + element);
	}
	if (err)
		return err;
	list->in_use |= 1ULL << element;
	list->sent += nr;
	return 0;
}

int balloon_list_send(struct balloon_list *list, pfn_t first, unsigned long frames)
{
	int err = 0;

	while (frames && !err) {
		unsigned int nr = (unsigned int)MIN(frames, (unsigned long)LIST_PFNS);

		err = list->dev->failed ? -EIO : send_some(list, first, nr);
		first = pfn_add(first, nr);
		frames -= nr;
	}
	return err;
}

int balloon_list_drain(struct balloon_list *list)
{
	return list->dev->failed ? -EIO : wait_for(list, true);
}
