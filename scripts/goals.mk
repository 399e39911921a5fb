# SPDX-License-Identifier: MIT
# Goals that build no kernel themselves: configuring, running, checking, cleaning.

.PHONY: help setup clean distclean
