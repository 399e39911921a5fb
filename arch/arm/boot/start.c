/* SPDX-License-Identifier: MIT */
/*
 * From what head.S left to what the kernel is promised: the order of boot. The device tree decides
 * what there is; interrupts are off throughout.
 */
#include <arch/boot.h>
#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/arm.h>
#include <asm/domain.h>
#include <lib/bug.h>
#include <lib/config.h>
#include <lib/printk.h>
#include <lib/string.h>

#include "arch/common/pagetable/bootmap.h"
#include "arch/common/xen/guest.h"
#include "earlymap.h"
#include "memory.h"

#define TREE_MAX    (2UL << 20) /* of the boot protocol */
#define TREE_HEADER 8U		/* magic number and size, big endian */

struct boot_info boot_info;
struct machine machine;
uint64_t image_paddr;

/* How much of what lies there may be read: what the tree says it is, as far as one may be. */
static size_t tree_size(const uint8_t *header)
{
	uint32_t size = 0;

	for (unsigned int i = 4; i < TREE_HEADER; i++)
		size = size << 8 | header[i];
	return MIN(size, TREE_MAX);
}

static_assert(CONFIG_EARLY_UART % PAGE_SIZE == 0 && CONFIG_EARLY_UART < MACHINE_ADDR_MAX,
	      "EARLY_UART is the address of a page, below 2^48");

static bool host_found, entered_at_el2;

/*
 * Before the host is found nobody says where a console is, nor how the machine is switched off: it
 * is told where most have it, and stopped. Who enters us at EL2 leaves nothing there to call: it is
 * firmware that switches off. What that may fault ends it just as well (traps.c).
 */
void boot_last_words(void)
{
	if (host_found)
		return;
	host_found = true;
	machine.psci = entered_at_el2 ? MACHINE_PSCI_SMC : MACHINE_PSCI_HVC;
	machine.uart = (struct machine_range){CONFIG_EARLY_UART, CONFIG_EARLY_UART ? PAGE_SIZE : 0};
	psci_init(&machine);
	pl011_init(&machine);
	console_found();
}

static void read_tree(uint64_t addr)
{
	const uint8_t *tree = addr ? early_map(addr, TREE_HEADER) : NULL;
	size_t max = tree ? tree_size(tree) : 0;

	if (!tree || !early_map(addr, MAX(max, (size_t)TREE_HEADER)))
		max = 0;
	if (machine_read(tree, max, &machine))
		panic("boot: no usable device tree: cannot start");
	machine.tree = (struct machine_range){addr, max};
}

/* The first line can be said after this. */
static void find_host(void)
{
	static const bool built_for[] = {IS_ENABLED(CONFIG_QEMU), IS_ENABLED(CONFIG_XEN)};
	bool xen;

	psci_init(&machine);
	pl011_init(&machine);
	xen = xen_find(&machine);
	host_found = true;
	console_found();
	if (!built_for[xen])
		panic(xen ? "this kernel is not built for Xen"
			  : "this kernel is built for Xen alone");
}

static void take_cmdline(void)
{
	size_t n = strnlen(machine.bootargs, BOOT_CMDLINE_MAX);

	if (n == BOOT_CMDLINE_MAX) {
		n--;
		printk("boot: command line longer than %zu bytes: truncated\n", n);
	}
	memcpy(boot_info.cmdline, machine.bootargs, n);
	boot_info.cmdline[n] = '\0';
}

/* What needs interrupts and the kernel's own tables. */
static void start_host(void)
{
	gic_init(&machine);
	if (pl011_enable(&machine))
		gic_enable(machine.uart_interrupt);
	if (IS_ENABLED(CONFIG_XEN))
		guest_console_find();
	xen_start(xen_event_interrupt(&machine));
}

void arm_start(uint64_t tree_paddr, uint64_t entry_ticks, uint64_t entry_level) __noreturn;

void arm_start(uint64_t tree_paddr, uint64_t entry_ticks, uint64_t entry_level)
{
	printk_set_sink(console_early_write);
	entered_at_el2 = entry_level == CURRENT_EL2;
	system_errors_enable();
	timer_init();
	read_tree(tree_paddr);
	find_host();
	timer_set_rate(&machine);
	boot_info.entry_ns = timer_ns(entry_ticks);
	boot_info.platform =
		xen_is_present() ? xen_platform("arm64") : "arm64, unknown hypervisor or none";
	take_cmdline();
	memory_plan(&machine);
	bootmap_build(image_pfn(image_start), NR_FIXED_PAGES);
	fixed_take_over();
	mmu_switch();
	start_host();
	memory_describe();
	upcall_start();
}
