# SPDX-License-Identifier: MIT
"""The lab, in parts: scripts/lab/lab is its command."""
