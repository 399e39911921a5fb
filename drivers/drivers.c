/* SPDX-License-Identifier: MIT */
/* What there is of drivers, under whichever host we find ourselves. */
#include <asm/domain.h>
#include <drivers/drivers.h>
#include <lib/config.h>
#include <lib/errno.h>

#include "drivers/virtio/virtio.h"
#include "drivers/xen/xen.h"

int drivers_name_windows(const struct parsed_window *window, unsigned int nr)
{
	if (xen_is_present())
		return -ENODEV;
	if (IS_ENABLED(CONFIG_VIRTIO_MMIO))
		virtio_mmio_name(window, nr);
	return IS_ENABLED(CONFIG_VIRTIO_MMIO) ? 0 : -ENODEV;
}

int drivers_init(void)
{
	if (xen_is_present())
		return xen_init();
	if (IS_ENABLED(CONFIG_VIRTIO))
		virtio_init();
	return 0;
}

void drivers_interrupt(void)
{
	if (xen_is_present())
		xen_events_dispatch();
	else if (IS_ENABLED(CONFIG_VIRTIO))
		virtio_dispatch();
}

bool drivers_input_interrupts(void)
{
	return IS_ENABLED(CONFIG_CONSOLE_XEN) && xen_is_present() && xen_input_interrupts();
}
