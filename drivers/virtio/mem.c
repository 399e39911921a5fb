/* SPDX-License-Identifier: MIT */
/*
 * virtio-mem as a backend (VIRTIO 1.2 §5.15): a region of guest-physical space, which it alone
 * populates, and of which the host requests so many bytes to be plugged. What is not plugged is not
 * touched.
 */
#include <arch/cpu.h>
#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/wait_limit.h>
#include <mm/grow.h>
#include <mm/mm.h>

#include "mem.h"

#define F_UNPLUGGED_INACCESSIBLE (1ULL << 1)

#define CONFIG_BLOCK_SIZE     0U
#define CONFIG_ADDR	      16U
#define CONFIG_REGION_SIZE    24U
#define CONFIG_USABLE_SIZE    32U
#define CONFIG_PLUGGED_SIZE   40U
#define CONFIG_REQUESTED_SIZE 48U

#define ADDRESS_LIMIT (1ULL << 52)

/* How long a host that is busy is asked to unplug what was plugged before us. */
#define UNPLUG_NS	(2ULL * 1000 * 1000 * 1000)
#define UNPLUG_PAUSE_NS (10ULL * 1000 * 1000) /* and how often */

/* A device. Its backend has a name of its own. */
struct mem {
	struct balloon_backend backend;
	struct virtio_device *dev; /* NULL: none */
	struct mem_queue queue;
	uint64_t addr;	       /* of the region */
	unsigned long plugged; /* frames, by our own count */
	bool warned;	       /* that the device counts otherwise */
};

/* As many as there are owners of a region. */
static struct mem mems[OWNERS_MAX - 1];

static struct mem *mem_of(const struct balloon_backend *backend)
{
	return container_of(backend, struct mem, backend);
}

static uint64_t config(const struct mem *mem, unsigned int offset)
{
	return virtio_config_read(mem->dev, offset, sizeof(uint64_t));
}

/* The requested size, at most that of the region. */
static unsigned long requested(const struct mem *mem)
{
	uint64_t frames = config(mem, CONFIG_REQUESTED_SIZE) >> PAGE_SHIFT; /* one look */

	return (unsigned long)MIN(frames, (uint64_t)mem->backend.region_frames);
}

/* A device that is left alone wants nothing any more: what it brought stays. */
static void mem_follow(struct mem *mem)
{
	unsigned long frames = requested(mem);

	balloon_backend_target_set(&mem->backend, mem->dev->failed ? mem->plugged : frames);
}

static int result(struct mem *mem, int err)
{
	if (!mem->dev->failed)
		return err;
	mem_follow(mem);
	return -EIO;
}

static int mem_ceiling(const struct balloon_backend *self, unsigned long *frames)
{
	struct mem *mem = mem_of(self);
	*frames = requested(mem);
	return result(mem, 0);
}

/* We plugged what is there, so our count is right, whatever the device says. */
static int mem_current(const struct balloon_backend *self, unsigned long *frames)
{
	struct mem *mem = mem_of(self);
	uint64_t told = config(mem, CONFIG_PLUGGED_SIZE);

	*frames = mem->plugged;
	if (mem->dev->failed || mem->warned || told == (uint64_t)mem->plugged << PAGE_SHIFT)
		return 0;
	mem->warned = true;
	printk("virtio: %s: invalid plugged size: %llu bytes, expected %lu frames\n",
	       mem->dev->name, (unsigned long long)told, mem->plugged);
	return 0;
}

/* Blocks that lie beyond what may be plugged now are not asked for: that would be an error. */
static unsigned int usable(const struct mem *mem, const pfn_t *extent, unsigned int nr)
{
	uint64_t bytes = config(mem, CONFIG_USABLE_SIZE); /* one look */
	uint64_t end = mem->addr + MIN(bytes, ADDRESS_LIMIT);
	unsigned int unit = (unsigned int)(mem->backend.unit / BLOCK_FRAMES);
	unsigned int n = 0;

	while (n < nr && pfn_to_paddr(extent[n]).v + BLOCK_SIZE <= end)
		n++;
	return n / unit * unit;
}

static int mem_grow(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		    unsigned int order, unsigned int *done)
{
	struct mem *mem = mem_of(self);
	struct mem_changed blocks;
	int err = mem_change(&mem->queue, MEM_PLUG, extent, usable(mem, extent, nr), &blocks);

	*done = blocks.done;
	mem->plugged += (unsigned long)*done << order;
	return result(mem, err);
}

/* What is in doubt nobody uses any more, and goes on counting as plugged: it is lost. */
static int mem_shrink(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		      unsigned int order, unsigned long *frames)
{
	struct mem *mem = mem_of(self);
	struct mem_changed blocks;
	int err = mem_change(&mem->queue, MEM_UNPLUG, extent, nr, &blocks);

	*frames = (unsigned long)(blocks.done + blocks.doubt) << order;
	mem->plugged -= (unsigned long)blocks.done << order;
	return result(mem, err);
}

static const struct balloon_backend operations = {
	.ceiling = mem_ceiling,
	.current = mem_current,
	.grow = mem_grow,
	.needs_scrub = false, /* the host discards what is unplugged */
	.shrink = mem_shrink,
};

/* Whole units of the region that the direct map has room for. NULL, or what is wrong. */
static const char *plan_range(struct mem *mem, uint64_t addr, uint64_t bytes, uint64_t block)
{
	uint64_t unit = MAX(block, BLOCK_SIZE), first = ALIGN_UP(addr, unit), end;
	struct mm_stats stats;

	mm_stats_get(&stats);
	end = ALIGN_DOWN(MIN(addr + bytes, (uint64_t)stats.max << PAGE_SHIFT), unit);
	if (first >= end)
		return "no usable block in its region";
	if (addr + bytes > (uint64_t)stats.max << PAGE_SHIFT)
		printk("virtio: %s: region above %llu MiB unused\n", mem->dev->name,
		       (unsigned long long)end >> 20);
	mem->backend.unit = (unsigned long)(unit >> PAGE_SHIFT);
	mem->backend.region_first = paddr_to_pfn(PADDR(first));
	mem->backend.region_frames = (unsigned long)((end - first) >> PAGE_SHIFT);
	return NULL;
}

/* Check every value of the device, read once. Return: NULL, or the reason. */
static const char *read_region(struct mem *mem)
{
	uint64_t addr = config(mem, CONFIG_ADDR), bytes = config(mem, CONFIG_REGION_SIZE);
	uint64_t block = config(mem, CONFIG_BLOCK_SIZE);

	if (block < PAGE_SIZE || (block & (block - 1)))
		return "invalid block size";
	if (block > GROW_BLOCKS_MAX * BLOCK_SIZE)
		return "block size above the largest step";
	if (addr >= ADDRESS_LIMIT || bytes >= ADDRESS_LIMIT || addr % block)
		return "invalid region";
	mem->addr = addr;
	mem->queue.block_bytes = block;
	return plan_range(mem, addr, bytes, block);
}

/* Nobody else runs yet, to whom one could yield. */
static void pause(void)
{
	uint64_t end = clock_ns() + UNPLUG_PAUSE_NS;

	while (clock_ns() < end)
		cpu_relax();
}

/* Unplug what an earlier kernel may have plugged. */
static int unplug_all(struct mem *mem)
{
	struct wait_limit limit = wait_limit(UNPLUG_NS, clock_ns());
	bool late = false;
	int err;

	if (!config(mem, CONFIG_PLUGGED_SIZE))
		return 0;
	while ((err = mem_request(&mem->queue, MEM_UNPLUG_ALL, 0, 0)) == -EAGAIN && !late) {
		pause();
		late = wait_limit_passed(&limit, clock_ns());
	}
	if (err == -EAGAIN)
		virtio_fail(mem->dev, "cannot unplug memory plugged before boot");
	return err;
}

static int mem_start(struct mem *mem)
{
	struct virtio_device *dev = mem->dev;
	uint64_t features;
	const char *wrong;
	int err = virtio_negotiate(dev, F_UNPLUGGED_INACCESSIBLE, &features);

	if (err)
		return err;
	wrong = read_region(mem);
	if (wrong) {
		virtio_fail(dev, wrong);
		return -EINVAL;
	}
	err = mem_queue_open(&mem->queue);
	if (err) {
		virtio_fail(dev, err == -ENOMEM ? "out of memory for its queue" : "missing queue");
		return err;
	}
	virtio_begin(dev);
	return unplug_all(mem);
}

/* The place of this device; of NULL one that is free. Return: NULL: there is none. */
static struct mem *find_mem(const struct virtio_device *dev)
{
	for (size_t i = 0; i < ARRAY_SIZE(mems); i++)
		if (mems[i].dev == dev)
			return &mems[i];
	return NULL;
}

static void mem_begin(struct mem *mem, struct virtio_device *dev)
{
	static const char *const name[] = {"virtio-mem", "virtio-mem 2", "virtio-mem 3"};

	static_assert(ARRAY_SIZE(name) == ARRAY_SIZE(mems), "each has a name");
	*mem = (struct mem){.backend = operations, .dev = dev, .queue = {.dev = dev}};
	mem->backend.name = name[mem - mems];
}

int virtio_mem_attach(struct virtio_device *dev)
{
	struct mem *mem = find_mem(NULL);
	int err;

	if (!mem) {
		printk("virtio: %s: disabled: more than %zu virtio-mem devices\n", dev->name,
		       ARRAY_SIZE(mems));
		return -EBUSY;
	}
	mem_begin(mem, dev);
	err = mem_start(mem);
	if (!err)
		err = balloon_register(&mem->backend);
	if (err) {
		virtio_fail(dev, "not registered as a balloon");
		mem_queue_close(&mem->queue);
		mem->dev = NULL;
		return err;
	}
	mem_follow(mem);
	return 0;
}

void virtio_mem_interrupt(struct virtio_device *dev, unsigned int why)
{
	if (why & VIRTIO_INTERRUPT_CONFIG)
		mem_follow(find_mem(dev));
}
