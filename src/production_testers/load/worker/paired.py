"""One turn of a load that is evidence: in this process, on the framework or on its control.

The whole of a pair is made by processes of one shape: a fresh child of the framework's worker, with
the same interpreter, pipeline, requests and work, so that nothing but the executor differs.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from production_testers.experiments import imports
from production_testers.experiments.jobs import cost_scenario
from production_testers.experiments.judging import judge as judged
from production_testers.laws import LAWS
from production_testers.laws.load.releases import RELEASES
from production_testers.laws.load.targets import TARGETS
from production_testers.load.arrivals import Shape
from production_testers.load.plan import Plan
from production_testers.load.result import percentiles_ms
from production_testers.load.worker.closed_loop import Operation
from production_testers.load.worker.measuring import TargetOperation, made, result_of
from production_testers.load.worker.pipelines import drawn, operation_of
from production_testers.load.worker.sampling import waited_ns
from production_testers.model import scenario_format
from production_testers.model.history import History
from production_testers.model.observation import LoadFigure, Observation
from production_testers.suts.contract import Adapter
from production_testers.suts.reference import ReferenceAdapter

Emit = Callable[[dict[str, Any]], None]

OF_TARGET = "target"
"""Member of a load's scenario: its operations are requests of a team's own application."""


def one(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, float]:
    """Make a load once, and give its figures.

    Args of the job: load (see `evidence.loads`), control (whether on the reference; for a team's
    application, with its stages as plain tasks).
    """
    load = arguments["load"]
    plan = plan_of(load)
    operation = _operation(adapter, load, control=arguments["control"])
    waited, began = waited_ns(), time.perf_counter_ns()
    told = made(plan, operation)
    waited_share = (waited_ns() - waited) / (time.perf_counter_ns() - began)
    result = result_of(plan, told)
    return {
        **percentiles_ms(result.latency),
        "throughput_tps": result.throughput,
        "cpu_us": result.cpu_us_per_operation,
        "waited_share": min(1.0, waited_share),
        "operations": result.completed,
    }


def _operation(adapter: Adapter, load: Mapping[str, Any], *, control: bool) -> Operation:
    if load["scenario"].get(OF_TARGET):
        return TargetOperation(adapter, imports.units_module().TARGET, control=control)
    executor: Adapter = ReferenceAdapter() if control else adapter
    return operation_of(executor, load["scenario"], load["work"], load["timeout_s"])


def plan_of(load: Mapping[str, Any]) -> Plan:
    """The share of one process in a load."""
    shape = load["shape"]
    return Plan(
        target={},
        words="one turn of a pair",
        duration_s=load["duration_s"],
        shape=None if shape is None else Shape.from_json(shape),
        concurrency=load["concurrency"],
        think_s=load["think_s"],
        workers=load["workers"],
        timeout_s=load["timeout_s"],
    )


def judge(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """What the laws about loads say of figures.

    Args of the job: figures, as fields of `LoadFigure`.
    """
    figures = tuple(
        LoadFigure(**{**told, "pairs": tuple((own, other) for own, other in told["pairs"])})
        for told in arguments["figures"]
    )
    sut = adapter.describe()
    wanted = TARGETS if any(figure.limit is not None for figure in figures) else RELEASES
    laws = [law for law in LAWS.values() if law.measures == wanted and sut.offers(law.capability)]
    observation = Observation(
        scenario=cost_scenario("chain", 1), sut=sut, history=History(events=()), figures=figures
    )
    return {law: verdict.as_json() for law, verdict in judged(observation, laws).items()}


def written(_adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """A scenario as evidence holds it: drawn, and independent of what would be drawn later.

    Args of the job: scenario, as `pipelines.drawn` takes it.

    Returns:
        scenario; faulty: whether something is made to go wrong in it.
    """
    wanted = arguments["scenario"]
    scenario = drawn(wanted)
    faulty = bool(scenario.faults or scenario.plan)
    if "records" not in wanted:
        return {"scenario": {"given": scenario_format.to_json(scenario)}, "faulty": faulty}
    first = replace(scenario, requests=scenario.requests[:1])  # the others are made again
    raw = scenario_format.to_json(first)
    kept = {"given": raw, "records": wanted["records"], "seed": wanted["seed"]}
    return {"scenario": kept, "faulty": faulty}
