"""Moments at which calendars, clocks and zones differ from what is expected.

`moment` is the text, `utc` the moment in UTC, or null where there is none or more than one, and
`exists` says why: "yes", "no" (no such day or local time), "twice" (a local time that comes
twice), "leap_second".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.draws import between, pick
from production_testers.mocks.datasets.edges.family import Family
from production_testers.mocks.datasets.stamps import START, Zone, changes

ZONES: Final = (
    Zone("Europe/Berlin", 1, "eu"),
    Zone("Europe/London", 0, "eu"),
    Zone("America/New_York", -5, "us"),
    Zone("America/Los_Angeles", -8, "us"),
)
_FAR: Final = ("+14:00", "-12:00", "+05:45", "+12:45", "-09:30", "+05:30", "-03:30")
_LEAP_SECONDS: Final = ("2016-12-31", "2015-06-30", "2012-06-30", "2008-12-31", "1998-12-31")
"""Days that had a leap second (IERS Bulletin C)."""


def _exact(moment: datetime) -> dict[str, Any]:
    text = moment.isoformat().replace("+00:00", "Z")
    return {"moment": text, "utc": _utc(moment), "exists": "yes", "zone": "UTC"}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _clock_change(*, spring: bool) -> Callable[[Random], dict[str, Any]]:
    """A local time without offset in the hour that is left out, or comes twice."""

    def draw(random: Random) -> dict[str, Any]:
        zone = pick(random, ZONES)
        begins, ends = changes(between(random, 2008, 2037), zone)
        change = begins if spring else ends
        minutes = between(random, 0, 59)
        # In spring the clock shows the hour from the change on as if it were winter, which it is
        # not; in autumn both summer's last and winter's first hour show the same.
        local = change + timedelta(hours=zone.offset_h, minutes=minutes)
        text = local.replace(tzinfo=None).isoformat()
        exists = "no" if spring else "twice"
        return {"moment": text, "utc": None, "exists": exists, "zone": zone.name}

    return draw


def _leap_day(random: Random) -> dict[str, Any]:
    year = 4 * between(random, 481, 525)
    return _exact(datetime(year if year != 2100 else 2096, 2, 29, 12, tzinfo=UTC))


def _no_such_day(random: Random) -> dict[str, Any]:
    year = pick(random, (1900, 2025, 2026, 2027, 2100))
    day = pick(random, (f"{year}-02-29", f"{year}-02-30", f"{year}-04-31", f"{year}-13-01"))
    return {"moment": f"{day}T10:00:00Z", "utc": None, "exists": "no", "zone": "UTC"}


def _leap_second(random: Random) -> dict[str, Any]:
    moment = f"{pick(random, _LEAP_SECONDS)}T23:59:60Z"
    return {"moment": moment, "utc": None, "exists": "leap_second", "zone": "UTC"}


def _far_offset(random: Random) -> dict[str, Any]:
    offset = pick(random, _FAR)
    moment = f"2026-0{between(random, 1, 9)}-15T{between(random, 10, 23)}:30:00{offset}"
    return {
        "moment": moment,
        "utc": _utc(datetime.fromisoformat(moment)),
        "exists": "yes",
        "zone": offset,
    }


def _fine(random: Random) -> dict[str, Any]:
    fraction = pick(random, ("1", "123456789", "000000001", "999999999", "000"))
    text = f"2026-06-01T12:00:0{between(random, 0, 9)}.{fraction}Z"
    return {"moment": text, "utc": text, "exists": "yes", "zone": "UTC"}


def _week_date(random: Random) -> dict[str, Any]:
    year, week = between(random, 2000, 2040), pick(random, (1, 52))
    day = datetime.fromisocalendar(year, week, between(random, 1, 7)).replace(tzinfo=UTC)
    calendar = day.isocalendar()
    text = f"{calendar.year}-W{calendar.week:02d}-{calendar.weekday}"
    return {"moment": text, "utc": _utc(day), "exists": "yes", "zone": "UTC"}


def _has(word: str) -> Callable[[dict[str, Any]], bool]:
    return lambda found: bool(found["exists"] == word)


TIMES: Final[Mapping[str, Family]] = {
    "left_out_hour": Family(
        about="a local time that summer time leaves out",
        draw=_clock_change(spring=True),
        shows=lambda found: found["exists"] == "no" and "/" in found["zone"],
    ),
    "hour_twice": Family(
        about="a local time that comes twice when summer time ends",
        draw=_clock_change(spring=False),
        shows=_has("twice"),
    ),
    "leap_second": Family(
        about="23:59:60, of days that had it", draw=_leap_second, shows=_has("leap_second")
    ),
    "leap_day": Family(
        about="29 February", draw=_leap_day, shows=lambda found: "-02-29T" in found["moment"]
    ),
    "no_such_day": Family(
        about="days and months that do not exist, 1900 and 2100 are no leap years",
        draw=_no_such_day,
        shows=lambda found: found["exists"] == "no" and found["zone"] == "UTC",
    ),
    "turn_of_the_year": Family(
        about="a second before, at and after midnight of New Year",
        draw=lambda random: _exact(
            START.replace(year=between(random, 1970, 2099))
            + timedelta(seconds=between(random, -1, 1))
        ),
        shows=lambda found: found["moment"][5:19] in {"12-31T23:59:59", "01-01T00:00:00",
                                                      "01-01T00:00:01"},
    ),
    "epoch": Family(
        about="at and beside 1970, and where 31 and 32 bits of seconds end",
        draw=lambda random: _exact(
            datetime(1970, 1, 1, tzinfo=UTC)
            + timedelta(seconds=pick(random, (0, 2**31, 2**32)) + between(random, -1, 1))
        ),
        shows=lambda found: found["moment"][:4] in {"1969", "1970", "2038", "2106"},
    ),
    "ends_of_time": Family(
        about="the first and the last year that a date can have",
        draw=lambda random: _exact(
            datetime(pick(random, (1, 9999)), pick(random, (1, 12)), 2, tzinfo=UTC)
        ),
        shows=lambda found: found["moment"][:4] in {"0001", "9999"},
    ),
    "far_offset": Family(
        about="offsets of 14 hours, and of three quarters",
        draw=_far_offset,
        shows=lambda found: found["zone"] in _FAR,
    ),
    "fraction": Family(
        about="fractions of one to nine digits",
        draw=_fine,
        shows=lambda found: "." in found["moment"],
    ),
    "week_date": Family(
        about="ISO weeks, whose first days may be of the year before",
        draw=_week_date,
        shows=lambda found: "-W" in found["moment"],
    ),
}  # fmt: skip
"""Name → family."""
