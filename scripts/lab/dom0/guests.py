# SPDX-License-Identifier: MIT
"""What each kind of guest needs of xl and of the machine under it, by environment."""
import collections

from lab.common import LabError

# `image`: the kernel's file as xl wants it; `maxmem`: xl can make a guest of less than its maximum.
Guest = collections.namedtuple(
    "Guest", "architecture xen settings image maxmem", defaults=("aerostat", True)
)

GUESTS = {
    "x86_64-pv": Guest("x86_64", "xen-4.17", {"type": "pv"}),
    "x86_32-pv": Guest("x86_64", "xen-4.17-pv32", {"type": "pv"}),
    # The tables of a PVH guest come from this pool; with xl's default it is too small to grow.
    "x86_64-pvh-xen": Guest("x86_64", "xen-4.17", {"type": "pvh", "shadow_memory": 32}),
    # With ACPI its tables count as memory, and xl mem-max aborts.
    "arm64-xen-dom0less": Guest("arm64", "xen-4.17-arm64", {"acpi": 0}, "Image", False),
}


def guest_of(environment):
    if environment not in GUESTS:
        raise LabError(f"no guest of xl boots there: {environment}")
    return GUESTS[environment]


def quote(value):
    if isinstance(value, int):
        return str(value)
    mark = "'" if '"' in value else '"'
    return f"{mark}{value}{mark}"


def config_text(environment, **settings):
    """A cfg file of xl's."""
    told = guest_of(environment).settings | settings
    return "".join(f"{name} = {quote(value)}\n" for name, value in told.items())
