/* SPDX-License-Identifier: MIT */
/* The kernel's own page tables. */
#ifndef BOOT_TABLES_H
#define BOOT_TABLES_H

/* Builds and takes them: direct map, image, fixed pages; nothing else is mapped from then on. */
void tables_build(void);

#endif
