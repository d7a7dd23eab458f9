"""A minimal scenario in words that a maintainer understands."""

from collections.abc import Mapping
from typing import Any

from production_testers.evidence import loads
from production_testers.evidence.growth import growth_in_words
from production_testers.evidence.usages import usage_in_words
from production_testers.experiments.workloads import GIVE
from production_testers.mocks.faults.words import rule_in_words
from production_testers.model import fault_plan_format
from production_testers.model.ordering import Hold
from production_testers.model.pipeline import StageKind

_FAULTS = {
    "raise": "raises",
    "fail": "ends with status fail",
    "cancel": "ends with status cancel",
    "retry": "ends with status retry",
    "skip": "ends with status skip",
    "hang": "never ends",
    "slow": "is slow",
    "mutate_inputs": "writes into the outputs that it received",
    "return_none": "returns nothing",
    "return_other": "returns a text, which is no output",
    "mutate_nested": "writes into lists and objects inside of the outputs that it received",
    "slow_cleanup": "takes time to clean up when it is cancelled",
}


def exhibit_in_words(exhibit: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence each: the pipeline, the runs, the faults, the timing."""
    if "script" in exhibit:
        lines = str(exhibit["script"]).strip().count("\n") + 1
        return (f"A script of {lines} lines, which ends with 1.",)
    if loads.is_load(exhibit):
        return loads.in_words(exhibit["load"])
    if "scenario" not in exhibit:
        return (growth_in_words(exhibit["shape"], exhibit["sizes"]),)
    scenario = exhibit["scenario"]
    if scenario.get("usage"):
        return (*usage_in_words(scenario["usage"]), *_timing(scenario))
    return (
        _pipeline(scenario["pipeline"]),
        _runs(scenario["requests"]),
        *(_fault(fault, scenario) for fault in scenario["faults"]),
        *_plan(scenario.get("plan")),
        *(
            f"The run's caller cancels {request['key']} {request['cancel_after_ms']:g} ms after its"
            " start."
            for request in scenario["requests"]
            if request["cancel_after_ms"] is not None
        ),
        *_directives(scenario["latencies"]["fixed"]),
        *_timing(scenario),
    )


def _timing(scenario: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        *_ties(scenario["latencies"]),
        *(Hold(**hold).in_words() for hold in scenario.get("holds", ())),
        *_strategy(scenario.get("order")),
    )


def _ties(latencies: Mapping[str, Any]) -> tuple[str, ...]:
    """Whoever iterates a set of tasks gets them in some order, which the seed decides."""
    seed = latencies["seed"]
    return (f"Sets of tasks are iterated in the order of seed {seed}.",) if seed else ()


def _strategy(order: Mapping[str, Any] | None) -> tuple[str, ...]:
    """An order that could not be said in a few directives."""
    if not order:
        return ()
    return (f"Ready tasks go in the order of strategy {order['strategy']}, seed {order['seed']}.",)


def _pipeline(pipeline: Mapping[str, Any]) -> str:
    stages = pipeline["stages"]
    if len(stages) > 12:
        text = f"Pipeline: {len(stages)} stages, {stages[0]['name']} to {stages[-1]['name']}."
    else:
        parts = [_stage(stage) for stage in stages]
        text = f"Pipeline: {len(stages)} stage{'s' * (len(stages) > 1)}: {', '.join(parts)}."
    limit = pipeline["stage_timeout_ms"]
    return text if limit is None else f"{text} Every stage has a time-out of {limit:g} ms."


def _stage(stage: Mapping[str, Any]) -> str:
    """Its name, what is unusual about it, and what it waits for."""
    notes = []
    if stage["function"] not in ("", GIVE):
        notes.append(stage["function"].rpartition(":")[2])
    if stage["kind"] == StageKind.WORK.value:
        notes.append("kind work")
    if stage["skippable"]:
        notes.append("may be skipped")
    if nested := stage.get("nested"):
        notes.append(f"runs a pipeline: {', '.join(_stage(inner) for inner in nested['stages'])}")
    noted = f" ({'; '.join(notes)})" if notes else ""
    after = f" after {' and '.join(stage['after'])}" if stage["after"] else ""
    return f"{stage['name']}{noted}{after}"


def _runs(requests: list[Mapping[str, Any]]) -> str:
    if len(requests) == 1:
        held = ", ".join(map(_member, requests[0]["input"].items()))
        keyed = ", with an idempotency key" if requests[0].get("idempotency_key") else ""
        holds = f", whose input holds {held}" if held else ""
        return f"One run, {requests[0]['key']}{keyed}{holds}."
    starts = ", ".join(f"{request['key']} at {request['start_ms']:g} ms" for request in requests)
    keys = [key for request in requests if (key := request.get("idempotency_key"))]
    same = " They carry the same idempotency key." if keys and len(set(keys)) == 1 else ""
    return f"{len(requests)} runs of one built pipeline: {starts}.{same}"


def _member(member: tuple[str, Any]) -> str:
    name, value = member
    return f"{len(value)} {name}" if isinstance(value, list) else name


def _fault(fault: Mapping[str, Any], scenario: Mapping[str, Any]) -> str:
    where = f"in run {fault['run']}" if fault["run"] else "in every run"
    if len(scenario["requests"]) == 1:
        where = ""
    text = f"Stage {fault['stage']} {_FAULTS[fault['kind']]} {where}".strip()
    return f"{text} for {fault['milliseconds']:g} ms." if fault["milliseconds"] else f"{text}."


def _plan(plan: Mapping[str, Any] | None) -> tuple[str, ...]:
    """One sentence for each rule of a fault plan."""
    if not plan:
        return ()
    rules = fault_plan_format.from_json(plan).rules
    return tuple(rule_in_words(rule) for rule in rules)


def _directives(fixed: Mapping[str, float]) -> list[str]:
    """Every piece of work takes 1 ms, but for these."""
    words = []
    for name, factor in fixed.items():
        if name != "*":
            run, stage, piece = [*name.split("/", 2), "", ""][:3]
            words.append(f"Hold {stage} of run {run}: its work {piece} takes {factor:g} ms.")
    return words
