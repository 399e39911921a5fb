/* SPDX-License-Identifier: MIT */
/* Populate on demand: a Xen domain whose memory map has more than its memory. */
#ifndef X86_POD_H
#define X86_POD_H

/*
 * Release, untouched and from the top down, RAM of the map that Xen has no memory for: Xen would
 * crash the domain at an access. These frames are CLAIM_ABSENT from then on.
 */
void pod_give_back(void);

#endif
