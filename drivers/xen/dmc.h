/* SPDX-License-Identifier: MIT */
/* XAPI's dynamic memory control: what its squeezed wants to know of a guest. */
#ifndef DRIVERS_XEN_DMC_H
#define DRIVERS_XEN_DMC_H

/* There is a new connection. Xenstore's thread. */
void dmc_connected(void);

/* What Xen counted as ours at boot less the first target, in frames; once a connection is enough.
 */
void dmc_offset(long frames);

#endif
