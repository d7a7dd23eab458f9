"""Timestamps: a moment that somebody wrote down is read again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECOND_US = 1_000_000

DAY_US = 86_400 * SECOND_US

FIRST_S, LAST_S = 1_000_000_000, 4_102_444_800
"""From 2001-09-09 to 2100-01-01: before that, a number does not say what its unit is."""

GARBAGE = (
    "yesterday",
    "",
    "  ",
    "2023-13-45T00:00:00Z",
    "99/99/9999",
    "null",
    "10:30",
    "T",
    "\u0000",
)


def _at(us: int, offset_min: int) -> datetime:
    return (EPOCH + timedelta(microseconds=us)).astimezone(timezone(timedelta(minutes=offset_min)))


def _local(us: int, offset_min: int) -> datetime:
    return _at(us, offset_min).replace(tzinfo=None)


STYLES: Mapping[str, tuple[int, Callable[[int, int], Json]]] = {
    "seconds": (SECOND_US, lambda us, _: us // SECOND_US),
    "milliseconds": (1_000, lambda us, _: us // 1_000),
    "microseconds": (1, lambda us, _: us),
    "seconds_text": (SECOND_US, lambda us, _: str(us // SECOND_US)),
    "milliseconds_text": (1_000, lambda us, _: str(us // 1_000)),
    "seconds_fraction": (250_000, lambda us, _: us / SECOND_US),
    "milliseconds_fraction": (250, lambda us, _: us / 1_000),
    "iso_z": (1, lambda us, _: _local(us, 0).isoformat() + "Z"),
    "iso_offset": (1, lambda us, offset: _at(us, offset).isoformat()),
    "iso_naive": (1, lambda us, offset: _local(us, offset).isoformat()),
    "iso_space": (SECOND_US, lambda us, offset: _local(us, offset).isoformat(" ")),
    "rfc_2822": (SECOND_US, lambda us, offset: format_datetime(_at(us, offset))),
    "day_long": (DAY_US, lambda us, offset: f"{_local(us, offset):%B} {_local(us, offset).day}, "
                                            f"{_local(us, offset).year}"),
    "day_short": (DAY_US, lambda us, offset: f"{_local(us, offset):%d %b %Y}"),
}  # fmt: skip
"""Name → what it tells no more of than (in µs), and how a moment is written in a zone."""


def draw(random: Random, kind: Kind) -> Usage:
    """Moments of this century in every style, and under adversarial some that are none."""
    zone_min = random.choice((0, 0, 60, -300, 330, 840, -720))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 5)):
            if kind is Kind.ADVERSARIAL and random.random() < 0.4:
                arguments: dict[str, Json] = {"written": random.choice(GARBAGE)}
                operation = "parse_garbage"
            else:
                style = random.choice(list(STYLES))
                step, write = STYLES[style]
                us = random.randint(FIRST_S, LAST_S) * SECOND_US + random.randrange(SECOND_US)
                shift = zone_min * 60 * SECOND_US if step == DAY_US else 0
                us = (us + shift) // step * step - shift
                arguments = {"written": write(us, zone_min), "style": style, "moment_us": us}
                operation = "parse"
            calls.append(drawing.call(client, number, operation, arguments))
    return Usage(unit="timestamps", settings={"zone_min": zone_min}, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """What is written is what the style writes for the moment."""
    zone: int = usage.settings["zone_min"]  # type: ignore[assignment]
    for call in usage.calls:
        if call.operation == "parse":
            us: int = call.arguments["moment_us"]  # type: ignore[assignment]
            if call.arguments["written"] != STYLES[str(call.arguments["style"])][1](us, zone):
                return False
        elif call.arguments["written"] not in GARBAGE:
            return False
    return True


UNIT = Unit(
    name="timestamps",
    does="Reads a moment in any of the usual ways of writing one; what names no zone is of the zone"
    " of the settings.",
    capability=Capability.TIMESTAMPS,
    operations={
        "parse": Operation(
            does="Gives the moment in microseconds since 1970.",
            required=("written", "style", "moment_us"),
            fixed=("written", "style", "moment_us"),
        ),
        "parse_garbage": Operation(
            does="Refuses what is no moment.", required=("written",), fixed=("written",)
        ),
    },
    draw=draw,
    accepts=accepts,
    fixed=("zone_min",),
)
