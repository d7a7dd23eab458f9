"""Rules of a fault plan in words."""

from collections.abc import Mapping

from production_testers.mocks.faults.catalogue import kind_of
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import ANY, Burst, Place, Rule, Target, When


def rule_in_words(rule: Rule) -> str:
    """One or two sentences: what happens, where, when, with which parameters."""
    what = kind_of(rule.fault).what.rstrip(".")
    given = ", ".join(f"{name} {_value(value)}" for name, value in rule.params.items())
    with_params = f" ({given})" if given else ""
    return f"{target_in_words(rule.at)}, {when_in_words(rule.when)}: {what}{with_params}."


def target_in_words(target: Target) -> str:
    """Where a rule applies."""
    if target.place is Place.SERVICE:
        operation = "" if target.operation == ANY else f".{target.operation}"
        name = "every service" if target.name == ANY else f"service {target.name}{operation}"
        stage = "" if target.stage == ANY else f" called by stage {target.stage}"
        return f"At {name}{stage}{_run(target)}"
    if target.place is Place.STAGE:
        name = "every stage" if target.name == ANY else f"stage {target.name}"
        return f"In {name}{_run(target)}"
    return f"At {target.place.value} {target.name}"


def _run(target: Target) -> str:
    return "" if target.run == ANY else f" in run {target.run}"


def when_in_words(when: When) -> str:
    """When and how often a rule fires."""
    if when.calls:
        return f"at {', '.join(when.calls)}"
    parts = []
    if when.share < 1:
        parts.append(f"at {when.share:.3g} of all occasions")
    if when.first > 1:
        parts.append(f"from occasion {when.first} on")
    if when.every > 1:
        parts.append(f"every {when.every}th time")
    if when.at_most is not None:
        parts.append(f"at most {when.at_most} times for each caller")
    if when.from_ms:
        parts.append(f"from {when.from_ms:g} ms on")
    if when.until_ms is not None:
        parts.append(f"until {when.until_ms:g} ms")
    if when.every_ms:
        parts.append(f"every {when.every_ms:g} ms")
    if when.burst is not None:
        parts.append(_burst(when.burst))
    return ", ".join(parts) or "always"


def _burst(burst: Burst) -> str:
    unit = "ms" if burst.of == "ms" else "calls"
    return f"in bursts of group {burst.group} ({burst.share:.3g} of all {burst.length:g} {unit})"


def _value(value: Json) -> str:
    if not isinstance(value, Mapping):
        return f"{value}"
    rest = ", ".join(f"{name} {v}" for name, v in value.items() if name != "distribution")
    return f"{value['distribution']}({rest})"
