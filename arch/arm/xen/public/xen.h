/* SPDX-License-Identifier: MIT */
/* What Xen's smccc.h includes by the name that it has in Xen's own tree. */
#include <asm/xen.h>
