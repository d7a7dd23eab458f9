"""Targets that are pipelines of a framework: one operation is one execution of the pipeline.

Runs beside the framework. Stages are those of the scenario, with real time and without the
history that the laws judge: two clock readings a stage are all that is added.
"""

import asyncio
import contextlib
import importlib
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from production_testers.experiments import imports
from production_testers.experiments.instruments import InjectedFaultError
from production_testers.experiments.jobs import cost_scenario
from production_testers.experiments.workloads import identity_of
from production_testers.load.histogram import Histogram
from production_testers.load.worker.callables import limited
from production_testers.load.worker.closed_loop import Operation
from production_testers.load.worker.spent import SlowestSpent, Spent
from production_testers.mocks.datasets import generate
from production_testers.mocks.services.contract import Service
from production_testers.model import scenario_format, seeds
from production_testers.model.canonical import Json
from production_testers.model.errors import SutUnavailableError, UsageError
from production_testers.model.pipeline import Identity, Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import FaultKind, Kind, RunRequest, Scenario
from production_testers.suts.contract import Adapter, RunResult, StageCall
from production_testers.suts.registry import load_adapter

TRACED_AN_INTERVAL = 5
"""About so many operations of an interval are traced; the others are not disturbed."""

_STATUS_OF = {
    FaultKind.FAIL: Status.FAIL,
    FaultKind.CANCEL: Status.CANCEL,
    FaultKind.RETRY: Status.RETRY,
    FaultKind.SKIP: Status.SKIP,
}
_SEPARATOR = "~"
"""Between the request's key, which faults are about, and the number of the operation."""


class RunFailedError(Exception):
    """The framework says that the run failed or was cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the stages do.

    Attributes:
        trivial: Nothing at all: what is left is the framework's own cost.
        scale: The scenario's times are multiplied by this.
    """

    trivial: bool = False
    scale: float = 1.0


@contextlib.asynccontextmanager
async def opened(
    sut: str, scenario: Mapping[str, Any], work: Mapping[str, Any], timeout_s: float | None
) -> AsyncIterator[Operation]:
    """The pipeline, built by the framework.

    Args:
        sut: The adapter's name.
        scenario: What to draw; see `drawn`.
        work: What the stages do; see `Work`.
        timeout_s: An execution that takes longer fails.

    Raises:
        SutUnavailableError: The framework cannot be imported.
        UsageError: There is no such scenario.
    """
    try:
        adapter = load_adapter(sut)
    except Exception as error:
        raise SutUnavailableError(
            f"{sut} cannot be imported by {sys.executable}: {error}.", do="Check --sut."
        ) from error
    yield operation_of(adapter, scenario, work, timeout_s)


def operation_of(
    adapter: Adapter,
    scenario: Mapping[str, Any],
    work: Mapping[str, Any],
    timeout_s: float | None = None,
) -> Operation:
    """The operation for an adapter that is there already."""
    return limited(PipelineOperation(adapter, drawn(scenario), Work(**work)), timeout_s)


def drawn(wanted: Mapping[str, Any]) -> Scenario:
    """A scenario.

    Args:
        wanted: `kind` and `seed` of a scenario that the folder's own pipelines draw, where
            `records` may say which data set its requests hold; or `given`, a scenario as
            evidence holds it, with the same; or `shown`, for the pipeline that the folder's
            baseline.py shows, with one plain request; or `shape` and `size` of a pipeline that
            is made for measuring, with `payload` characters in its input.

    Raises:
        UsageError: There is none.
    """
    if "shape" in wanted:
        made = cost_scenario(wanted["shape"], wanted["size"])
        given: dict[str, Json] = {"payload": "x" * int(wanted.get("payload", 0))}
        return replace(made, requests=(replace(made.requests[0], input=given),))
    if "shown" in wanted:
        return _shown()
    if "given" in wanted:
        given_as = scenario_format.from_json(wanted["given"])
        return _with_records(given_as, wanted) if "records" in wanted else given_as
    kind, seed = Kind(wanted["kind"]), int(wanted["seed"])
    try:
        module = importlib.import_module(f"pipelines.{kind.value}")
        scenario: Scenario = module.scenario(Random(seeds.derive(seed, kind.value, 0)))
        shown: PipelineSpec = module.pipeline()
    except Exception as error:
        raise UsageError(
            f"pipelines/{kind.value}.py cannot be used: {type(error).__name__}: {error}."
        ) from error
    if "records" not in wanted:
        return scenario
    return _with_records(replace(scenario, pipeline=shown, faults=()), wanted)


def _shown() -> Scenario:
    pipeline: PipelineSpec = importlib.import_module("pipelines.baseline").pipeline()
    request = RunRequest(key="r0", input={}, identity=identity_of(0, 0))
    return Scenario(kind=Kind.BASELINE, pipeline=pipeline, requests=(request,))


def _with_records(scenario: Scenario, wanted: Mapping[str, Any]) -> Scenario:
    """A request for each record of a data set."""
    records = wanted["records"]
    rows = generate(records["scenario"], records["variant"], records["size"], int(wanted["seed"]))
    requests = tuple(
        RunRequest(
            key=f"r{number}", input={records["field"]: [row]}, identity=identity_of(0, number)
        )
        for number, row in enumerate(rows)
    )
    return replace(scenario, requests=requests)


class PipelineOperation:
    """Executes a scenario's pipeline once a call, its requests in turn."""

    def __init__(self, adapter: Adapter, scenario: Scenario, work: Work) -> None:
        self.scenario = scenario
        self._adapter = adapter
        self._pipeline = scenario.pipeline
        self._work = work
        self._random = Random(seeds.derive(scenario.latencies.seed, "load"))
        self._services: dict[str, Service] = {}
        self._functions = {path: imports.load(path) for path in scenario.pipeline.functions()}
        self._took: dict[str, list[int]] = {s.name: [] for s in scenario.pipeline.stages}
        self._stages = {name: Histogram() for name in self._took}
        self._number = self._traced_from = 0
        self._every = 1
        self._traces: dict[str, dict[str, Any]] = {}
        self.spent: dict[str, Spent] = {}
        self._slowest = SlowestSpent()
        self._finished: list[dict[str, Any]] = []
        self._built = adapter.build(
            scenario.pipeline, self._trivial if work.trivial else self._body
        )

    def __call__(self) -> Any:
        """One execution."""
        number = self._number
        self._number = number + 1
        requests = self.scenario.requests
        request = requests[number % len(requests)]
        key = f"{request.key}{_SEPARATOR}{number}"
        if number % self._every == 0:
            self._traces[key] = {"run": key, "spans": []}
        request = RunRequest(key=key, input=request.input, identity=request.identity)
        return self.execute(request)

    async def execute(self, request: RunRequest) -> None:
        """Execute the pipeline for a request.

        Raises:
            RunFailedError: The framework says that it did not complete.
        """
        spent = self.spent[request.key] = Spent()
        start = time.perf_counter_ns()
        try:
            result = await self._adapter.run(self._built, self._pipeline, request)
        finally:
            del self.spent[request.key]
        self._slowest.add(start, time.perf_counter_ns(), spent)
        traced = self._traces.pop(request.key, None) if self._traces else None
        if traced is not None:
            traced |= {"start": start, "end": time.perf_counter_ns(), "ended": result.ended}
            self._finished.append(traced)
        if result.ended != "completed":
            raise RunFailedError(_why(result))

    def fold(self) -> None:
        """Move what the stages took into the histograms."""
        for name, took in self._took.items():
            if took:
                self._stages[name].fold(took)
                del took[:]

    def take(self) -> dict[str, Any]:
        """Latency by stage, and the traces, since the last call."""
        self.fold()
        taken = {
            "stages": {name: histogram.pack() for name, histogram in self._stages.items()},
            "slowest_spent": self._slowest.take(),
            "traces": self._finished[: 2 * TRACED_AN_INTERVAL],
        }
        self._stages = {name: Histogram() for name in self._took}
        done = self._number - self._traced_from
        self._traced_from = self._number
        self._every = max(1, done // TRACED_AN_INTERVAL)
        self._finished = []
        if len(self._traces) > 10 * TRACED_AN_INTERVAL:  # runs that were cancelled on their way
            self._traces.clear()
        return taken

    async def _trivial(self, spec: StageSpec, call: StageCall) -> Outcome:
        """What a stage costs when it does nothing: the framework's own share."""
        start = self._began(call)
        outcome = Outcome(value={"from": spec.name})
        self._ended(spec, call, start)
        return outcome

    def _began(self, call: StageCall) -> int:
        start = time.perf_counter_ns()
        if (spent := self.spent.get(str(call.input.get("run")))) is not None:
            spent.stages.enter(start)
        return start

    def _ended(self, spec: StageSpec, call: StageCall, start: int) -> None:
        end = time.perf_counter_ns()
        if (spent := self.spent.get(str(call.input.get("run")))) is not None:
            spent.stages.leave(end)
        took = self._took.get(spec.name)
        if took is not None:
            took.append(end - start)
        if self._traces:
            traced = self._traces.get(str(call.input.get("run")))
            if traced is not None:
                traced["spans"].append((spec.name, start, end))

    async def _body(self, spec: StageSpec, call: StageCall) -> Outcome | None:
        start = self._began(call)
        try:
            return await self._perform(spec, call)
        finally:
            self._ended(spec, call, start)

    async def _perform(self, spec: StageSpec, call: StageCall) -> Outcome | None:
        port = LoadPort(self, spec, call)
        scenario = self.scenario
        fault = None
        if scenario.faults:
            key = str(call.input.get("run", "")).partition(_SEPARATOR)[0]
            fault = scenario.fault_of(key, spec.name)
        if fault is not None:
            if fault.kind is FaultKind.RAISE:
                raise InjectedFaultError(f"injected into {spec.name}")
            if fault.kind in _STATUS_OF:
                return Outcome(status=_STATUS_OF[fault.kind], reason="injected")
            if fault.kind is FaultKind.HANG:
                await asyncio.Event().wait()
            if fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.milliseconds / 1000)
        if spec.nested is not None:
            raw = await _nested(spec.nested, port, call)
        else:
            raw = await self._functions[spec.function](port)
        if fault is not None and fault.kind is FaultKind.RETURN_NONE:
            return None
        return raw if isinstance(raw, Outcome) else Outcome(value=dict(raw or {}))

    def seconds(self, milliseconds: float) -> float:
        """How long a piece of work takes."""
        latencies = self.scenario.latencies
        factor = latencies.fixed.get("*")
        if factor is None:
            factor = self._random.uniform(latencies.low, latencies.high)
        return milliseconds * factor * self._work.scale / 1000

    def ask(self, service: str, operation: str, payload: Mapping[str, Json]) -> Json:
        """The answer of a mock service, made when it is first asked."""
        if service not in self._services:
            made = imports.load(self.scenario.services[service])
            self._services[service] = made(self.scenario.latencies.seed)
        return self._services[service].handle(operation, payload, self._random)


async def _nested(pipeline: PipelineSpec, port: "LoadPort", call: StageCall) -> Any:
    if call.nest is None:
        raise UsageError("This release runs no pipelines inside of stages.")
    key = f"{call.input.get('run')}/{port.stage}"
    result = await call.nest(
        pipeline, RunRequest(key=key, input=port.input, identity=port.identity)
    )
    if result.ended != "completed":
        raise RunFailedError(_why(result))
    return {name: dict(result.stages[name].value) for name in pipeline.last()}


def _why(result: RunResult) -> str:
    stage = "" if result.stage is None else f" in {result.stage}"
    return f"{result.ended}{stage}"


_NOBODY = Identity(tenant="", user="", request="")


@dataclass(slots=True)
class LoadPort:
    """What a stage function is given; see `model.pipeline.Port`."""

    operation: PipelineOperation
    spec: StageSpec
    given: StageCall
    input: Mapping[str, Json] = field(init=False)

    def __post_init__(self) -> None:
        self.input = {key: value for key, value in self.given.input.items() if key != "run"}

    @property
    def stage(self) -> str:
        """The stage's name."""
        return self.spec.name

    @property
    def params(self) -> Mapping[str, Json]:
        """The stage's parameters."""
        return self.spec.params

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Json]]:
        """What each direct dependency gave."""
        return self.given.outputs

    @property
    def identity(self) -> Identity:
        """Whose run the framework says this is."""
        return self.given.identity or _NOBODY

    async def work(self, milliseconds: float) -> None:
        """Take real time."""
        seconds = self.operation.seconds(milliseconds)
        if seconds:
            await asyncio.sleep(seconds)

    async def call(self, service: str, operation: str, **payload: Json) -> Json:
        """Call a mock service; it takes about a millisecond."""
        spent = self.operation.spent.get(str(self.given.input.get("run")))
        if spent is not None:
            spent.services.enter(time.perf_counter_ns())
        try:
            await self.work(1)
            return self.operation.ask(service, operation, payload)
        finally:
            if spent is not None:
                spent.services.leave(time.perf_counter_ns())

    def redact(self, text: str, personal: Sequence[tuple[str, str]]) -> str | None:
        """The text as the framework's own redaction gives it back; None where it offers none."""
        del personal
        return None if self.given.redact is None else self.given.redact(text)

    def now(self) -> float:
        """Milliseconds on the monotonic clock."""
        return time.perf_counter_ns() / 1e6

    def random(self) -> Random:
        """A source of randomness."""
        return self.operation._random  # noqa: SLF001 - one idea in two classes
