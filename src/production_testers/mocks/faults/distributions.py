"""Where the numbers of faults come from: a constant, or a distribution drawn from a seed.

    40                                                        always 40
    {"distribution": "uniform", "low": 10, "high": 50}
    {"distribution": "exponential", "mean": 20}
    {"distribution": "normal", "mean": 40, "sd": 10}
    {"distribution": "lognormal", "median": 40, "sigma": 1}    long tails, as latencies have
    {"distribution": "pareto", "scale": 10, "shape": 1.5}      longer ones
    {"distribution": "weibull", "scale": 100, "shape": 0.7}
    {"distribution": "bimodal", "low": 5, "high": 900, "share": 0.02}    now and then the other one
    {"distribution": "choice", "values": ["a", "b"]}           also for texts

What is drawn is never below 0; `least` and `most` bound it further.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json

DIGITS = 6
"""Drawn numbers are rounded, so that they read the same in every file."""


def _bimodal(random: Random, spec: Mapping[str, Any]) -> float:
    return float(spec["high"] if random.random() < spec["share"] else spec["low"])


_DRAWS: Mapping[str, tuple[tuple[str, ...], Callable[[Random, Mapping[str, Any]], Any]]] = {
    "constant": (("value",), lambda _random, spec: spec["value"]),
    "uniform": (("low", "high"), lambda random, spec: random.uniform(spec["low"], spec["high"])),
    "exponential": (("mean",), lambda random, spec: random.expovariate(1 / spec["mean"])),
    "normal": (("mean", "sd"), lambda random, spec: random.gauss(spec["mean"], spec["sd"])),
    "lognormal": (
        ("median", "sigma"),
        lambda random, spec: random.lognormvariate(math.log(spec["median"]), spec["sigma"]),
    ),
    "pareto": (
        ("scale", "shape"),
        lambda random, spec: spec["scale"] * random.paretovariate(spec["shape"]),
    ),
    "weibull": (
        ("scale", "shape"),
        lambda random, spec: random.weibullvariate(spec["scale"], spec["shape"]),
    ),
    "bimodal": (("low", "high", "share"), _bimodal),
    "choice": (("values",), lambda random, spec: random.choice(list(spec["values"]))),
}
DISTRIBUTIONS = tuple(_DRAWS)
_POSITIVE = ("mean", "median", "scale", "shape")
_BOUNDS = ("least", "most")


def draw(spec: Json, random: Random) -> Any:
    """A value by its specification, which `wrong` has nothing to say about."""
    if not isinstance(spec, Mapping):
        return spec
    _, drawn = _DRAWS[str(spec["distribution"])]
    value = drawn(random, spec)
    if not isinstance(value, int | float):
        return value
    least: Any = spec.get("least")
    most: Any = spec.get("most")
    value = max(value, 0 if least is None else least)
    return round(min(value, math.inf if most is None else most), DIGITS)


def wrong(spec: Json, place: str) -> Iterator[str]:
    """What keeps a specification from being drawn from."""
    if not isinstance(spec, Mapping):
        return
    name = spec.get("distribution")
    if name not in _DRAWS:
        yield f"{place}.distribution: {name!r}; known: {', '.join(DISTRIBUTIONS)}"
        return
    needed, _ = _DRAWS[str(name)]
    for member in spec:
        if member not in ("distribution", *needed, *_BOUNDS):
            yield f"{place}.{member}: {name} has no such member; known: {', '.join(needed)}"
    for member in needed:
        yield from _wrong_member(spec.get(member), member, f"{place}.{member}")
    for bound in _BOUNDS:
        if spec.get(bound) is not None and not _is_number(spec[bound]):
            yield f"{place}.{bound}: {spec[bound]!r} is no number"


def _wrong_member(value: Json, name: str, place: str) -> Iterator[str]:
    if name == "values":
        if not isinstance(value, list | tuple) or not value:
            yield f"{place}: {value!r} is no list of values"
    elif name == "value":
        if value is None:
            yield f"{place}: is missing"
    elif not _is_number(value):
        yield f"{place}: {value!r} is no number"
    elif name in _POSITIVE and not _is_above_zero(value):
        yield f"{place}: {value!r} is not above 0"


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _is_above_zero(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
