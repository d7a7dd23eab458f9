"""Fault plans as JSON, format `ptest.faults/1`; readers refuse other versions and unknown members.

What a rule leaves out has its default, so plans stay short:

    {"format": "ptest.faults/1", "seed": 7, "rules": [
      {"fault": "http-429", "at": {"service": "llm"}, "when": {"share": 0.1}},
      {"fault": "latency", "at": {"service": "db", "operation": "query"},
       "params": {"ms": {"distribution": "lognormal", "median": 40, "sigma": 1}}}]}
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.fault_plan import ANY, Burst, FaultPlan, Place, Rule, Target, When

FORMAT = "ptest.faults/1"

_NARROWED: Mapping[Place, tuple[str, ...]] = {
    Place.SERVICE: ("operation", "run", "stage"),
    Place.STAGE: ("run",),
}


def to_json(plan: FaultPlan) -> dict[str, Json]:
    """The plan as a JSON object; defaults are left out."""
    return {
        "format": FORMAT,
        "seed": plan.seed,
        "rules": [rule_to_json(rule) for rule in plan.rules],
    }


def rule_to_json(rule: Rule) -> dict[str, Json]:
    """One rule as a JSON object."""
    made: dict[str, Json] = {"id": rule.id, "fault": rule.fault, "at": _target_json(rule.at)}
    if when := _when_json(rule.when):
        made["when"] = when
    if rule.params:
        made["params"] = dict(rule.params)
    return made


def _target_json(target: Target) -> dict[str, Json]:
    narrowed = {name: getattr(target, name) for name in _NARROWED.get(target.place, ())}
    said = {name: value for name, value in narrowed.items() if value != ANY}
    return {target.place.value: target.name, **said}


def _when_json(when: When) -> dict[str, Json]:
    plain = When()
    said: dict[str, Json] = {}
    for member in fields(When):
        value = getattr(when, member.name)
        if value == getattr(plain, member.name):
            continue
        said[member.name] = list(value) if isinstance(value, tuple) else value
    if when.burst is not None:
        burst = when.burst
        said["burst"] = {
            "group": burst.group,
            "length": burst.length,
            "share": burst.share,
            "of": burst.of,
        }
    return said


def from_json(raw: object, *, path: str = "plan") -> FaultPlan:
    """Read what `to_json` wrote, or what a person wrote by hand.

    Args:
        raw: What was read from a file.
        path: Names the document in errors.

    Raises:
        InvalidDocumentError: Another format, or members that are missing, unknown or of another
            type or range; every place is named.
    """
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        seen = raw.get("format") if isinstance(raw, Mapping) else raw
        raise InvalidDocumentError(path, (f"format: {seen!r} is not {FORMAT!r}",))
    problems: list[str] = list(_unknown(raw, ("format", "seed", "rules"), ""))
    seed, rules = raw.get("seed", 0), raw.get("rules")
    if not _is_whole(seed):
        problems.append(f"seed: {seed!r} is no whole number")
    if not isinstance(rules, list):
        problems.append(f"rules: {rules!r} is no list")
        rules = []
    read = [_rule(one, number, problems) for number, one in enumerate(rules)]
    names = [rule.id for rule in read if rule is not None]
    problems += [
        f"rules[{number}].id: {name!r} stands twice"
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    if problems:
        raise InvalidDocumentError(path, tuple(problems))
    return FaultPlan(seed=seed, rules=tuple(rule for rule in read if rule is not None))


def _rule(raw: object, number: int, problems: list[str]) -> Rule | None:
    place = f"rules[{number}]"
    if not isinstance(raw, Mapping):
        problems.append(f"{place}: {raw!r} is no object")
        return None
    problems += _unknown(raw, ("id", "fault", "at", "when", "params"), place)
    fault = raw.get("fault")
    if not isinstance(fault, str) or not fault:
        problems.append(f"{place}.fault: {fault!r} is no kind of fault")
        fault = ""
    name, params = raw.get("id", f"{number}-{fault}"), raw.get("params", {})
    if not isinstance(name, str) or not name:
        problems.append(f"{place}.id: {name!r} is no text")
    if not isinstance(params, Mapping):
        problems.append(f"{place}.params: {params!r} is no object")
        params = {}
    return Rule(
        id=str(name),
        fault=fault,
        at=_target(raw.get("at"), f"{place}.at", problems),
        when=_when(raw.get("when", {}), f"{place}.when", problems),
        params=dict(params),
    )


def _target(raw: object, place: str, problems: list[str]) -> Target:
    known = [one for one in Place if isinstance(raw, Mapping) and one.value in raw]
    if not isinstance(raw, Mapping) or not known:
        names = ", ".join(one.value for one in Place)
        problems.append(f"{place}: {raw!r} names none of {names}")
        return Target(place=Place.SERVICE)
    # {"service": …, "stage": …} is a service, called by a stage.
    chosen = known[0]
    allowed = _NARROWED.get(chosen, ())
    problems += _unknown(raw, (chosen.value, *allowed), place)
    said = {name: raw[name] for name in allowed if name in raw}
    for name, value in {chosen.value: raw[chosen.value], **said}.items():
        if not isinstance(value, str) or not value:
            problems.append(f"{place}.{name}: {value!r} is no name")
    return Target(place=chosen, name=str(raw[chosen.value]), **{k: str(v) for k, v in said.items()})


def _when(raw: object, place: str, problems: list[str]) -> When:
    if not isinstance(raw, Mapping):
        problems.append(f"{place}: {raw!r} is no object")
        return When()
    problems += _unknown(raw, tuple(member.name for member in fields(When)), place)
    found = [*_wrong_numbers(raw, place)]
    calls = raw.get("calls", [])
    if not isinstance(calls, Sequence) or not all(isinstance(one, str) for one in calls):
        found.append(f"{place}.calls: {calls!r} is no list of names")
        calls = []
    burst = _burst(raw["burst"], f"{place}.burst", found) if raw.get("burst") else None
    problems += found
    if found:
        return When()
    said = {name: value for name, value in raw.items() if name in _CHECKS}
    return When(**said, burst=burst, calls=tuple(calls))


def _burst(raw: object, place: str, problems: list[str]) -> Burst | None:
    if not isinstance(raw, Mapping):
        problems.append(f"{place}: {raw!r} is no object")
        return None
    found = list(_unknown(raw, ("group", "length", "share", "of"), place))
    if not isinstance(raw.get("group"), str):
        found.append(f"{place}.group: {raw.get('group')!r} is no text")
    if not _is_number(raw.get("length"), least=0) or not raw["length"]:
        found.append(f"{place}.length: {raw.get('length')!r} is no number above 0")
    if not _is_number(raw.get("share"), least=0, most=1):
        found.append(f"{place}.share: {raw.get('share')!r} is not from 0 to 1")
    if raw.get("of", "ms") not in ("ms", "calls"):
        found.append(f"{place}.of: {raw.get('of')!r} is neither 'ms' nor 'calls'")
    problems += found
    return None if found else Burst(**{str(name): value for name, value in raw.items()})


_CHECKS: Mapping[str, tuple[str, Any]] = {
    "share": ("not from 0 to 1", lambda v: _is_number(v, least=0, most=1)),
    "first": ("no whole number from 1", lambda v: _is_whole(v) and v >= 1),
    "every": ("no whole number from 1", lambda v: _is_whole(v) and v >= 1),
    "at_most": ("no whole number from 1", lambda v: v is None or (_is_whole(v) and v >= 1)),
    "from_ms": ("no number from 0", lambda v: _is_number(v, least=0)),
    "until_ms": ("no number from 0", lambda v: v is None or _is_number(v, least=0)),
    "every_ms": ("no number from 0", lambda v: _is_number(v, least=0)),
}


def _wrong_numbers(raw: Mapping[str, Any], place: str) -> Iterator[str]:
    for name, (words, fits) in _CHECKS.items():
        if name in raw and not fits(raw[name]):
            yield f"{place}.{name}: {raw[name]!r} is {words}"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object, *, least: float, most: float = math.inf) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and least <= value <= most


def _unknown(raw: Mapping[Any, Any], known: tuple[str, ...], place: str) -> Iterator[str]:
    for name in raw:
        if name not in known:
            where = f"{place}.{name}" if place else str(name)
            yield f"{where}: there is no such member; known: {', '.join(known)}"
