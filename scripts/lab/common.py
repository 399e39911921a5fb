# SPDX-License-Identifier: MIT
"""What every part of the lab knows: where things lie, how sizes are written, how it fails."""
import argparse
import os
import pathlib
import re

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = pathlib.Path(
    os.environ.get("AEROSTAT_CACHE")
    or (os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) + "/aerostat"
)
TIMED_OUT, DIED = 124, 125
MIB = 1 << 20
FOR_EVER = 10**6  # seconds: the kernel cannot wait for much longer in one go


class LabError(Exception):
    """Something is wrong with what was asked for: one line."""


def parse_size(text):
    """Never without a unit: who writes 32 hardly means bytes."""
    match = re.fullmatch(r"0*([1-9]\d*)([KMGT])", text.upper())
    if not match:
        raise argparse.ArgumentTypeError(f'"{text}" is no size such as 32M or 1G')
    return int(match[1]) << 10 * (1 + "KMGT".index(match[2]))


def mib(size):
    return f"{-(-size // MIB)}M"
