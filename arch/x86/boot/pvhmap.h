/* SPDX-License-Identifier: MIT */
/* How the PVH port comes to its page tables (pvhmap.c). */
#ifndef BOOT_PVHMAP_H
#define BOOT_PVHMAP_H

/* Of all memory that is there. Panics if there is too little for the tables. */
void pvhmap_build(void);

#endif
