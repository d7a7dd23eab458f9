"""Numbers at the edge of what languages, databases and JSON can say.

`literal` is the number as exact text. `value` is the same as a JSON number, or null where JSON
has no such number (NaN, infinities) or a double would change it (decimals of many digits).
"""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.draws import between, digits, pick
from production_testers.mocks.datasets.edges.family import Family


def _whole(value: int) -> dict[str, Any]:
    return {"literal": str(value), "value": value}


def _double(value: float) -> dict[str, Any]:
    return {"literal": repr(value), "value": value}


def _text(literal: str) -> dict[str, Any]:
    return {"literal": literal, "value": None}


def _near(*powers: int) -> Callable[[Random], dict[str, Any]]:
    """Two to a power, or one beside it, of either sign."""

    def draw(random: Random) -> dict[str, Any]:
        value = 2 ** pick(random, powers) + between(random, -1, 1)
        return _whole(value if random.random() < 0.5 else -value)

    return draw


def _value(test: Callable[[Any], bool]) -> Callable[[dict[str, Any]], bool]:
    return lambda found: found["value"] is not None and test(found["value"])


NUMBERS: Final[Mapping[str, Family]] = {
    "zero": Family(
        about="nothing, of either sign",
        draw=lambda random: _double(-0.0) if random.random() < 0.5 else _whole(0),
        shows=_value(lambda value: value == 0),
    ),
    "32_bits": Family(
        about="at the ends of 31 and 32 bits",
        draw=_near(31, 32),
        shows=_value(lambda value: 2**31 - 1 <= abs(value) <= 2**32 + 1),
    ),
    "exact_double": Family(
        about="at and beyond the last whole number that a double can count to",
        draw=_near(53),
        shows=_value(lambda value: 2**53 - 1 <= abs(value) <= 2**53 + 1),
    ),
    "64_bits": Family(
        about="at the ends of 63 and 64 bits",
        draw=_near(63, 64),
        shows=_value(lambda value: 2**63 - 1 <= abs(value) <= 2**64 + 1),
    ),
    "huge": Family(
        about="whole numbers of 20 to 300 digits",
        draw=lambda random: _whole(int("9" + digits(random, 9)) * 10 ** between(random, 10, 290)),
        shows=_value(lambda value: isinstance(value, int) and value > 2**64 + 1),
    ),
    "subnormal": Family(
        about="doubles so small that they lose digits",
        draw=lambda random: _double(between(random, 1, 2**40) * 5e-324),
        shows=_value(lambda value: 0 < abs(value) < 2.2250738585072014e-308),
    ),
    "largest": Family(
        about="doubles beside infinity",
        draw=lambda random: _double(
            math.nextafter(math.inf, 0) * (1 - between(random, 0, 9) * 2**-52)
        ),
        shows=_value(lambda value: 1.79e308 < value < math.inf),
    ),
    "not_binary": Family(
        about="decimals that no double is equal to",
        draw=lambda random: _double(pick(random, (0.1, 0.2, 0.3, 1.1)) + between(random, 0, 999)),
        shows=_value(lambda value: isinstance(value, float) and value * 1024 % 1 != 0),
    ),
    "exponent": Family(
        about="doubles that are written with an exponent",
        draw=lambda random: _double(float(f"{between(random, 1, 9)}e{between(random, 16, 300)}")),
        shows=lambda found: "e" in found["literal"],
    ),
    "many_decimals": Family(
        about="decimals of more digits than a double keeps",
        draw=lambda random: _text(f"{digits(random, 9)}.{digits(random, 15)}{digits(random, 14)}1"),
        shows=lambda found: found["value"] is None and len(found["literal"]) > 25,
    ),
    "not_a_number": Family(
        about="what IEEE 754 has and JSON has not: NaN and infinities",
        draw=lambda random: _text(pick(random, ("NaN", "Infinity", "-Infinity"))),
        shows=lambda found: not math.isfinite(float(found["literal"].replace("Infinity", "inf"))),
    ),
    "other_notation": Family(
        about="text that is a number somewhere: leading zeros, separators, other digits",
        draw=lambda random: _text(
            pick(
                random,
                ("007", "+5", "1,234.50", "1.234,50", "1_000", "0x1F", "1e3", "\uff11\uff12",
                 "\u0661\u0662", "1/3", "\u00bd", " 12 ", "12\u00a0345", "--1", "1.", ".5"),
            )
        ),
        shows=lambda found: found["value"] is None
        and str(found["literal"]) not in {"NaN", "Infinity", "-Infinity"}
        and len(found["literal"]) < 25,
    ),
}  # fmt: skip
"""Name → family."""
