/* SPDX-License-Identifier: MIT */
/* Xen's public headers (Debian's libxen-dev), at one interface version. Every user includes this.
 */
#ifndef ASM_XEN_H
#define ASM_XEN_H

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif

#ifndef __ASSEMBLY__
#include <stdint.h>
#endif

#include <xen/xen.h>

#endif
