/* SPDX-License-Identifier: MIT */
/* Populate on demand: a Xen domain that was shown more memory than it was given. */
#ifndef X86_POD_H
#define X86_POD_H

/*
 * Gives back, untouched, what the map calls RAM and Xen has nothing for, from the top down: Xen
 * would crash the domain for touching it. Those frames are CLAIM_ABSENT from then on.
 */
void pod_give_back(void);

#endif
