/* SPDX-License-Identifier: MIT */
/* The version, as in the banner. */
#ifndef AEROSTAT_VERSION_H
#define AEROSTAT_VERSION_H

#define AEROSTAT_VERSION "0.1"

#endif
