/* SPDX-License-Identifier: MIT */
/* The platform's name, for people. */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/printk.h>
#include <xen/version.h>

const char *xen_platform(const char *kind)
{
	static char text[64];
	long version = xen_version_op(XENVER_version, NULL);

	snprintf(text, sizeof(text), "Xen %ld.%ld, %s, %s", version >> 16, version & 0xffff, kind,
		 xen_is_hardware_domain() ? "hardware domain" : "domU");
	return text;
}
