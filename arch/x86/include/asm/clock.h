/* SPDX-License-Identifier: MIT */
/* The clock across a time in which the machine stood still. */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

/* clock_ns() goes on at clock_resume() from where it was, whatever the host's clock says then. */
void clock_suspend(void);
void clock_resume(void);

#endif
