/* SPDX-License-Identifier: MIT */
/*
 * From what the loader left, Xen or QEMU, to what the kernel is promised: traps set, interrupts
 * off, the direct map over all memory, the image W^X, nothing else mapped, and boot_info true.
 */
#include <arch/boot.h>
#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/domain.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/bug.h>
#include <lib/config.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <xen/arch-x86/hvm/start_info.h>

#include "arch/common/pagetable/bootmap.h"
#include "arch/common/pagetable/pagetable.h"
#include "arch/common/xen/guest.h"
#include "memmap.h"
#include "pod.h"

#define PHYS_BITS_ASSUMED 36
#define PHYS_BITS_USED	  39U /* 512 GiB, the most that a direct map holds */

#define CPUID_HYPERVISOR 0x40000000U

#define XEN_DEBUG_PORT 0xe9
#define COM1_PORT      0x3f8

#define CPUID_NX (1U << 20)
#define MSR_EFER 0xc0000080
#define EFER_NXE (1ULL << 11)

extern const char image_start[], boot_tables[], image_end[];

struct boot_info boot_info;

static void take_cmdline(const struct hvm_start_info *info)
{
	const char *text = info->cmdline_paddr ? boot_map(info->cmdline_paddr, 1) : NULL;
	size_t n = text ? strnlen(text, BOOT_CMDLINE_MAX) : 0;

	if (n == BOOT_CMDLINE_MAX) {
		n--;
		printk("boot: command line longer than %zu bytes: truncated\n", n);
	}
	if (xen_is_hardware_domain() && n >= MAX_GUEST_CMDLINE - 1)
		printk("boot: command line longer than %d bytes: truncated by Xen\n",
		       MAX_GUEST_CMDLINE - 1);
	memcpy(boot_info.cmdline, text, n);
	boot_info.cmdline[n] = '\0';
}

static void forbid_execution(void)
{
	if (!(cpuid(0x80000001).edx & CPUID_NX))
		panic("boot: this processor lacks no-execute pages (NX)");
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
}

/* The first frame number that the processor cannot name, or that is not used. */
static pfn_t numbers_end(void)
{
	unsigned int bits = PHYS_BITS_ASSUMED;

	if (cpuid(0x80000000).eax >= 0x80000008)
		bits = cpuid(0x80000008).eax & 0xff;
	return PFN(1UL << (MIN(bits, PHYS_BITS_USED) - PAGE_SHIFT));
}

static pfn_t image_pfn(const char *va)
{
	return PFN(((uintptr_t)va - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT);
}

static void read_memory(const struct hvm_start_info *info)
{
	memmap_read(info, image_pfn(image_end), numbers_end(),
		    PFN(LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT));
	memmap_claim(image_pfn(image_start), image_pfn(boot_tables), CLAIM_IN_USE);
	if (IS_ENABLED(CONFIG_XEN))
		pod_give_back();
}

static const char *platform(void)
{
	static char text[64];
	char name[13];

	if (xen_is_present())
		return xen_platform("x86_64 PVH");
	hypervisor_signature(CPUID_HYPERVISOR, name);
	snprintf(text, sizeof(text), "%s, x86_64 PVH",
		 !strcmp(name, "TCGTCGTCGTCG") ? "QEMU"
		 : !strcmp(name, "KVMKVMKVM")  ? "KVM"
					       : "an unknown host");
	return text;
}

/* An image that is for one of both ends on the other: by ports that take text without a driver. */
static void check_host(void)
{
	static const bool built_for[] = {IS_ENABLED(CONFIG_QEMU), IS_ENABLED(CONFIG_XEN)};
	bool xen = hypervisor_leaf("XenVMMXenVMM");
	const char *text = xen ? "Aerostat: this kernel is not built for Xen\n"
			       : "Aerostat: this kernel is built for Xen alone\n";

	if (built_for[xen])
		return;
	for (; *text; text++)
		outb(xen ? XEN_DEBUG_PORT : COM1_PORT, (uint8_t)*text);
	machine_reset();
}

/* The first line can be said after this. */
static void find_host(const struct hvm_start_info *info)
{
	check_host();
	if (IS_ENABLED(CONFIG_XEN))
		xen_find(info);
	if (IS_ENABLED(CONFIG_CONSOLE_SERIAL) && !xen_is_present())
		serial_init();
	if (IS_ENABLED(CONFIG_XEN))
		guest_console_find();
	printk_set_sink(console_early_write);
	boot_info.platform = platform();
}

/* What needs fixed pages. */
static void start_host(void)
{
	if (xen_is_present()) {
		xen_start(memmap_nowhere());
	} else {
		timer_init();
		if (IS_ENABLED(CONFIG_CONSOLE_SERIAL))
			serial_enable();
	}
	boot_info.entry_ns = clock_ns();
}

void pvh_start(uint64_t info_paddr) __noreturn;

void pvh_start(uint64_t info_paddr)
{
	const struct hvm_start_info *info = boot_map(info_paddr, sizeof(*info));

	traps_init();
	find_host(info);
	if (info->magic != XEN_HVM_START_MAGIC_VALUE)
		panic("boot: no start info at %llx", (unsigned long long)info_paddr);
	forbid_execution();
	take_cmdline(info);
	read_memory(info);
	bootmap_build(image_pfn(image_start), NR_FIXED_PAGES);
	if (!xen_is_present() || xen_is_hardware_domain())
		acpi_init(PADDR(info->rsdp_paddr));
	write_cr3(pfn_to_paddr(pagetable_root()).v);
	start_host();
	memmap_describe();
	upcall_start();
}
