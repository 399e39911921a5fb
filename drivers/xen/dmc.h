/* SPDX-License-Identifier: MIT */
/* XAPI's dynamic memory control: the nodes that its daemon squeezed reads. */
#ifndef DRIVERS_XEN_DMC_H
#define DRIVERS_XEN_DMC_H

/* Write the nodes to a new connection. Context: xenstore's thread. */
void dmc_connected(void);

/* Publish Xen's count at boot less the first target, in frames. Context: xenstore's thread. */
void dmc_offset(long frames);

#endif
