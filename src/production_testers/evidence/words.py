"""A minimal scenario in words that a maintainer understands."""

from collections.abc import Mapping
from typing import Any

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
    "slow_cleanup": "takes time to clean up when it is cancelled",
}


def exhibit_in_words(exhibit: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence each: the pipeline, the runs, the faults, the timing."""
    if "scenario" not in exhibit:
        sizes = " and ".join(str(size) for size in exhibit["sizes"])
        shape = {"chain": "a chain", "fan_out": "a fan-out"}[exhibit["shape"]]
        return (f"One run of {shape} of {sizes} stages, all of them trivial.",)
    scenario = exhibit["scenario"]
    return (
        _pipeline(scenario["pipeline"]),
        _runs(scenario["requests"]),
        *(_fault(fault, scenario) for fault in scenario["faults"]),
        *(
            f"The run's caller cancels {request['key']} {request['cancel_after_ms']:g} ms after its"
            " start."
            for request in scenario["requests"]
            if request["cancel_after_ms"] is not None
        ),
        *_directives(scenario["latencies"]["fixed"]),
    )


def _pipeline(pipeline: Mapping[str, Any]) -> str:
    stages = pipeline["stages"]
    if len(stages) > 12:
        text = f"Pipeline: {len(stages)} stages, {stages[0]['name']} to {stages[-1]['name']}."
    else:
        parts = [
            stage["name"]
            + (" (may be skipped)" if stage["skippable"] else "")
            + (f" after {' and '.join(stage['after'])}" if stage["after"] else "")
            for stage in stages
        ]
        text = f"Pipeline: {len(stages)} stage{'s' * (len(stages) > 1)}: {', '.join(parts)}."
    limit = pipeline["stage_timeout_ms"]
    return text if limit is None else f"{text} Every stage has a time-out of {limit:g} ms."


def _runs(requests: list[Mapping[str, Any]]) -> str:
    if len(requests) == 1:
        return f"One run, {requests[0]['key']}."
    starts = ", ".join(f"{request['key']} at {request['start_ms']:g} ms" for request in requests)
    return f"{len(requests)} runs of one built pipeline: {starts}."


def _fault(fault: Mapping[str, Any], scenario: Mapping[str, Any]) -> str:
    where = f"in run {fault['run']}" if fault["run"] else "in every run"
    if len(scenario["requests"]) == 1:
        where = ""
    text = f"Stage {fault['stage']} {_FAULTS[fault['kind']]} {where}".strip()
    return f"{text} for {fault['milliseconds']:g} ms." if fault["milliseconds"] else f"{text}."


def _directives(fixed: Mapping[str, float]) -> list[str]:
    """Every piece of work takes 1 ms, but for these."""
    words = []
    for name, factor in fixed.items():
        if name != "*":
            run, stage, piece = [*name.split("/", 2), "", ""][:3]
            words.append(f"Hold {stage} of run {run}: its work {piece} takes {factor:g} ms.")
    return words
