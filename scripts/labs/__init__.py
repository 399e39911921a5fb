# SPDX-License-Identifier: MIT
"""The lab, in parts: scripts/lab is its command."""
