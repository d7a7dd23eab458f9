"""Wall-clock stamps and durations of real work. No other module reads the wall clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_COMPACT = "%Y%m%d_%H%M%S"


def utc_now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Write `moment` as documents hold it: `2026-01-14T09:00:00Z`, in UTC, whole seconds.

    Raises:
        ValueError: `moment` has no time zone.
    """
    return _aware(moment).strftime(_FORMAT)


def compact(moment: datetime) -> str:
    """Write `moment` as names of traces and logs hold it: `20260114_090000`, in UTC.

    Raises:
        ValueError: `moment` has no time zone.
    """
    return _aware(moment).strftime(_COMPACT)


def parse_iso(text: str) -> datetime:
    """Read a stamp in UTC; fractions of a second are accepted.

    Raises:
        ValueError: `text` is no date and time that ends in `Z`.
    """
    if not text.endswith("Z"):
        raise ValueError(f"{text!r} is not in UTC with a final Z")
    return datetime.fromisoformat(text)


def stopwatch() -> Callable[[], float]:
    """Start one; calling the result gives the seconds since then, whatever the wall clock does."""
    start = time.perf_counter()
    return lambda: time.perf_counter() - start


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
