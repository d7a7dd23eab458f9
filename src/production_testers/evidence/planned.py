"""Makes the fault plan of a scenario as small as it can be.

First the plan is brought to the calls at which its faults happened: what decides is then a list of
names, as with latencies, and each can be left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from production_testers.model.fault_plan import ANY, FaultPlan, Place, Rule, When
from production_testers.model.history import EventKind, History
from production_testers.model.scenario import Scenario

CALLS_MAX = 64
"""A rule that fired more often stays as it is: so many names say less than its numbers."""


def at_stated_calls(
    scenario: Scenario, history: History, still_breaks: Callable[[Scenario], bool]
) -> Scenario:
    """The scenario with a plan that names the calls at which its faults happened, if that breaks.

    Args:
        scenario: What was executed.
        history: What happened.
        still_breaks: Whether a scenario still breaks the same law in the same way.
    """
    if scenario.plan is None:
        return scenario
    happened: dict[str, list[str]] = {}
    for event in history.of(EventKind.FAULT_FIRED):
        if "rule" in event.value:
            calls = happened.setdefault(str(event.value["rule"]), [])
            if (name := str(event.value["call"])) not in calls:
                calls.append(name)
    rules = tuple(
        replace(rule, when=When(calls=tuple(happened[rule.id])))
        if len(happened[rule.id]) <= CALLS_MAX
        else rule
        for rule in scenario.plan.rules
        if rule.id in happened
    )
    stated = _with(scenario, rules)
    return stated if stated != scenario and still_breaks(stated) else scenario


def size(scenario: Scenario) -> int:
    """How much a reader has to understand of it."""
    rules = scenario.plan.rules if scenario.plan else ()
    return sum(1 + len(rule.when.calls) + len(rule.params) for rule in rules)


def without_rules(scenario: Scenario) -> Iterator[Scenario]:
    """Each rule left out; without the last one, the scenario has no plan."""
    for rule in scenario.plan.rules if scenario.plan else ():
        yield _with(scenario, tuple(r for r in _rules(scenario) if r is not rule))


def smaller(scenario: Scenario) -> Iterator[Scenario]:
    """Fewer rules, then fewer calls of each, large pieces first."""
    yield from without_rules(scenario)
    for rule in _rules(scenario):
        calls = rule.when.calls
        half = len(calls) // 2
        pieces = [calls[:half], calls[half:]] if half else []
        if len(calls) > 1:
            pieces += [tuple(c for c in calls if c != gone) for gone in calls]
        for kept in pieces:
            yield _changed(scenario, rule, replace(rule, when=When(calls=kept)))


def plainer(scenario: Scenario) -> Iterator[Scenario]:
    """Parameters at their defaults; no burst and no share, where that says the same."""
    for rule in _rules(scenario):
        for name in rule.params:
            rest = {n: value for n, value in rule.params.items() if n != name}
            yield _changed(scenario, rule, replace(rule, params=rest))
        if rule.when != When(calls=rule.when.calls):
            yield _changed(scenario, rule, replace(rule, when=When(calls=rule.when.calls)))


def of_runs(scenario: Scenario, keys: set[str]) -> Scenario:
    """Only what the plan says of these runs."""
    return _only(scenario, lambda run, _stage: run in keys)


def without_stages(scenario: Scenario, names: tuple[str, ...]) -> Scenario:
    """What the plan says of stages that are still there."""
    kept = _only(scenario, lambda _run, stage: stage not in names)
    rules = tuple(rule for rule in _rules(kept) if _stage_of(rule) not in names)
    return _with(kept, rules)


def _only(scenario: Scenario, wanted: Callable[[str, str], bool]) -> Scenario:
    rules = []
    for rule in _rules(scenario):
        calls = tuple(c for c in rule.when.calls if wanted(*_run_and_stage(c)))
        if rule.when.calls and not calls:
            continue
        rules.append(replace(rule, when=replace(rule.when, calls=calls)))
    return _with(scenario, tuple(rules))


def _run_and_stage(call: str) -> tuple[str, str]:
    run, _, rest = call.partition("/")
    return run, rest.partition("/")[0]


def _stage_of(rule: Rule) -> str:
    return rule.at.name if rule.at.place is Place.STAGE else rule.at.stage


def renamed(
    plan: FaultPlan | None,
    runs: Mapping[str, str],
    stages: Mapping[str, str],
    directive: Callable[[str], str],
) -> FaultPlan | None:
    """The plan with the plain names of runs and stages.

    Args:
        plan: What to rename in.
        runs: Old name → new name.
        stages: Likewise.
        directive: A name that begins with a run and a stage, renamed.
    """
    if plan is None:
        return None
    rules = []
    for rule in plan.rules:
        at = replace(rule.at, run=runs.get(rule.at.run, rule.at.run))
        if at.place is Place.STAGE:
            at = replace(at, name=stages.get(at.name, at.name))
        elif at.stage != ANY:
            at = replace(at, stage=stages.get(at.stage, at.stage))
        calls = tuple(directive(call) for call in rule.when.calls)
        rules.append(replace(rule, at=at, when=replace(rule.when, calls=calls)))
    return replace(plan, rules=tuple(rules))


def _rules(scenario: Scenario) -> tuple[Rule, ...]:
    return scenario.plan.rules if scenario.plan else ()


def _changed(scenario: Scenario, old: Rule, new: Rule) -> Scenario:
    return _with(scenario, tuple(new if rule is old else rule for rule in _rules(scenario)))


def _with(scenario: Scenario, rules: tuple[Rule, ...]) -> Scenario:
    if scenario.plan is None:
        return scenario
    return replace(scenario, plan=replace(scenario.plan, rules=rules) if rules else None)
