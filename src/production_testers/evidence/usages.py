"""What is special about evidence that is a usage: how it is made smaller, and how it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from production_testers.model.canonical import Json, canonical_json
from production_testers.model.scenario import Latencies, Scenario
from production_testers.model.usage import LAST, Call, Usage, Work
from production_testers.units import UNITS
from production_testers.units.target import TARGET

SHOWN_MAX = 90
"""Characters of an argument or a setting that a sentence shows."""

CALLS_SHOWN = 12


def _with(scenario: Scenario, usage: Usage) -> Iterator[Scenario]:
    """The scenario with another usage, where that is a proper use and a use of the same kind."""
    if usage != scenario.usage and UNITS[usage.unit].is_proper(usage):
        yield _relevant_times(replace(scenario, usage=usage))


def _relevant_times(scenario: Scenario) -> Scenario:
    """Without the latencies of calls that are gone."""
    assert scenario.usage is not None, "it is one of a usage"
    keys = {"*", *(call.key for call in scenario.usage.calls)}
    fixed = scenario.latencies.fixed
    kept = {name: factor for name, factor in fixed.items() if name.partition("/")[0] in keys}
    return replace(scenario, latencies=replace(scenario.latencies, fixed=kept))


def _usage(scenario: Scenario) -> Usage:
    assert scenario.usage is not None, "only scenarios of usages come here"
    return scenario.usage


def _plain_order(scenario: Scenario) -> Iterator[Scenario]:
    """Asyncio's own order, or fewer holds."""
    if not scenario.feasible:
        yield replace(scenario, order=None, holds=())
        for hold in scenario.holds:
            yield replace(scenario, holds=tuple(other for other in scenario.holds if other != hold))


def _fewer_calls(scenario: Scenario) -> Iterator[Scenario]:
    """First large pieces, then one call at a time, the last one first."""
    usage = _usage(scenario)
    for client in usage.clients():
        others = tuple(call for call in usage.calls if call.client != client)
        yield from _with(scenario, replace(usage, calls=others))
    piece = len(usage.calls) // 2
    while piece >= 1:
        for start in reversed(range(0, len(usage.calls), piece)):
            kept = (*usage.calls[:start], *usage.calls[start + piece :])
            yield from _with(scenario, replace(usage, calls=kept))
        piece //= 2


def _one_client(scenario: Scenario) -> Iterator[Scenario]:
    """What several clients show side by side, one may show with its calls in a row."""
    usage = _usage(scenario)
    clients = [client for client in usage.clients() if client != LAST]
    if len(clients) > 1:
        calls = tuple(
            call if call.client == LAST else replace(call, client=clients[0])
            for call in usage.calls
        )
        yield from _with(scenario, replace(usage, calls=calls))
        for client in clients[1:]:
            calls = tuple(
                replace(call, client=clients[0]) if call.client == client else call
                for call in usage.calls
            )
            yield from _with(scenario, replace(usage, calls=calls))


def _changed_calls(
    scenario: Scenario, change: Callable[[Call], Iterator[Call]]
) -> Iterator[Scenario]:
    usage = _usage(scenario)
    for index, call in enumerate(usage.calls):
        for changed in change(call):
            calls = (*usage.calls[:index], changed, *usage.calls[index + 1 :])
            yield from _with(scenario, replace(usage, calls=calls))


def _no_cancellation(scenario: Scenario) -> Iterator[Scenario]:
    def change(call: Call) -> Iterator[Call]:
        if call.cancel_after_ms is not None:
            yield replace(call, cancel_after_ms=None)

    yield from _changed_calls(scenario, change)


def _plain_works(scenario: Scenario) -> Iterator[Scenario]:
    """Nothing special about the caller's own code; fewer stated executions; simple ones."""

    def change(call: Call) -> Iterator[Call]:
        for label, works in call.works.items():
            others = {name: own for name, own in call.works.items() if name != label}
            yield replace(call, works=others)
            for shorter in _fewer(works):
                yield replace(call, works={**call.works, label: shorter})
            for nth, work in enumerate(works):
                for plain in _plainer(work):
                    changed = (*works[:nth], plain, *works[nth + 1 :])
                    yield replace(call, works={**call.works, label: changed})

    yield from _changed_calls(scenario, change)


def _fewer(works: tuple[Work, ...]) -> Iterator[tuple[Work, ...]]:
    if len(works) > 1:
        yield works[:1]
        yield works[: len(works) // 2]
        yield works[:-1]
        yield works[1:]


def _plainer(work: Work) -> Iterator[Work]:
    if work != Work():
        yield Work()
    if work.hangs:
        yield replace(work, hangs=False)
    if work.late:
        yield replace(work, late=False)
    if work.raises:
        yield replace(work, raises="")
    if work.spoils:
        yield replace(work, spoils="")
    if work.gives is not None:
        yield replace(work, gives=None)
        for gives in _simpler(work.gives):
            yield replace(work, gives=gives)
    for ms in (1.0, 2.0, 5.0, 10.0):
        if work.ms > ms:
            yield replace(work, ms=ms)


def _plain_settings(scenario: Scenario) -> Iterator[Scenario]:
    usage = _usage(scenario)
    fixed = UNITS[usage.unit].fixed
    for name, value in usage.settings.items():
        if name not in fixed:
            for simpler in _simpler(value):
                settings = {**usage.settings, name: simpler}
                yield from _with(scenario, replace(usage, settings=settings))


def _plain_arguments(scenario: Scenario) -> Iterator[Scenario]:
    operations = UNITS[_usage(scenario).unit].operations

    def change(call: Call) -> Iterator[Call]:
        operation = operations[call.operation]
        for name, value in call.arguments.items():
            if name not in operation.required:
                others = {key: own for key, own in call.arguments.items() if key != name}
                yield replace(call, arguments=others)
            if name not in operation.fixed:
                for simpler in _simpler(value):
                    yield replace(call, arguments={**call.arguments, name: simpler})

    yield from _changed_calls(scenario, change)


def _simpler(value: Json) -> Iterator[Json]:
    """Simpler values of the same type, the simplest first."""
    if isinstance(value, bool) or value is None:
        if value is True:
            yield False
    elif isinstance(value, int | float):
        yield from _simpler_number(value)
    elif isinstance(value, str):
        yield from _simpler_text(value)
    elif isinstance(value, Mapping):
        for name in value:
            yield {key: own for key, own in value.items() if key != name}
        for name, member in value.items():
            for simpler in _simpler(member):
                yield {**value, name: simpler}
    else:
        yield from _simpler_list(list(value))


def _simpler_number(value: float) -> Iterator[float]:
    for plain in (0, 1, 2, 10, 100):
        if abs(plain) < abs(value):
            yield type(value)(plain)
    if isinstance(value, int) and value > 3:
        yield value - 1
    if value == value and abs(value) != float("inf") and abs(value) > 2:  # noqa: PLR0124 - NaN
        yield type(value)(value // 2) if isinstance(value, int) else value / 2


def _simpler_text(value: str) -> Iterator[str]:
    if not value:
        return
    half = len(value) // 2
    candidates = ["", "a", value[:half], value[half:], value[:-1], value[1:]]
    seen = {value}
    for candidate in candidates:
        if candidate not in seen and len(candidate) <= len(value):
            seen.add(candidate)
            yield candidate


def _simpler_list(value: list[Json]) -> Iterator[list[Json]]:
    half = len(value) // 2
    if value:
        yield []
    if half:
        yield value[:half]
        yield value[half:]
    for index in range(min(len(value), 20)):
        yield [*value[:index], *value[index + 1 :]]
    for index, member in enumerate(value[:20]):
        for simpler in _simpler(member):
            yield [*value[:index], simpler, *value[index + 1 :]]


def _plain_moments(scenario: Scenario) -> Iterator[Scenario]:
    def change(call: Call) -> Iterator[Call]:
        for after_ms in (0.0, 1.0, 2.0, 5.0):
            if call.after_ms > after_ms:
                yield replace(call, after_ms=after_ms)
        for cancel_ms in (0.5, 1.0, 2.0, 5.0):
            if call.cancel_after_ms is not None and call.cancel_after_ms > cancel_ms:
                yield replace(call, cancel_after_ms=cancel_ms)

    yield from _changed_calls(scenario, change)


def _plain_times(scenario: Scenario) -> Iterator[Scenario]:
    """Fewer stated latencies, then round ones."""
    fixed = scenario.latencies.fixed
    if scenario.latencies.seed:
        yield replace(scenario, latencies=Latencies(fixed=fixed))
    named = [name for name in fixed if name != "*"]
    half = len(named) // 2
    groups = [named[:half], named[half:]] if half else []
    for gone in [*groups, *([name] for name in named)]:
        rest = {name: factor for name, factor in fixed.items() if name not in gone}
        yield replace(scenario, latencies=replace(scenario.latencies, fixed=rest))
    for name in named:
        for value in (2.0, 5.0, 10.0):
            if fixed[name] > value or fixed[name] != int(fixed[name]):
                rounded = {**fixed, name: value}
                yield replace(scenario, latencies=replace(scenario.latencies, fixed=rounded))


def _plain_names(scenario: Scenario) -> Iterator[Scenario]:
    """Clients c0, c1 … in the order of their first calls, and calls numbered in each."""
    usage = _usage(scenario)
    named = [client for client in usage.clients() if client != LAST]
    clients = {client: f"c{place}" for place, client in enumerate(named)} | {LAST: LAST}
    keys, counts = {}, dict.fromkeys(clients, 0)
    for call in usage.calls:
        keys[call.key] = f"{clients[call.client]}.{counts[call.client]}"
        counts[call.client] += 1
    renamed = tuple(
        replace(call, key=keys[call.key], client=clients[call.client]) for call in usage.calls
    )
    if renamed == usage.calls:
        return
    fixed = {}
    for name, factor in scenario.latencies.fixed.items():
        key, slash, rest = name.partition("/")
        fixed[f"{keys.get(key, key)}{slash}{rest}"] = factor
    latencies = replace(scenario.latencies, fixed=fixed)
    yield replace(scenario, usage=replace(usage, calls=renamed), latencies=latencies)


STEPS: tuple[Callable[[Scenario], Iterator[Scenario]], ...] = (
    _plain_order,
    _fewer_calls,
    _no_cancellation,
    _plain_works,
    _one_client,
    _plain_settings,
    _plain_arguments,
    _plain_moments,
    _plain_times,
    _plain_names,
)


def usage_in_words(usage: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence for the unit, one for each call."""
    settings = ", ".join(f"{name} {_shown(value)}" for name, value in usage["settings"].items())
    first = f"One {usage['unit'].replace('_', ' ')}{f' with {settings}' if settings else ''}."
    if usage["unit"] == TARGET:
        first = f"The application {usage['settings']['target']['object']}."
    calls = usage["calls"]
    sentences = [_call(call, len({c["client"] for c in calls}) > 1) for call in calls[:CALLS_SHOWN]]
    if len(calls) > CALLS_SHOWN:
        sentences.append(f"And {len(calls) - CALLS_SHOWN} more calls.")
    return (first, *sentences)


def _call(call: Mapping[str, Any], several: bool) -> str:  # noqa: FBT001 - a fact about the usage
    arguments = ", ".join(f"{name}={_shown(value)}" for name, value in call["arguments"].items())
    who = f"Client {call['client']} calls" if several else "Call"
    if call["client"] == LAST:
        who = "When all of these have ended, call"
    moment = f" after {call['after_ms']:g} ms" if call["after_ms"] else ""
    given_up = call["cancel_after_ms"]
    ends = "" if given_up is None else f", and cancels it after {given_up:g} ms"
    works = "".join(_works(label, works) for label, works in call.get("works", {}).items())
    return f"{who} {call['operation']}({arguments}){moment}{ends}.{works}"


def _works(label: str, works: Sequence[Mapping[str, Any]]) -> str:
    return f" Its {label}: {', then '.join(_work(work) for work in works)}."


def _work(work: Mapping[str, Any]) -> str:
    once_done = "is done, and only then " if work.get("late") else ""
    if work["hangs"]:
        return f"{once_done}never ends"
    gives = "" if work["gives"] is None else f" and gives {_shown(work['gives'])}"
    spoilt = f" and gives a bad answer ({work['spoils']})" if work.get("spoils") else gives
    ends = f" and fails ({work['raises']})" if work["raises"] else spoilt
    return f"{once_done}takes {work['ms']:g} ms{ends}"


def _shown(value: Json) -> str:
    text = canonical_json(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}… ({len(text)} characters)"
