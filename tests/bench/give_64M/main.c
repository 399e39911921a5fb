/* SPDX-License-Identifier: MIT */
/* 64 MiB of whole blocks, a step of growth, goes and comes. */
#include "give_back.h"

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return give_back(1UL << 14);
}
