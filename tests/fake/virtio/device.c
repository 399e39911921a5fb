/* SPDX-License-Identifier: MIT */
/* The registers of a device, the order in which a driver may use them, and the clock. */
#include <lib/bug.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "device.h"

#define DEVICES_MAX 4U

static struct fake_virtio fakes[DEVICES_MAX];
static unsigned int nr_fakes;
static uint64_t now;

void (*fake_virtio_at_look)(void);

void fake_virtio_log(struct fake_virtio *fake, const char *fmt, ...)
{
	size_t n = strlen(fake->log);
	va_list ap;

	if (n && n + 1 < sizeof(fake->log))
		fake->log[n++] = ' ';
	va_start(ap, fmt);
	vsnprintf(fake->log + n, sizeof(fake->log) - n, fmt, ap);
	va_end(ap);
}

static struct fake_virtio *fake_of(struct virtio_device *dev)
{
	return container_of(dev, struct fake_virtio, dev);
}

static uint8_t get_status(struct virtio_device *dev)
{
	return fake_of(dev)->status;
}

static void reset(struct fake_virtio *fake)
{
	fake_virtio_log(fake, "reset");
	if (!fake->resets_left)
		return;
	fake->resets_left--;
	fake->status = 0;
	fake->accepted = 0;
	fake->interrupts = 0;
	for (unsigned int i = 0; i < FAKE_QUEUES_MAX && !fake->keeps_queues; i++)
		fake_queue_reset(&fake->queue[i]);
	if (fake->model->reset)
		fake->model->reset(fake);
}

/* §6.2: one that translates addresses works with no driver that does not know of it. */
static bool agrees(const struct fake_virtio *fake)
{
	return !fake->refuses_features && !(fake->offered & ~fake->accepted & FAKE_F_PLATFORM);
}

/* VIRTIO 1.2 §2.1: bits are added, one after the other; only a reset takes them away. */
static void set_status(struct virtio_device *dev, uint8_t to)
{
	struct fake_virtio *fake = fake_of(dev);

	if (to == 0) {
		reset(fake);
		return;
	}
	fake_virtio_log(fake, "status=%x", to);
	assert((fake->status & ~to) == 0);
	if (to & STATUS_DRIVER_OK)
		assert(fake->by.legacy || (to & STATUS_FEATURES_OK));
	if ((to & STATUS_FEATURES_OK) && !agrees(fake))
		to &= (uint8_t)~STATUS_FEATURES_OK;
	fake->status = to;
}

static uint32_t get_features(struct virtio_device *dev, unsigned int word)
{
	assert(word < 2 && !(word && fake_of(dev)->by.legacy));
	return (uint32_t)(fake_of(dev)->offered >> 32 * word);
}

/* Nothing may be accepted that is not offered (§2.2), nor any more once that is settled. */
static void set_features(struct virtio_device *dev, unsigned int word, uint32_t bits)
{
	struct fake_virtio *fake = fake_of(dev);
	uint64_t mask = (uint64_t)UINT32_MAX << 32 * word;

	assert(word < 2 && (fake->status & STATUS_DRIVER) && !(fake->status & STATUS_FEATURES_OK));
	fake->accepted = (fake->accepted & ~mask) | (uint64_t)bits << 32 * word;
	assert((fake->accepted & ~fake->offered) == 0);
	fake_virtio_log(fake, "features%u=%x", word, bits);
}

static unsigned int select_queue(struct virtio_device *dev, unsigned int index)
{
	fake_of(dev)->selected = index;
	return index < FAKE_QUEUES_MAX ? fake_of(dev)->queue_max[index] : 0;
}

/* §4.1.5.1.3: before DRIVER_OK, a power of two, no more than the device knows; §2.7: aligned. */
bool fake_virtio_set_queue(struct fake_virtio *fake, unsigned int index, unsigned int size,
			   uint64_t desc, uint64_t avail, uint64_t used)
{
	struct fake_queue *queue = &fake->queue[index];

	assert(fake->selected == index && index < FAKE_QUEUES_MAX && !queue->enabled);
	assert((fake->status & STATUS_DRIVER) && !(fake->status & STATUS_DRIVER_OK));
	assert(fake->by.legacy || (fake->status & STATUS_FEATURES_OK));
	if (fake->refuses_queues)
		return false;
	assert(size && size <= fake->queue_max[index] && !(size & (size - 1)));
	assert(!fake->by.fixed_size || size == fake->queue_max[index]);
	assert(desc % 16 == 0 && avail % 2 == 0 && used % 4 == 0);
	*queue = (struct fake_queue){
		.enabled = true, .size = size, .desc = desc, .avail = avail, .used = used};
	fake_queue_check_new(queue);
	fake_virtio_log(fake, "queue%u", index);
	return true;
}

bool fake_virtio_has_queue(const struct fake_virtio *fake, unsigned int index)
{
	return index < FAKE_QUEUES_MAX && fake->queue[index].enabled;
}

static bool set_queue(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
		      uint64_t base)
{
	return fake_virtio_set_queue(fake_of(dev), index, vq->size, base,
				     base + virtq_avail_offset(vq), base + virtq_used_offset(vq));
}

static void notify(struct virtio_device *dev, unsigned int index)
{
	struct fake_virtio *fake = fake_of(dev);

	assert(index < FAKE_QUEUES_MAX && fake->queue[index].enabled);
	assert((fake->status & STATUS_DRIVER_OK) && !fake_queue_is_quiet(&fake->queue[index]));
	if (!fake->pace)
		fake_virtio_run(fake);
}

static unsigned int get_interrupts(struct virtio_device *dev)
{
	unsigned int why = fake_of(dev)->interrupts;

	fake_of(dev)->interrupts = 0;
	return why;
}

static uint32_t get_generation(struct virtio_device *dev)
{
	struct fake_virtio *fake = fake_of(dev);

	if (fake->moves_generation)
		fake->generation++;
	return fake->by.legacy ? 0 : fake->generation;
}

/* §4.1.3.1, §4.2.2.2: a field of 64 bits by two accesses, each other by one of its width. */
static void check_access(const struct fake_virtio *fake, unsigned int offset, unsigned int bytes)
{
	assert(offset + bytes <= fake->model->config_bytes && offset % bytes == 0);
	assert(bytes == MIN(fake->model->field_bytes(offset), 4U));
}

static uint32_t get_config(struct virtio_device *dev, unsigned int offset, unsigned int bytes)
{
	struct fake_virtio *fake = fake_of(dev);
	uint32_t value = 0;

	check_access(fake, offset, bytes);
	if (fake->tears_config)
		fake->config[offset]++;
	memcpy(&value, fake->config + offset, bytes);
	return value;
}

static void set_config(struct virtio_device *dev, unsigned int offset, uint32_t value)
{
	struct fake_virtio *fake = fake_of(dev);

	check_access(fake, offset, sizeof(value));
	memcpy(fake->config + offset, &value, sizeof(value));
	fake_virtio_log(fake, "config%u=%u", offset, value);
	if (fake->model->config_written)
		fake->model->config_written(fake, offset);
}

static const struct virtio_transport operations = {
	.status = get_status,
	.set_status = set_status,
	.features = get_features,
	.set_features = set_features,
	.select_queue = select_queue,
	.set_queue = set_queue,
	.notify = notify,
	.interrupts = get_interrupts,
	.generation = get_generation,
	.config = get_config,
	.set_config = set_config,
};

struct fake_virtio *fake_virtio_add(const struct fake_virtio_model *model, uint64_t offered)
{
	struct fake_virtio *fake = &fakes[nr_fakes++];

	assert(nr_fakes <= DEVICES_MAX && model->config_bytes <= FAKE_CONFIG_MAX);
	*fake = (struct fake_virtio){
		.by = operations, .offered = offered, .model = model, .resets_left = UINT_MAX};
	fake->dev = (struct virtio_device){
		.by = &fake->by, .type = model->type, .config_bytes = model->config_bytes};
	snprintf(fake->dev.name, sizeof(fake->dev.name), "fake device %u", nr_fakes - 1);
	for (unsigned int i = 0; i < FAKE_QUEUES_MAX; i++)
		fake->queue_max[i] = FAKE_QUEUE_SIZE;
	return fake;
}

void fake_virtio_forget(void)
{
	fake_virtio_at_look = NULL;
	nr_fakes = 0;
	now = 0;
}

void fake_virtio_lie(struct fake_virtio *fake, enum fake_lie lie, unsigned int queue,
		     unsigned int after)
{
	fake->lie = lie;
	fake->lie_queue = queue;
	fake->lie_after = after;
	fake->has_lied = false;
}

void fake_virtio_set_config(struct fake_virtio *fake, unsigned int offset, uint32_t value)
{
	assert(offset + sizeof(value) <= fake->model->config_bytes);
	memcpy(fake->config + offset, &value, sizeof(value));
	fake->generation++;
	fake->interrupts |= VIRTIO_INTERRUPT_CONFIG;
}

static void pass(uint64_t ns)
{
	now += ns;
	for (unsigned int i = 0; i < nr_fakes; i++)
		if (fakes[i].pace && ++fakes[i].looks % fakes[i].pace == 0)
			fake_virtio_run(&fakes[i]);
}

void fake_virtio_wait(uint64_t ns)
{
	pass(ns);
}

/* In place of the host's (ld --wrap). */
uint64_t __wrap_clock_ns(void);

uint64_t __wrap_clock_ns(void)
{
	pass(FAKE_LOOK_NS);
	if (fake_virtio_at_look)
		fake_virtio_at_look();
	return now;
}
