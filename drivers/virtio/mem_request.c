/* SPDX-License-Identifier: MIT */
/*
 * Requests of virtio-mem (VIRTIO 1.2 §5.15.6), what the device may answer, and how lists of blocks
 * become requests.
 */
#include <lib/errno.h>
#include <mm/page.h>

#include "mem.h"

#define BLOCKS_MAX UINT16_MAX /* of one request */

enum { ANSWER_ACK, ANSWER_NACK, ANSWER_BUSY, ANSWER_ERROR, ANSWER_NONE = UINT16_MAX };

struct mem_message {
	struct {
		uint16_t type, padding[3];
		uint64_t addr;
		uint16_t nr_blocks, padding2[3];
	} request;
	struct {
		uint16_t type, padding[3], state;
	} answer;
};

static_assert(sizeof(((struct mem_message *)NULL)->request) == 24, "VIRTIO 1.2 §5.15.6");
static_assert(sizeof(((struct mem_message *)NULL)->answer) == 10, "VIRTIO 1.2 §5.15.6");

int mem_queue_open(struct mem_queue *queue)
{
	int err = virtio_queue_open(queue->dev, 0, &queue->vq);

	if (err)
		return err;
	queue->message = page_alloc(0, PAGE_FIXED);
	return queue->message ? 0 : -ENOMEM;
}

void mem_queue_close(struct mem_queue *queue)
{
	virtio_take_back(queue->dev, queue->message, 0);
	virtio_queue_close(queue->dev, &queue->vq);
	queue->message = NULL;
}

static int fail(struct mem_queue *queue, const char *why)
{
	virtio_fail(queue->dev, why);
	return -EIO;
}

static uint64_t message_addr(const struct mem_queue *queue, size_t offset)
{
	return pfn_to_paddr(virt_to_pfn(queue->message)).v + offset;
}

static int send(struct mem_queue *queue)
{
	const struct virtq_buffer buffer[] = {
		{message_addr(queue, offsetof(struct mem_message, request)),
		 sizeof(queue->message->request)},
		{message_addr(queue, offsetof(struct mem_message, answer)),
		 sizeof(queue->message->answer)},
	};
	int err = virtq_add(&queue->vq, buffer, 1, 1, 0);

	if (err) {
		virtio_fail(queue->dev, "queue too small for a request");
		return -ENODEV;
	}
	if (virtq_publish(&queue->vq))
		virtio_notify(queue->dev, 0);
	return 0;
}

/* Of a message of which the device wrote so many bytes; what is behind them is nothing (§2.7.8.2).
 */
static int answer(struct mem_queue *queue, uint32_t written)
{
	unsigned int type = READ_ONCE(queue->message->answer.type);

	switch (written >= sizeof(queue->message->answer.type) ? type : ANSWER_NONE) {
	case ANSWER_ACK:
		return 0;
	case ANSWER_NACK:
	case ANSWER_BUSY:
		return -EAGAIN;
	case ANSWER_ERROR:
		return fail(queue, "valid request rejected");
	default:
		return fail(queue, "invalid response to a request");
	}
}

int mem_request(struct mem_queue *queue, enum mem_request what, uint64_t addr, uint64_t bytes)
{
	struct mem_message *message = queue->message;
	uint32_t written = 0;
	int err;

	if (queue->dev->failed)
		return -ENODEV;
	*message = (struct mem_message){
		.request = {.type = (uint16_t)what,
			    .addr = addr,
			    .nr_blocks = (uint16_t)(bytes / queue->block_bytes)},
		.answer = {.type = ANSWER_NONE},
	};
	err = send(queue);
	if (!err)
		err = virtio_wait(queue->dev, &queue->vq, "no response to a request", &written);
	return err ? err : answer(queue, written);
}

/* Blocks that come and go together. */
static unsigned int unit_of(const struct mem_queue *queue)
{
	return (unsigned int)(MAX(queue->block_bytes, BLOCK_SIZE) >> BLOCK_SHIFT);
}

/* How many of these blocks are neighbours and go into one request. The lowest is the last, maybe.
 */
static unsigned int run_of(const struct mem_queue *queue, const pfn_t *extent, unsigned int nr,
			   pfn_t *lowest)
{
	unsigned int max = (unsigned int)(BLOCKS_MAX * queue->block_bytes >> BLOCK_SHIFT), n = 1;
	bool up = nr > 1 && extent[1].v > extent[0].v;

	while (n < MIN(nr, max) && extent[n].v == extent[0].v + (up ? n : 0UL - n) * BLOCK_FRAMES)
		n++;
	*lowest = up ? extent[0] : extent[n - 1];
	return n;
}

/*
 * One run from the first block on. A host that refuses it may do as much as half of it. *nr: how
 * many blocks that was; what is refused altogether is none, and no error.
 */
static int change_run(struct mem_queue *queue, enum mem_request what, const pfn_t *extent,
		      unsigned int *nr)
{
	pfn_t lowest;

	*nr = run_of(queue, extent, *nr, &lowest);
	while (*nr) {
		int err = mem_request(queue, what, pfn_to_paddr(lowest).v,
				      (uint64_t)*nr << BLOCK_SHIFT);

		if (err != -EAGAIN)
			return err;
		*nr = ALIGN_DOWN(*nr / 2, unit_of(queue));
		run_of(queue, extent, *nr, &lowest);
	}
	return 0;
}

int mem_change(struct mem_queue *queue, enum mem_request what, const pfn_t *extent, unsigned int nr,
	       struct mem_changed *changed)
{
	*changed = (struct mem_changed){0};
	while (changed->done < nr) {
		unsigned int some = nr - changed->done;
		int err = change_run(queue, what, extent + changed->done, &some);

		if (err == -EIO)
			changed->doubt = some;
		if (err || !some)
			return err;
		changed->done += some;
	}
	return 0;
}
