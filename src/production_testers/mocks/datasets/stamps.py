"""Moments of records: seconds since the first day of the data, written quickly, with zones.

Zones are three written rules and no database of the machine, so that the same seed gives the
same bytes everywhere. The rules are those of 2007 (United States) and 1996 (European Union).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Second 0 of the data: a Thursday."""

DAY_S: Final = 86_400
_MINUTES: Final = tuple(f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))
_SECONDS: Final = tuple(f"{second:02d}" for second in range(60))


@cache
def day_text(day: int) -> str:
    """The calendar day so many days after the first one."""
    return (START + timedelta(days=day)).date().isoformat()


def stamp(seconds: int) -> str:
    """A moment in UTC: `2026-01-01T00:00:00Z` for 0."""
    day, rest = divmod(seconds, DAY_S)
    minute, second = divmod(rest, 60)
    return f"{day_text(day)}{_MINUTES[minute]}{_SECONDS[second]}Z"


def stamp_ms(milliseconds: int) -> str:
    """A moment in UTC with thousandths: `2026-01-01T00:00:00.000Z` for 0."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_to_the_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=1024)
def _to_the_second(seconds: int) -> str:
    """What records so close to each other have in common."""
    return stamp(seconds)[:-1]


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone.

    Attributes:
        name: Of the tz database.
        offset_h: Hours ahead of UTC in winter.
        rule: "eu", "us" or "" for no summer time.
    """

    name: str
    offset_h: float
    rule: str = ""

    def offset_s(self, seconds: int) -> int:
        """Seconds ahead of UTC at a moment."""
        standard = int(self.offset_h * 3600)
        if not self.rule:
            return standard
        moment = START + timedelta(seconds=seconds)
        begins, ends = changes(moment.year, self)
        return standard + 3600 if begins <= moment < ends else standard

    def local(self, seconds: int) -> str:
        """A moment in local time with its offset: `2026-01-01T01:00:00+01:00`."""
        offset, suffix = _offset(self, seconds // 3600)
        return f"{stamp(seconds + offset)[:-1]}{suffix}"

    def midnight(self, day: int) -> int:
        """The second at which local day number `day` begins."""
        guess = day * DAY_S - int(self.offset_h * 3600)
        return day * DAY_S - self.offset_s(guess - 1800)


@cache
def _offset(zone: Zone, hour: int) -> tuple[int, str]:
    """Seconds ahead of UTC in an hour, and how they are written; clocks change at full hours."""
    offset = zone.offset_s(hour * 3600)
    minutes = abs(offset) // 60
    return offset, f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


@cache
def changes(year: int, zone: Zone) -> tuple[datetime, datetime]:
    """When summer time begins and ends in a year, for a zone that has it."""
    if zone.rule == "eu":  # the last Sundays of March and October, at 01:00 UTC
        return _sunday(year, 3, last=True, hour=1), _sunday(year, 10, last=True, hour=1)
    standard = timedelta(hours=zone.offset_h)
    # The second Sunday of March and the first of November, at 02:00 of the clock in force.
    begins = _sunday(year, 3, nth=2, hour=2) - standard
    return begins, _sunday(year, 11, nth=1, hour=2) - standard - timedelta(hours=1)


def _sunday(year: int, month: int, *, nth: int = 1, last: bool = False, hour: int) -> datetime:
    first = datetime(year, month, 1, hour, tzinfo=UTC)
    sunday = first + timedelta(days=(6 - first.weekday()) % 7)
    if last:
        while (sunday + timedelta(days=7)).month == month:
            sunday += timedelta(days=7)
        return sunday
    return sunday + timedelta(days=7 * (nth - 1))
