/* SPDX-License-Identifier: MIT */
/* 1 GiB of whole blocks goes and comes. */
#include "give_back.h"

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return give_back(1UL << 18);
}
