"""What the evidence pipeline asks a worker to do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from production_testers.evidence import fingerprint
from production_testers.evidence.controls import CONTROLS
from production_testers.evidence.cures import cures_of
from production_testers.evidence.localising import component_of
from production_testers.evidence.planned import at_stated_calls
from production_testers.evidence.reordering import in_directives
from production_testers.evidence.shrinking import shrink
from production_testers.experiments import imports
from production_testers.experiments.execution import execute, factors_for, needs
from production_testers.experiments.jobs import cost
from production_testers.experiments.judging import run_and_judge
from production_testers.laws import LAWS, Law
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model import scenario_format
from production_testers.model.errors import UsageError
from production_testers.model.ordering import Order
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription
from production_testers.model.verdict import State, Verdict
from production_testers.suts.contract import Adapter, HasUnits
from production_testers.suts.reference import ReferenceAdapter
from production_testers.units.target import TARGET, target_of, without_framework

Emit = Callable[[dict[str, Any]], None]


def check(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Import what a scenario names, and say what this release does not offer of its needs.

    Args of the job: scenario, law.

    Raises:
        UsageError: A stage or service cannot be imported.
    """
    scenario = scenario_format.from_json(arguments["scenario"])
    for path in sorted({*scenario.pipeline.functions(), *scenario.services.values()}):
        try:
            imports.load(path)
        except UsageError:
            raise
        except Exception as error:  # a module of the proposer's own can raise anything
            raise UsageError(f"Cannot import {path!r}: {type(error).__name__}: {error}.") from error
    sut = adapter.describe()
    needed = {*needs(scenario), LAWS[arguments["law"]].capability}
    return {"not_offered": sorted(c.value for c in needed if not sut.offers(c))}


def minimise(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Shrink a scenario that breaks a law; fingerprint what is left.

    Where the reference keeps the law over the scenario, it keeps it over what is left: a smallest
    scenario in which a right executor gives nothing to judge would be attributed to nobody.

    Args of the job: scenario, law, outcome_class, allowance.
    """
    sut = adapter.describe()
    law = LAWS[arguments["law"]]

    def verdict_on(scenario: Scenario) -> Verdict | None:
        if scenario.usage is None and not scenario.requests:
            return None
        verdict = run_and_judge(adapter, sut, scenario).verdicts[law.id]
        way = verdict.way(arguments["outcome_class"])
        return None if way is None else replace(way, also=())

    def still_breaks(smaller: Scenario) -> bool:
        return verdict_on(smaller) is not None and (not attributable or judged_right(smaller))

    def keeps(scenario: Scenario) -> bool:
        verdict = run_and_judge(adapter, sut, scenario).verdicts[law.id]
        return verdict.state is not State.BROKEN and not verdict.explained

    scenario = scenario_format.from_json(arguments["scenario"])
    judged_right = _kept_by_the_reference(law.id)
    is_target = scenario.usage is not None and scenario.usage.unit == TARGET
    attributable = not is_target and judged_right(scenario)  # a target has a control of its own
    if verdict_on(scenario) is None:
        return {"reproduced": False}
    if not scenario.feasible:
        _, session = execute(adapter, scenario, sut)
        scenario = in_directives(scenario, still_breaks, session.overtaken)
    factors = factors_for(scenario)
    observation, _ = execute(adapter, scenario, sut, factors=factors)
    scenario = at_stated_calls(scenario, observation.history, still_breaks)
    shrunk = shrink(
        scenario,
        still_breaks,
        factors.taken,
        allowance=arguments["allowance"],
    )
    verdict = verdict_on(shrunk.scenario)
    if verdict is None:
        return {"reproduced": False}
    needed = fingerprint.features(shrunk.scenario)
    cures = cures_of(adapter, sut, shrunk.scenario, law.id) if scenario.usage is None else []
    located = (
        cures[0].name if cures else _component(adapter, sut, shrunk.scenario, keeps, law, verdict)
    )
    component = located or fingerprint.component(law.id, verdict, sut)
    return {
        "reproduced": True,
        "scenario": scenario_format.to_json(shrunk.scenario),
        "verdict": verdict.as_json(),
        "executions": shrunk.executions,
        "work": shrunk.work,
        "complete": shrunk.complete,
        "features": list(needed),
        "component": component,
        "cures": [cure.id for cure in cures],
        "also_breaks": _other_ways(adapter, sut, shrunk.scenario, (law.id, verdict.outcome_class)),
        "fingerprint": fingerprint.fingerprint(law.id, component, verdict.outcome_class, needed),
    }


def _component(
    adapter: Adapter,
    sut: SutDescription,
    scenario: Scenario,
    keeps: Callable[[Scenario], bool],
    law: Law,
    verdict: Verdict,
) -> str | None:
    """What is at fault; a unit's binding says which of the framework's names answers a call."""
    usage = scenario.usage
    if usage is None:
        return component_of(adapter, sut, scenario, keeps)
    if not isinstance(adapter, HasUnits):
        return None
    if usage.unit == TARGET:
        return _at_fault(adapter, sut, scenario, law, verdict)
    operations = [call.operation for call in usage.calls if verdict.run in ("", call.key)]
    named = adapter.components_of(usage.unit)
    return next((named[operation] for operation in operations if operation in named), None)


def _at_fault(
    adapter: Adapter, sut: SutDescription, scenario: Scenario, law: Law, verdict: Verdict
) -> str:
    """The team's own code, unless the law is not broken so where the framework does not execute it.

    Another fault of the team's may break it there in another way. What orders the framework's tasks
    means nothing to other tasks, so the control has as many timings as at the gate.
    """
    assert scenario.usage is not None, "it is one of a target"
    target = target_of(scenario.usage)
    without, way = without_framework(scenario), verdict.outcome_class
    states = _states(adapter, sut, without, law, way=way, count=CONTROLS)
    if states["broken"] == 0 and states["holds"]:
        return fingerprint.component(law.id, verdict, sut)
    return target.code.get(verdict.stage) or target.object.replace(":", ".")


def _kept_so(law: Law, verdict: Verdict, outcome_class: str | None) -> bool:
    """Whether a law that was judged is not broken in one way, nor in another degree of it."""
    if verdict.state is not State.BROKEN or law.ways_are_degrees:
        return verdict.state is State.HOLDS
    return verdict.way(str(outcome_class)) is None


def _kept_by_the_reference(law: str) -> Callable[[Scenario], bool]:
    """Whether a right executor keeps the law over a scenario, and gives it something to judge."""
    reference: Adapter = ReferenceAdapter()
    sut = reference.describe()

    def keeps(scenario: Scenario) -> bool:
        own_order = replace(scenario, order=None, holds=())  # holds name tasks of the other one
        return run_and_judge(reference, sut, own_order).verdicts[law].state is State.HOLDS

    return keeps


def _other_ways(
    adapter: Adapter, sut: SutDescription, scenario: Scenario, own: tuple[str, str]
) -> list[list[str]]:
    """In which other ways a scenario breaks laws, as [law, way]."""
    broken = run_and_judge(adapter, sut, scenario).broken
    ways = {(law, way.outcome_class) for law, v in broken.items() for way in v.ways()}
    return [list(way) for way in sorted(ways - {own})]


def control(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Execute a scenario under `count` different timings and count how often a law holds.

    The first timing is the scenario's own. Args of the job: scenario, law, count, and outcome_class
    where only one way to break it counts.
    """
    states = _states(
        adapter,
        adapter.describe(),
        scenario_format.from_json(arguments["scenario"]),
        LAWS[arguments["law"]],
        way=arguments.get("outcome_class"),
        count=arguments["count"],
    )
    return {"states": states}


def _states(
    adapter: Adapter,
    sut: SutDescription,
    scenario: Scenario,
    law: Law,
    *,
    way: str | None,
    count: int,
) -> dict[str, int]:
    """State of the law → number of timings, the first of which is the scenario's own."""
    states = dict.fromkeys((state.value for state in State), 0)
    for index in range(count):
        varied = scenario
        if index:
            timing = replace(scenario.latencies, seed=index, low=1.0, high=10.0, fixed={})
            varied = replace(scenario, latencies=timing)
        if not scenario.feasible:  # its directives name tasks that the control does not have
            varied = replace(varied, holds=(), order=Order(strategy="walk", seed=index))
        # every law is asked: a general one gives way to a special one
        verdict = run_and_judge(adapter, sut, varied).verdicts[law.id]
        kept = way is not None and _kept_so(law, verdict, way)
        states[(State.HOLDS if kept else verdict.state).value] += 1
    return states


def component(adapter: Adapter, arguments: dict[str, Any], emit: Emit) -> str:
    """The component at fault for a law and a way of breaking it.

    Args of the job: law, outcome_class; shape and sizes where something was counted.
    """
    if arguments.get("shape") == REQUESTS:
        control = cost(adapter, {**arguments, "control": True}, emit)["verdicts"]
        if control[arguments["law"]]["state"] != State.HOLDS.value:
            units = imports.units_module()
            return str(units.TARGET.object).replace(":", ".")
    verdict = Verdict(state=State.BROKEN, outcome_class=arguments["outcome_class"])
    return fingerprint.component(arguments["law"], verdict, adapter.describe())
