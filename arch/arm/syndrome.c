/* SPDX-License-Identifier: MIT */
/* What an exception was, by ESR_EL1 and FAR_EL1 (Arm ARM D17.2.37): as a fault, and as a line. */
#include <asm/trap.h>
#include <lib/printk.h>

#define ESR_CLASS(esr)	((esr) >> 26 & 0x3f)
#define ESR_STATUS(esr) ((esr)&0x3f) /* of an abort */
#define ESR_WRITE	(1 << 6)
#define ESR_NO_ADDRESS	(1 << 10)

#define CLASS_INSTRUCTION_ABORT 0x21
#define CLASS_DATA_ABORT	0x25

static const char *class_name(unsigned int class)
{
	switch (class) {
	case 0x00:
		return "undefined instruction";
	case 0x07:
		return "floating-point instruction";
	case 0x0e:
		return "illegal execution state";
	case 0x15:
		return "supervisor call";
	case 0x18:
		return "system register access";
	case CLASS_INSTRUCTION_ABORT:
		return "instruction abort";
	case 0x22:
		return "misaligned program counter";
	case CLASS_DATA_ABORT:
		return "data abort";
	case 0x26:
		return "misaligned stack pointer";
	case 0x2f:
		return "system error";
	case 0x3c:
		return "breakpoint instruction";
	default:
		return "unknown exception";
	}
}

static const char *trap_name(const struct trap_frame *f, unsigned int kind)
{
	switch (kind) {
	case TRAP_SYNC:
		return class_name(ESR_CLASS(f->esr));
	case TRAP_SERROR:
		return "system error";
	case TRAP_NO_STACK:
		return "no stack left";
	case TRAP_FIQ:
		return "fast interrupt";
	default:
		return "exception of a state the kernel is never in";
	}
}

static bool is_abort(const struct trap_frame *f)
{
	return ESR_CLASS(f->esr) == CLASS_DATA_ABORT ||
	       ESR_CLASS(f->esr) == CLASS_INSTRUCTION_ABORT;
}

/* An external abort may not know where it was. */
static bool has_address(const struct trap_frame *f)
{
	return is_abort(f) && !(f->esr & ESR_NO_ADDRESS);
}

/* Why an abort was; with a level where *level is not negative. */
static const char *abort_reason(unsigned int status, int *level)
{
	static const char *const by_level[] = {
		"address size",
		"translation fault",
		"access flag",
		"permission fault",
	};

	*level = -1;
	if (status < 0x10) {
		*level = (int)(status & 3);
		return by_level[status >> 2];
	}
	if ((status & 0x3c) == 0x14) {
		*level = (int)(status & 3);
		return "external abort on a page table";
	}
	switch (status) {
	case 0x10:
		return "external abort: nothing answers there";
	case 0x21:
		return "misaligned";
	case 0x30:
		return "conflict in the TLB";
	default:
		return "unknown reason";
	}
}

struct fault syndrome_fault(const struct trap_frame *f, unsigned int kind)
{
	return (struct fault){
		.what = trap_name(f, kind),
		.ip = f->pc,
		.address = has_address(f) ? f->far : 0,
		.write = ESR_CLASS(f->esr) == CLASS_DATA_ABORT && (f->esr & ESR_WRITE),
		.execute = ESR_CLASS(f->esr) == CLASS_INSTRUCTION_ABORT,
	};
}

void syndrome_say(const struct trap_frame *f, const struct fault *fault)
{
	const char *access = fault->execute ? "execute" : fault->write ? "write" : "read";
	const char *reason;
	int level;

	printk("fatal: %s", fault->what);
	if (is_abort(f)) {
		reason = abort_reason(ESR_STATUS(f->esr), &level);
		if (has_address(f))
			printk(" at %016lx", (unsigned long)f->far);
		printk(" (%s): %s", access, reason);
		if (level >= 0)
			printk(", level %d", level);
	}
	printk("\n");
}
