"""Notice when the wall clock is set or the machine wakes from sleep (Linux timerfd)."""

import ctypes
import os
import sys
from contextlib import suppress

_CLOCK_REALTIME = 0
_TFD_TIMER_ABSTIME = 1
_TFD_TIMER_CANCEL_ON_SET = 2
_TFD_NONBLOCK = os.O_NONBLOCK
_TFD_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_FAR_AHEAD = 2**40  # seconds; the timer is never meant to end, only to be cancelled


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class WallClockWatch:
    """A descriptor that becomes readable when CLOCK_REALTIME jumps (timerfd_create(2): TFD_TIMER_CANCEL_ON_SET).

    `descriptor` is None where the platform can't tell; the bounded wait of the daemon is the net then.
    """

    def __init__(self) -> None:
        self.descriptor: int | None = None
        if sys.platform != "linux":
            return
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            descriptor = self._libc.timerfd_create(_CLOCK_REALTIME, _TFD_NONBLOCK | _TFD_CLOEXEC)
        except (OSError, AttributeError):
            return
        if descriptor >= 0:
            self.descriptor = descriptor
            self.arm()

    def arm(self) -> None:
        """Watch for the next jump; one that was noticed is forgotten."""
        if self.descriptor is None:
            return
        with suppress(OSError):  # ECANCELED says that the clock was set; EAGAIN that it was not
            os.read(self.descriptor, 8)
        spec = _Itimerspec(_Timespec(0, 0), _Timespec(_FAR_AHEAD, 0))
        self._libc.timerfd_settime(
            self.descriptor, _TFD_TIMER_ABSTIME | _TFD_TIMER_CANCEL_ON_SET, ctypes.byref(spec), None
        )

    def close(self) -> None:
        """Give the descriptor back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
