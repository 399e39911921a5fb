/* SPDX-License-Identifier: MIT */
/* GICv3: the processor's interface is system registers, its private interrupts a redistributor's
 * (Arm IHI 0069).
 */
#include <asm/arm.h>
#include <asm/mmio.h>
#include <asm/sysreg.h>

#include "gic.h"

#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IAR1_EL1	S3_0_C12_C12_0
#define ICC_EOIR1_EL1	S3_0_C12_C12_1
#define ICC_BPR1_EL1	S3_0_C12_C12_3
#define ICC_CTLR_EL1	S3_0_C12_C12_4
#define ICC_SRE_EL1	S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7

#define CONTROL_GROUP1	  (1U << 1)
#define CONTROL_AFFINITY  (1U << 4)
#define CONTROL_PENDING	  (1U << 31)
#define CONTROL_OWN	  0	       /* of the redistributor */
#define OWN_PENDING	  (1U << 3)    /* there */
#define ROUTES		  (0x6000 / 8) /* of the distributor: 64 bits an interrupt */
#define FRAME_BYTES	  0x10000U
#define FRAME_WORDS	  (FRAME_BYTES / 4)
#define FRAME_PAGES	  (FRAME_BYTES / (unsigned int)PAGE_SIZE)
#define TYPE		  (0x08 / 4) /* of the redistributor; its upper half is whose it is */
#define TYPE_VIRTUAL	  (1U << 1)  /* four frames, not two */
#define TYPE_LAST	  (1U << 4)
#define WAKE		  (0x14 / 4)
#define WAKE_SLEEP	  (1U << 1)
#define WAKE_ASLEEP	  (1U << 2)
#define AFFINITY_LOW	  0xffffffU
#define AFFINITY_3(mpidr) ((uint32_t)((mpidr) >> 32 & 0xff))

static volatile uint32_t *shared, *own;

static bool wait_for(const volatile uint32_t *at, uint32_t bits)
{
	for (unsigned int i = 0; i < GIC_LOOKS_MAX; i++)
		if (!(mmio_read32(at) & bits))
			return true;
	return false;
}

static uint64_t affinity(void)
{
	return sysreg_read(mpidr_el1) & (0xff00000000ULL | AFFINITY_LOW);
}

/* Redistributors follow each other, one a processor; ours says so. */
static bool find_in(const struct machine_range *region, uint32_t stride, uint32_t id)
{
	uint64_t bytes = stride;

	for (uint64_t at = 0; at + 2 * FRAME_BYTES <= region->size; at += bytes) {
		uint32_t type;

		own = fixed_map_device(FIXED_GICR, PADDR(region->base + at), 2 * FRAME_PAGES);
		if (mmio_read32(&own[TYPE + 1]) == id)
			return true;
		type = mmio_read32(&own[TYPE]);
		if (type & TYPE_LAST)
			return false;
		if (!stride)
			bytes = (type & TYPE_VIRTUAL ? 4 : 2) * (uint64_t)FRAME_BYTES;
	}
	return false;
}

static bool find_own(const struct machine *m)
{
	uint32_t id = AFFINITY_3(affinity()) << 24 | (uint32_t)(affinity() & AFFINITY_LOW);

	for (unsigned int i = 0; i < m->nr_gic_cpu; i++)
		if (find_in(&m->gic_cpu[i], m->gic_stride, id))
			return true;
	return false;
}

static bool wake_own(void)
{
	volatile uint32_t *frame = gicv3_private();

	mmio_write32(&own[WAKE], mmio_read32(&own[WAKE]) & ~WAKE_SLEEP);
	if (!wait_for(&own[WAKE], WAKE_ASLEEP))
		return false;
	mmio_write32(&frame[GIC_CLEAR_ENABLE], UINT32_MAX);
	if (!wait_for(&own[CONTROL_OWN], OWN_PENDING))
		return false;
	mmio_write32(&frame[GIC_GROUP], UINT32_MAX);
	for (unsigned int i = 0; i < GIC_PRIVATE / 4; i++)
		mmio_write32(&frame[GIC_PRIORITY_OF + i], GIC_PRIORITIES);
	return true;
}

static bool enable_processor(void)
{
	sysreg_write(ICC_SRE_EL1, sysreg_read(ICC_SRE_EL1) | 1);
	isb();
	if (!(sysreg_read(ICC_SRE_EL1) & 1))
		return false;
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
	return true;
}

bool gicv3_init(const struct machine *m, volatile uint32_t *distributor)
{
	unsigned int words = (mmio_read32(&distributor[GICD_TYPE]) & 0x1f) + 1;

	shared = distributor;
	/* Groups are for what is known to be off (Arm IHI 0069, GICD_CTLR.RWP). */
	if (!wait_for(&shared[GICD_CONTROL], CONTROL_PENDING))
		return false;
	for (unsigned int i = 1; i < words; i++)
		mmio_write32(&shared[GIC_GROUP + i], UINT32_MAX);
	mmio_write32(&shared[GICD_CONTROL], CONTROL_AFFINITY | CONTROL_GROUP1);
	return wait_for(&shared[GICD_CONTROL], CONTROL_PENDING) && find_own(m) && wake_own() &&
	       enable_processor();
}

void gicv3_route(unsigned int interrupt)
{
	volatile uint64_t *routes = (volatile uint64_t *)shared;

	mmio_write64(&routes[ROUTES + interrupt], affinity());
}

volatile uint32_t *gicv3_private(void)
{
	return own + FRAME_WORDS;
}

unsigned int gicv3_take(void)
{
	unsigned int interrupt = (unsigned int)sysreg_read(ICC_IAR1_EL1);

	dsb();
	return interrupt;
}

void gicv3_done(unsigned int interrupt)
{
	sysreg_write(ICC_EOIR1_EL1, interrupt);
	isb();
}
