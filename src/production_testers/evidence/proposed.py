"""A scenario that somebody wrote by hand: every mistake with its place, defaults filled in."""

import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from production_testers.evidence import defect
from production_testers.laws import LAWS
from production_testers.mocks.faults import Way, checked
from production_testers.model import scenario_format
from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.pipeline import Identity
from production_testers.model.scenario import Scenario

_IDENTITY = ("tenant", "user", "request")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def way_of(law_id: str, way: str) -> str:
    """In which way a script shows a law to be broken: the only one, or the one that is named.

    Raises:
        UsageError: There is no such law or way, or there are several and none is named.
    """
    ways = tuple(LAWS[_known_law(law_id)].classes)
    if way in ways or (not way and len(ways) == 1):
        return way or ways[0]
    what = f"cannot be broken as {way!r}" if way else f"can be broken in {len(ways)} ways"
    raise UsageError(f"{law_id} {what}.", do=f"Name one with --way: {', '.join(ways)}.")


def _known_law(law_id: str) -> str:
    if law_id not in LAWS:
        near = difflib.get_close_matches(law_id, LAWS, n=1)
        known = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(LAWS)}."
        raise UsageError(f"There is no law {law_id!r}.", do=known)
    return law_id


def law_of(law_id: str) -> str:
    """The id of a law over scenarios.

    Raises:
        UsageError: There is no such law, or it judges measured work.
    """
    if LAWS[_known_law(law_id)].needs_costs:
        raise UsageError(
            f"{law_id} judges measured work, not a scenario.",
            do="Only `ptest run` finds such a break.",
        )
    return law_id


def scenario_of(raw: object, path: str) -> dict[str, Json]:
    """The scenario of a document that is one, or that is evidence with one; defaults filled in.

    Args:
        raw: What was read.
        path: Names the document in errors.

    Raises:
        InvalidDocumentError: It is neither, or something in it is wrong; every place is named.
        UsageError: Stages that do not fit together.
    """
    if isinstance(raw, Mapping) and raw.get("format") == defect.FORMAT:
        exhibit = raw.get("exhibit")
        if not isinstance(exhibit, Mapping) or "scenario" not in exhibit:
            raise InvalidDocumentError(path, ("exhibit: this evidence holds no scenario",))
        raw = exhibit["scenario"]
    known = (scenario_format.FORMAT, scenario_format.FORMAT_WITH_PLAN)
    if not isinstance(raw, Mapping) or raw.get("format") not in known:
        seen = raw.get("format") if isinstance(raw, Mapping) else raw
        expected = f"{scenario_format.FORMAT!r} or {defect.FORMAT!r}"
        raise InvalidDocumentError(path, (f"format: expected {expected}, saw {_shown(seen)}",))
    body = {name: value for name, value in raw.items() if name not in ("format", "plan")}
    if problems := tuple(_problems(body, Scenario, "")):
        raise InvalidDocumentError(path, problems)
    whole = {"format": raw["format"], **_filled(body, Scenario), "plan": raw.get("plan")}
    scenario = scenario_format.from_json(whole, path=path)
    if scenario.plan is not None:
        checked(scenario.plan, Way.SIMULATED, path=f"{path}: plan")
    if problems := tuple(_disagreements(scenario)):
        raise InvalidDocumentError(path, problems)
    return scenario_format.to_json(scenario)


def _disagreements(scenario: Scenario) -> Iterator[str]:
    if not scenario.pipeline.stages:
        yield "pipeline.stages: at least one is needed"
    if not scenario.requests:
        yield "requests: at least one is needed"
    keys = [request.key for request in scenario.requests]
    stages = [stage.name for stage in scenario.pipeline.stages]
    for number, request in enumerate(scenario.requests):
        if request.key in keys[:number]:
            yield f"requests[{number}].key: {request.key!r} stands twice"
        if request.start_ms < 0:
            yield f"requests[{number}].start_ms: {request.start_ms:g} is before the start"
    for number, fault in enumerate(scenario.faults):
        place = f"faults[{number}]"
        if fault.stage not in stages:
            near = _near(fault.stage, stages)
            yield f"{place}.stage: there is no stage {fault.stage!r}{near}"
        if fault.run is not None and fault.run not in keys:
            yield f"{place}.run: there is no request {fault.run!r}{_near(fault.run, keys)}"


def _problems(value: object, expected: Any, place: str) -> Iterator[str]:
    """Every place in a JSON value that does not fit a type of the model."""
    inner = typing.get_args(expected)
    if expected is Identity:
        yield from _problems_of_identity(value, place)
    elif is_dataclass(expected):
        yield from _problems_of_object(value, expected, place)
    elif _is_json(expected):
        return
    elif type(None) in inner:
        if value is not None:
            yield from _problems(value, inner[0], place)
    elif typing.get_origin(expected) is tuple:
        yield from _problems_of_list(value, inner[0], place)
    elif inner:
        yield from _problems_of_mapping(value, inner[1], place)
    else:
        yield from _problems_of_value(value, expected, place)


def _problems_of_value(value: object, expected: Any, place: str) -> Iterator[str]:
    if not issubclass(expected, Enum):
        if not _is(value, expected):
            yield f"{place}: expected {_NAMES[expected]}, saw {_shown(value)}"
        return
    known = [member.value for member in expected]
    if value not in known:
        near = _near(value, known)
        yield f"{place}: {_shown(value)} is unknown{near}; known: {', '.join(known)}"


def _problems_of_identity(value: object, place: str) -> Iterator[str]:
    if not _is_identity(value):
        wanted = f"[{', '.join(_IDENTITY)}], all of them UUIDs"
        yield f"{place}: expected {wanted}, saw {_shown(value)}"


_NAMES = {str: "text", float: "a number", int: "a whole number", bool: "true or false"}


def _is(value: object, expected: type) -> bool:
    if expected is bool or isinstance(value, bool):
        return expected is bool and isinstance(value, bool)
    return isinstance(value, int | float if expected is float else expected)


def _is_json(expected: object) -> bool:
    """Whether any JSON may stand there; resolving the recursive alias makes it another object."""
    return {bool, int, float, str} <= set(typing.get_args(expected))


def _is_identity(value: object) -> bool:
    """Frameworks take UUIDs only; another text would be a break of ours."""
    return (
        isinstance(value, list)
        and len(value) == len(_IDENTITY)
        and all(isinstance(part, str) and _UUID.match(part) for part in value)
    )


def _problems_of_object(value: object, expected: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place or '$'}: expected an object, saw {_shown(value)}"
        return
    known = _members(expected)
    for name in value:
        if name not in known:
            yield f"{_join(place, name)}: unknown{_near(name, known)}"
    hints = typing.get_type_hints(expected)
    for name, member in known.items():
        if name in value:
            yield from _problems(value[name], hints[name], _join(place, name))
        elif not _has_default(member):
            yield f"{_join(place, name)}: is missing"


def _problems_of_list(value: object, item: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place}: expected a list, saw {_shown(value)}"
        return
    for number, one in enumerate(value):
        yield from _problems(one, item, f"{place}[{number}]")


def _problems_of_mapping(value: object, item: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: expected an object, saw {_shown(value)}"
        return
    for name, one in value.items():
        yield from _problems(one, item, _join(place, str(name)))


def _filled(value: Any, expected: Any) -> Any:
    """The value with what the model's own defaults say about everything that it leaves out."""
    if isinstance(value, Mapping) and is_dataclass(expected):
        hints = typing.get_type_hints(expected)
        return {
            name: _filled(value[name], hints[name]) if name in value else _default(member)
            for name, member in _members(expected).items()
        }
    if isinstance(value, list) and typing.get_origin(expected) is tuple:
        return [_filled(one, typing.get_args(expected)[0]) for one in value]
    if isinstance(value, Mapping) and isinstance(expected, types.UnionType):
        return _filled(value, typing.get_args(expected)[0])
    return value


def _default(member: "Field[Any]") -> Any:
    default = member.default if member.default is not MISSING else _made(member)
    if is_dataclass(default) and not isinstance(default, type):
        return {name: getattr(default, name) for name in _members(type(default))}
    return list(default) if isinstance(default, tuple) else default


def _made(member: "Field[Any]") -> Any:
    assert member.default_factory is not MISSING, "asked only where there is a default"
    return member.default_factory()


def _members(expected: Any) -> dict[str, "Field[Any]"]:
    return {member.name: member for member in fields(expected) if member.init}


def _has_default(member: "Field[Any]") -> bool:
    return member.default is not MISSING or member.default_factory is not MISSING


def _near(word: object, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f"; did you mean {near[0]!r}" if near else ""


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
