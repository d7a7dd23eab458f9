"""Wakes an event loop at a moment, to the microsecond; asyncio's own timers are rounded up to 1 ms.

A kernel timer (`timerfd`, Linux) is watched like a socket. Python offers it from 3.13 on.
"""

import asyncio
import ctypes
import os
from collections.abc import Callable

_MONOTONIC, _ABSOLUTE = 1, 1
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC


class _Times(ctypes.Structure):
    _fields_ = [  # type: ignore[mutable-override]
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long),
        ("value_ns", ctypes.c_long),
    ]


class Alarm:
    """One alarm; `ring` is called in the loop when it goes off.

    Raises:
        OSError: The kernel gives no timer.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._settime = libc.timerfd_settime
        self._handle = libc.timerfd_create(_MONOTONIC, _FLAGS)
        if self._handle < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._times = _Times()
        self._pointer = ctypes.byref(self._times)
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._handle, self._went_off)

    def set(self, moment_ns: int) -> None:
        """Go off at a moment of the monotonic clock, at once when that has passed."""
        self._times.value_s, self._times.value_ns = divmod(max(1, moment_ns), 1_000_000_000)
        self._settime(self._handle, _ABSOLUTE, self._pointer, None)

    def close(self) -> None:
        """Never go off again."""
        self._loop.remove_reader(self._handle)
        os.close(self._handle)

    def _went_off(self) -> None:
        try:
            os.read(self._handle, 8)
        except BlockingIOError:  # it was set anew after it had gone off
            return
        self._ring()
