/* SPDX-License-Identifier: MIT */
/* Requests of virtio-mem (VIRTIO 1.2 §5.15.6) and what the device may answer. */
#include <arch/cpu.h>
#include <kernel/errno.h>
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

uint64_t mem_request_max(const struct mem_queue *queue)
{
	return ALIGN_DOWN(BLOCKS_MAX * queue->block_bytes, MAX(queue->block_bytes, BLOCK_SIZE));
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

	if (err)
		return fail(queue, "has too small a queue for a request");
	if (virtq_publish(&queue->vq))
		virtio_notify(queue->dev, 0);
	return 0;
}

static int wait(struct mem_queue *queue)
{
	uint64_t deadline = clock_ns() + VIRTIO_ANSWER_NS;
	struct virtq_done done;
	int err;

	while ((err = virtq_take(&queue->vq, &done)) == -EAGAIN) {
		if (clock_ns() > deadline)
			return fail(queue, "does not answer a request");
		cpu_relax();
	}
	if (err)
		virtio_fail_queue(queue->dev, &queue->vq);
	return err ? -EIO : 0;
}

static int answer(struct mem_queue *queue)
{
	switch (READ_ONCE(queue->message->answer.type)) {
	case ANSWER_ACK:
		return 0;
	case ANSWER_NACK:
	case ANSWER_BUSY:
		return -EAGAIN;
	case ANSWER_ERROR:
		return fail(queue, "calls a request wrong that is not");
	default:
		return fail(queue, "answers a request with nonsense");
	}
}

int mem_request(struct mem_queue *queue, enum mem_request what, uint64_t addr, uint64_t bytes)
{
	struct mem_message *message = queue->message;
	int err;

	if (queue->dev->failed)
		return -EIO;
	*message = (struct mem_message){
		.request = {.type = (uint16_t)what,
			    .addr = addr,
			    .nr_blocks = (uint16_t)(bytes / queue->block_bytes)},
		.answer = {.type = ANSWER_NONE},
	};
	err = send(queue);
	if (!err)
		err = wait(queue);
	return err ? err : answer(queue);
}
