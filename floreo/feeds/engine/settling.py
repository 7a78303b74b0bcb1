"""How a process that does nothing but tasks is set up."""

from __future__ import annotations

import contextlib
import ctypes

import pyarrow as pa

_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1  # of glibc's malloc.h


def settle() -> None:
    """For a process that does nothing but tasks. Files are worked on side by side, not one file by several threads:
    measured, that is a sixth faster. And memory is kept for the next block rather than given back and asked for again,
    which takes a sixth of the time."""
    pa.set_cpu_count(1)
    with contextlib.suppress(OSError, AttributeError):  # another C library: its own habits, then
        allocator = ctypes.CDLL(None).mallopt
        if allocator(_M_MMAP_THRESHOLD, 1 << 30) and allocator(_M_TRIM_THRESHOLD, (1 << 31) - 1):
            pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """What is free between what is held goes back to the machine: every million rows or so, when something large was let go."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
