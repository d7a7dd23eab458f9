"""What a worker is asked to do: explore schedules, replay one, count operations, measure."""

import asyncio
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random
from types import FrameType
from typing import Any, Self

from production_testers.experiments import (
    growing,
    growing_requests,
    growing_units,
    imports,
    workloads,
)
from production_testers.experiments.execution import execute, needs
from production_testers.experiments.firing import fired_faults, planned_faults
from production_testers.experiments.judging import judge, run_and_judge
from production_testers.experiments.ordering import ordered, strategy_of
from production_testers.laws import LAWS
from production_testers.laws.cost.observing import OBSERVED
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model import scenario_format, seeds
from production_testers.model.errors import UsageError
from production_testers.model.history import History
from production_testers.model.observation import CostPoint, Observation
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.model.semantics import Capability, Citation, SutDescription
from production_testers.model.target import Target
from production_testers.model.verdict import Verdict
from production_testers.suts.contract import Adapter

Emit = Callable[[dict[str, Any]], None]

EXPLAINED = "explained"
"""Broken, but told by a law whose break is the reason."""

CRASHED = "crashed"
"""Unknown, because the law itself failed."""

CANDIDATES_PER_CLASS = 3
"""How many schedules that break one law in one way are kept from each batch."""


def describe(adapter: Adapter, _arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """What the adapter says of its framework."""
    sut = adapter.describe()
    return {
        "name": sut.name,
        "version": sut.version,
        "capabilities": {
            capability.value: None if citation is None else _cited(citation)
            for capability, citation in sut.capabilities.items()
        },
        "words": {way: _cited(citation) for way, citation in sut.words.items()},
        "components": {capability.value: name for capability, name in sut.components.items()},
        "redacts": sorted(sut.redacts),
    }


def _cited(citation: Citation) -> dict[str, Any]:
    return {"quote": citation.quote, "file": citation.file, "line": citation.line}


def draw(kind: Kind, seed: int, index: int) -> Scenario:
    """Schedule `index` of a kind: what the run folder's pipeline module draws, in an order."""
    random = Random(seeds.derive(seed, kind.value, index))
    try:
        units = imports.units_module()
        if units is not None and (not units.PIPELINES_EVERY or index % units.PIPELINES_EVERY):
            used: Scenario = units.scenario(random, kind)
            return ordered(used, seed, kind, index)
        module = importlib.import_module(f"pipelines.{kind.value}")
        scenario: Scenario = module.scenario(random)
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(
            f"pipelines/{kind.value}.py cannot be used: {type(error).__name__}: {error}."
        ) from error
    for function in sorted(scenario.pipeline.functions()):
        imports.load(function)
    return ordered(scenario, seed, kind, index)


def explore(adapter: Adapter, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """Execute schedules `start` to `start + count` of one kind and judge each.

    Args of the job: kind, seed, start, count.
    """
    sut = adapter.describe()
    kind, seed = Kind(arguments["kind"]), arguments["seed"]
    tally = _Tally(sut)
    for index in range(arguments["start"], arguments["start"] + arguments["count"]):
        scenario = draw(kind, seed, index)
        missing = [c.value for c in needs(scenario) if not sut.offers(c)]
        if missing:
            tally.not_offered.update(missing)
            tally.left_out += 1
            continue
        tally.add(index, scenario, adapter)
        if tally.schedules % 25 == 0:
            emit({"schedules": 25})
    return tally.as_json()


class _Tally:
    """Adds up what a batch of schedules showed."""

    def __init__(self, sut: SutDescription) -> None:
        self.sut = sut
        self.schedules = self.steps = self.left_out = 0
        self.not_offered: Counter[str] = Counter()
        self.exercised: Counter[str] = Counter()
        self.judged: dict[str, Counter[str]] = {}
        self.crashes: dict[str, str] = {}
        self.broken: Counter[tuple[str, str]] = Counter()
        self.histories: set[str] = set()
        self.strategies: Counter[str] = Counter()
        self.tasks = self.choices = 0
        self.faults_planned = 0
        self.faults_fired: Counter[str] = Counter()
        self.candidates: list[dict[str, Any]] = []

    def add(self, index: int, scenario: Scenario, adapter: Adapter) -> None:
        """Execute one schedule."""
        judged = run_and_judge(adapter, self.sut, scenario)
        self.schedules += 1
        self.steps += judged.steps
        self.strategies[strategy_of(index)] += 1
        self.tasks = max(self.tasks, judged.session.tasks)
        self.choices = max(self.choices, judged.session.choices)
        self.histories.add(judged.observation.history.digest())
        self.faults_planned += planned_faults(scenario)
        self.faults_fired.update(fired_faults(scenario, judged.observation.history))
        for law, verdict in judged.verdicts.items():
            self.judged.setdefault(law, Counter())[_state(verdict)] += 1
            if verdict.crashed:
                self.crashes.setdefault(law, f"schedule {index}: {verdict.summary}")
            self.exercised[law] += verdict.exercised
        for law, verdict in judged.broken.items():
            for way in verdict.ways():
                self.broken[law, way.outcome_class] += 1
                if self.broken[law, way.outcome_class] <= CANDIDATES_PER_CLASS:
                    self.candidates.append(
                        {
                            "index": index,
                            "law": law,
                            "verdict": replace(way, also=()).as_json(),
                            "scenario": scenario_format.to_json(scenario),
                        }
                    )

    def as_json(self) -> dict[str, Any]:
        """The tally as it crosses the pipe."""
        return {
            "schedules": self.schedules,
            "steps": self.steps,
            "left_out": self.left_out,
            "not_offered": dict(self.not_offered),
            "exercised": dict(self.exercised),
            "judged": {law: dict(states) for law, states in self.judged.items()},
            "crashes": self.crashes,
            "broken": [[law, name, count] for (law, name), count in sorted(self.broken.items())],
            "interleavings": sorted(self.histories),
            "strategies": dict(self.strategies),
            "tasks": self.tasks,
            "choices": self.choices,
            "faults_planned": self.faults_planned,
            "faults_fired": dict(self.faults_fired),
            "candidates": self.candidates,
        }


def _state(verdict: Verdict) -> str:
    if verdict.crashed:
        return CRASHED
    return EXPLAINED if verdict.explained else verdict.state.value


def replay(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Execute one scenario and give every verdict, the history and its digest."""
    scenario = scenario_format.from_json(arguments["scenario"])
    sut = adapter.describe()
    missing = sorted(c.value for c in needs(scenario) if not sut.offers(c))
    if missing:
        return {"not_offered": missing, "verdicts": {}, "history": "", "digest": "", "steps": 0}
    judged = run_and_judge(adapter, sut, scenario)
    return {
        "not_offered": [],
        "verdicts": {law: verdict.as_json() for law, verdict in judged.verdicts.items()},
        "history": judged.observation.history.dump(),
        "digest": judged.observation.history.digest(),
        "steps": judged.steps,
    }


def trace(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """The first schedule of a kind that this release can execute: its scenario and history."""
    sut = adapter.describe()
    for index in range(arguments["tries"]):
        scenario = draw(Kind(arguments["kind"]), arguments["seed"], index)
        if all(sut.offers(capability) for capability in needs(scenario)):
            observation, session = execute(adapter, scenario, sut)
            return {
                "index": index,
                "scenario": scenario_format.to_json(scenario),
                "events": [event.as_json() for event in observation.history],
                "virtual_s": session.virtual_s,
            }
    return {"index": None, "scenario": None, "events": [], "virtual_s": 0.0}


def cost(adapter: Adapter, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """Count the framework's executed lines for pipelines of growing size, and judge the growth.

    Args of the job: shape (`chain` or `fan_out`; one of `growing.WAYS`, for what is kept after
    growing numbers of runs; one of `growing_units.WAYS`, for what a unit costs; or what observing
    adds), sizes (ascending).
    """
    if arguments["shape"] == REQUESTS:
        return _kept_of_requests(adapter, arguments, emit)
    sut = adapter.describe()
    shape, sizes = arguments["shape"], arguments["sizes"]
    if shape in growing_units.WAYS:
        return _counted(sut, growing_units.measured(adapter, sut, shape, sizes))
    if shape in growing.WAYS:
        offered = all(sut.offers(capability) for capability in growing.WAYS[shape])
        return _counted(sut, growing.kept(adapter, shape, sizes, emit) if offered else ())
    if shape == OBSERVED:
        return _counted(sut, _observing(adapter, sut, sizes, emit))
    points = []
    for size, counter in _executed(adapter, sut, shape, sizes, emit):
        points.append(CostPoint(size=size, operations=counter.lines, longest=counter.longest()))
    return _counted(sut, tuple(points))


def _executed(
    adapter: Adapter,
    sut: SutDescription,
    shape: str,
    sizes: Sequence[int],
    emit: Emit,
    *,
    watch: bool = False,
) -> Iterator[tuple[int, "_LineCounter"]]:
    """Number of stages and executed lines for every size."""
    for number, size in enumerate([min(sizes), *sizes]):
        scenario = replace(cost_scenario(shape, size), watch=watch)
        counter = _LineCounter(adapter.import_roots[0])
        with counter:
            execute(adapter, scenario, sut)
        if number:  # what is imported or cached at first use is not counted
            yield len(scenario.pipeline.stages), counter
            emit({"size": size})


def _observing(
    adapter: Adapter, sut: SutDescription, sizes: Sequence[int], emit: Emit
) -> tuple[CostPoint, ...]:
    """Lines that are executed because somebody listens; none where nothing is emitted."""
    if not sut.offers(Capability.EVENTS):
        return ()
    alone, heard = (
        [counter.lines for _, counter in _executed(adapter, sut, "chain", sizes, emit, watch=on)]
        for on in (False, True)
    )
    return tuple(
        CostPoint(size=size, operations=more - less, what=OBSERVED)
        for size, less, more in zip(sizes, alone, heard, strict=True)
    )


def _kept_of_requests(adapter: Adapter, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """Args of the job, beside the others: control, whether to do without the framework."""
    units = imports.units_module()
    target: Target = units.TARGET
    control = bool(arguments.get("control"))
    points = growing_requests.kept(adapter, target, arguments["sizes"], emit, control=control)
    return _counted(adapter.describe(), points)


def _counted(sut: SutDescription, points: tuple[CostPoint, ...]) -> dict[str, Any]:
    """What the laws about counted work say."""
    laws = [
        law
        for law in LAWS.values()
        if law.needs_costs
        and any(point.what.startswith(law.measures) for point in points)
        and sut.offers(law.capability)
    ]
    observation = Observation(
        scenario=cost_scenario("chain", 1), sut=sut, history=History(events=()), costs=points
    )
    verdicts = judge(observation, laws)
    return {
        "points": [[point.size, point.operations] for point in points],
        "verdicts": {law: verdict.as_json() for law, verdict in verdicts.items()},
    }


def cost_scenario(shape: str, size: int) -> Scenario:
    """One run of a pipeline of a shape (`chain` or `fan_out`) and size, all stages trivial."""
    pipeline = {"chain": workloads.chain, "fan_out": workloads.fan_out}[shape](size)
    request = RunRequest(key="r0", input={}, identity=workloads.identity_of(0, 0))
    return Scenario(
        kind=Kind.STRESS,
        pipeline=pipeline,
        requests=(request,),
        latencies=Latencies(fixed={"*": 1.0}),
    )


class _LineCounter:
    """Counts executed lines in modules below one import root."""

    def __init__(self, root: str) -> None:
        self._root = root
        self.lines = 0
        self._longest = self._began = self._step = 0

    def __enter__(self) -> Self:
        sys.settrace(self._call)
        return self

    def __exit__(self, *_exc: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _argument: object) -> Any:
        name = frame.f_globals.get("__name__", "")
        if name == self._root or name.startswith(self._root + "."):
            self._new_step()
            return self._line
        return None

    def _line(self, _frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self.lines += 1
        return self._line

    def longest(self) -> int:
        """Lines of the longest step of the simulated loop."""
        return max(self._longest, self.lines - self._began)

    def _new_step(self) -> None:
        loop = asyncio._get_running_loop()  # noqa: SLF001 - the public one raises without a loop
        step = getattr(loop, "steps", 0)
        if step != self._step:
            self._longest = max(self._longest, self.lines - self._began)
            self._step, self._began = step, self.lines
