# SPDX-License-Identifier: MIT
"""A Linux dom0 with xl on a Xen under QEMU, from Debian's packages: for tests, and for people."""
