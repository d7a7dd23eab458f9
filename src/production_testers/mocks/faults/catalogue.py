"""Every kind of fault there is, by name, and plans checked against it."""

import difflib
import math
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from production_testers.mocks.faults import (
    infrastructure,
    protocol,
    semantic,
    stages,
    transport,
)
from production_testers.mocks.faults.distributions import wrong
from production_testers.mocks.faults.kinds import Kind, Param, Way
from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.fault_plan import TIMED, FaultPlan, Place, Rule

CATALOGUE: Mapping[str, Kind] = {
    kind.name: kind
    for kinds in (
        transport.KINDS,
        protocol.KINDS,
        semantic.KINDS,
        stages.KINDS,
        infrastructure.KINDS,
    )
    for kind in kinds
}


def kind_of(name: str) -> Kind:
    """A kind of fault by name.

    Raises:
        UsageError: There is none; the nearest is named.
    """
    if name not in CATALOGUE:
        near = difflib.get_close_matches(name, CATALOGUE, n=1)
        do = f"Did you mean {near[0]}?" if near else "`ptest faults list` shows every kind."
        raise UsageError(f"There is no kind of fault {name!r}.", do=do)
    return CATALOGUE[name]


def checked(plan: FaultPlan, way: Way | None = None, *, path: str = "plan") -> FaultPlan:
    """The plan itself, if every rule can happen.

    Args:
        plan: What to check.
        way: How the pipeline runs; None for either.
        path: Names the plan in errors.

    Raises:
        InvalidDocumentError: A kind that does not exist, a place where it cannot be, in this way
            to run or at all, or a parameter that is unknown or out of range; all of them named.
    """
    problems = [
        problem
        for number, rule in enumerate(plan.rules)
        for problem in _wrong_rule(rule, way, f"rules[{number}]")
    ]
    if problems:
        raise InvalidDocumentError(path, tuple(problems))
    return plan


def _wrong_rule(rule: Rule, way: Way | None, place: str) -> Iterator[str]:
    try:
        kind = kind_of(rule.fault)
    except UsageError as error:
        yield f"{place}.fault: {error}"
        return
    yield from _wrong_place(rule, kind, way, f"{place}.at")
    yield from _wrong_time(rule, f"{place}.when")
    for name, value in rule.params.items():
        if name not in kind.params:
            known = ", ".join(kind.params) or "it has none"
            yield f"{place}.params.{name}: {kind.name} has no such parameter; known: {known}"
        else:
            yield from _wrong_value(value, kind.params[name], f"{place}.params.{name}")


def _wrong_place(rule: Rule, kind: Kind, way: Way | None, place: str) -> Iterator[str]:
    ways = kind.places.get(rule.at.place)
    if ways is None:
        known = ", ".join(place.value for place in kind.places)
        yield f"{place}: {kind.name} cannot be at a {rule.at.place.value}; it can be at: {known}"
    elif way is not None and way not in ways:
        only = ", ".join(sorted(ways))
        yield f"{place}: {kind.name} at a {rule.at.place.value} is {only} only, not {way.value}"
    if rule.at.place is Place.SERVICE and not _can_meet(rule, kind):
        where = f"{rule.at.name}.{rule.at.operation}"
        yield f"{place}: {kind.name} happens at {', '.join(kind.at)}, which {where} never is"


def _can_meet(rule: Rule, kind: Kind) -> bool:
    """Whether some operation fits both patterns, as far as two patterns can be compared."""
    if not kind.at:
        return True
    for pattern in kind.at:
        service, _, operation = pattern.partition(".")
        if _overlap(service, rule.at.name) and _overlap(operation, rule.at.operation):
            return True
    return False


def _overlap(one: str, other: str) -> bool:
    if fnmatchcase(one, other) or fnmatchcase(other, one):
        return True
    return "*" in one and "*" in other  # two open patterns: they may meet


def _wrong_time(rule: Rule, place: str) -> Iterator[str]:
    timed = rule.at.place in TIMED
    if rule.when.every_ms and not timed:
        yield f"{place}.every_ms: a {rule.at.place.value} has occasions; say `every` instead"
    if timed and rule.when.calls:
        yield f"{place}.calls: a {rule.at.place.value} has moments, no calls"


def _wrong_value(value: Json, param: Param, place: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from wrong(value, place)
        values = value.get("values")
        if value.get("distribution") == "choice" and isinstance(values, list | tuple):
            for one in values:
                yield from _wrong_value(one, param, place)
        return
    if param.choices:
        if value not in param.choices:
            yield f"{place}: {value!r} is none of {', '.join(param.choices)}"
    elif isinstance(param.default, str):
        if not isinstance(value, str):
            yield f"{place}: {value!r} is no text"
    elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield f"{place}: {value!r} is neither a number nor a distribution"
    elif not _within(value, param):
        yield f"{place}: {value!r} is not from {param.low:g} to {param.high:g}"


def _within(value: float, param: Param) -> bool:
    low = -math.inf if param.low is None else param.low
    high = math.inf if param.high is None else param.high
    return low <= value <= high
