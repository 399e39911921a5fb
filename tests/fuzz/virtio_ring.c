/* SPDX-License-Identifier: MIT */
/*
 * A balloon device that writes into its rings whatever an input says, whenever it can: while a
 * driver waits, and between. Every call ends in time with an error that is promised; what the
 * driver keeps stays whole; a lie is said once, the device is reset and hears nothing more.
 */
#include <arch/cpu.h>
#include <balloon/balloon.h>
#include <string.h>

#include "drivers/virtio/balloon.h"
#include "drivers/virtio/transport.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/virtio/machine.h"

#define QUEUES	     5U
#define ROUNDS	     24U
#define CONFIG_BYTES 16U
#define MUST_TELL    1U
#define REPORTING    32U
#define PATIENCE     40U /* acts: a driver waits longer */

static struct {
	struct virtio_device dev;
	uint8_t status, config[CONFIG_BYTES];
	uint32_t features, accepted;
	unsigned int queue_max;
	struct machine_queue queue[QUEUES];
	const struct virtq *vq[QUEUES];
	unsigned int interrupts, acts; /* since the driver was last called */
	bool attached, lies;
} device;

/* ---- what an input has it do ---- */

static void put_used(struct machine_queue *queue, uint32_t id, uint32_t bytes)
{
	uint16_t *idx = machine_memory(queue->used + 2);
	uint32_t element[] = {id, bytes};

	memcpy(machine_memory(queue->used + 4 + 8ULL * (*idx % queue->size)), element,
	       sizeof(element));
	++*idx;
}

static void scribble(struct machine_queue *queue)
{
	uint64_t end = queue->used + 6 + 8ULL * queue->size;
	uint64_t at = queue->desc + machine_take16() % (end - queue->desc);

	*(uint8_t *)machine_memory(at) = machine_take8();
}

static void interrupt(void)
{
	linux_irqs_off = true;
	if (device.attached && device.dev.failed == false && device.interrupts)
		virtio_balloon_interrupt(&device.dev, virtio_interrupts(&device.dev));
	linux_irqs_off = false;
}

/* In one of its queues. */
static void misbehave(struct machine_queue *queue, unsigned int what)
{
	device.lies = true;
	switch (what) {
	case 0:
		put_used(queue, machine_take8(), machine_take8());
		return;
	case 1:
		put_used(queue, machine_take32(), machine_take32());
		return;
	case 2:
		*(uint16_t *)machine_memory(queue->used + 2) = machine_take16();
		return;
	default:
		scribble(queue);
	}
}

static void return_all(void)
{
	for (unsigned int i = 0; i < QUEUES; i++)
		if (device.queue[i].size)
			machine_queue_return(&device.queue[i], i == 2 ? 1 : VIRTQ_SIZE_MAX);
}

static void act_on(struct machine_queue *queue, unsigned int what)
{
	switch (what) {
	case 0:
		machine_queue_return(queue, 1);
		return;
	case 1:
		machine_queue_return(queue, VIRTQ_SIZE_MAX);
		return;
	case 2:
		*(uint16_t *)machine_memory(queue->used) ^= 1;
		return;
	default:
		misbehave(queue, what - 3);
	}
}

/* A byte says which queue, and what: the last of them are of no queue. */
static void act(void)
{
	uint8_t byte = machine_take8();
	struct machine_queue *queue = &device.queue[byte % QUEUES];

	switch (byte / QUEUES % 10) {
	case 7:
		device.interrupts = VIRTIO_INTERRUPT_QUEUE;
		interrupt();
		return;
	case 8:
		device.config[machine_take8() % CONFIG_BYTES] = machine_take8();
		device.interrupts = VIRTIO_INTERRUPT_CONFIG;
		interrupt();
		return;
	case 9:
		device.lies = true; /* by silence */
		return;
	default:
		if (queue->size)
			act_on(queue, byte / QUEUES % 10);
	}
}

/* At the end of an input it is as honest as it can be after all. */
static void run(void)
{
	static bool runs;

	if (runs || !(device.status & STATUS_DRIVER_OK))
		return;
	runs = true;
	device.acts++;
	if (machine_left())
		act();
	else
		return_all();
	runs = false;
}

/* ---- its registers: honest ---- */

static uint8_t get_status(struct virtio_device *dev)
{
	(void)dev;
	return device.status;
}

static void set_status(struct virtio_device *dev, uint8_t to)
{
	(void)dev;
	assert(!(device.status & STATUS_FAILED));
	if (!to) {
		memset(device.queue, 0, sizeof(device.queue));
		memset(device.vq, 0, sizeof(device.vq));
	}
	device.status = to;
}

static uint32_t get_features(struct virtio_device *dev, unsigned int word)
{
	(void)dev;
	return word ? 1 : device.features;
}

static void set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	(void)dev;
	assert(word ? bits == 1 : !(bits & ~device.features));
	device.accepted = word ? device.accepted : bits;
}

static unsigned int select_queue(struct virtio_device *dev, unsigned int index)
{
	(void)dev;
	return index < QUEUES ? device.queue_max : 0;
}

static bool set_queue(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
		      uint64_t base)
{
	(void)dev;
	assert(index < QUEUES);
	device.vq[index] = vq;
	device.queue[index] = (struct machine_queue){
		.desc = base,
		.avail = base + virtq_avail_offset(vq),
		.used = base + virtq_used_offset(vq),
		.size = vq->size,
	};
	assert(machine_queue_is_lent(&device.queue[index]));
	return true;
}

static void notify(struct virtio_device *dev, unsigned int index)
{
	(void)dev;
	assert(device.queue[index].size && !device.dev.failed);
	run();
}

static unsigned int interrupts(struct virtio_device *dev)
{
	unsigned int why = device.interrupts;

	(void)dev;
	device.interrupts = 0;
	return why;
}

static uint32_t generation(struct virtio_device *dev)
{
	(void)dev;
	return 0;
}

static uint32_t config(struct virtio_device *dev, unsigned int offset, unsigned int bytes)
{
	uint32_t value;

	(void)dev;
	assert(bytes == sizeof(value) && offset % bytes == 0 && offset < CONFIG_BYTES);
	memcpy(&value, &device.config[offset], sizeof(value));
	return value;
}

static void set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	(void)dev;
	assert(offset == 4 && !device.dev.failed);
	memcpy(&device.config[offset], &value, sizeof(value));
}

static const struct virtio_transport by = {
	.status = get_status,
	.set_status = set_status,
	.features = get_features,
	.set_features = set_features,
	.select_queue = select_queue,
	.set_queue = set_queue,
	.notify = notify,
	.interrupts = interrupts,
	.generation = generation,
	.config = config,
	.set_config = set_config,
};

/* ---- the driver ---- */

static void check(void)
{
	assert(machine_state.lines == (device.dev.failed ? 1 : 0));
	device.lies |= device.acts > PATIENCE;
	assert(!device.dev.failed || device.lies);
	assert(device.status == (device.dev.failed ? STATUS_FAILED : 15));
	for (unsigned int i = 0; i < QUEUES; i++)
		if (device.vq[i] && !device.dev.failed)
			machine_check_queue(device.vq[i]);
}

static unsigned int in_flight(unsigned int index)
{
	return device.vq[index] ? virtq_in_flight(device.vq[index]) : 0;
}

static void shrink(unsigned int nr, unsigned int order)
{
	int err = machine_shrink(nr, order);

	assert(err || (!in_flight(0) && !in_flight(1)));
	assert(!err == !device.dev.failed);
}

/* The device may lie about statistics in between, and the frames come all the same. */
static void grow(unsigned int nr, unsigned int order)
{
	int err = machine_grow(nr, order);

	assert(err || !(device.accepted & MUST_TELL) || !in_flight(1));
	assert(!err || device.dev.failed);
}

static void use(unsigned int what)
{
	unsigned long frames;

	device.acts = 0;
	switch (what % 6) {
	case 0:
		shrink(1 + what / 6 % 40, 0);
		break;
	case 1:
		shrink(1 + what / 6 % 40, BLOCK_ORDER);
		break;
	case 2:
		grow(1 + what / 6 % 40, 0);
		break;
	case 3:
		grow(1 + what / 6 % 40, BLOCK_ORDER);
		break;
	case 4:
		machine_report(1 + what / 6 % 40);
		break;
	default:
		assert(machine_state.backend->ceiling(machine_state.backend, &frames) ==
		       (device.dev.failed ? -EIO : 0));
	}
}

static void start(void)
{
	memset(&device, 0, sizeof(device));
	device.features = machine_take8() & 63;
	device.queue_max = 1U << machine_take8() % 9;
	device.config[0] = machine_take8();
	device.dev = (struct virtio_device){
		.by = &by, .type = VIRTIO_BALLOON, .name = "fuzzed", .config_bytes = CONFIG_BYTES};
	machine_at_look = run;
	assert(!virtio_balloon_attach(&device.dev));
	device.attached = true;
}

void fuzz_one(const uint8_t *data, size_t n)
{
	machine_start(data, n);
	start();
	check();
	for (unsigned int i = 0; i < ROUNDS && machine_left(); i++) {
		use(machine_take8());
		check();
	}
	while (machine_left())
		machine_take8();
	shrink(1, BLOCK_ORDER);
	grow(1, BLOCK_ORDER);
	assert(!machine_report(4) || device.dev.failed || !(device.accepted & REPORTING));
	check();
}
