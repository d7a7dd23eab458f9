"""Checks that an adapter keeps the contract, so that a break is the framework's and not its own.

Every probe is a tiny pipeline, for real on the stock event loop. Problems are sentences; none
means that the adapter conforms. Standard library only: it runs in the worker beside the framework.
"""

import asyncio
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.pipeline import (
    Identity,
    Outcome,
    PipelineSpec,
    StageKind,
    StageSpec,
    Status,
)
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Adapter, Emitting, RunResult, StageCall, leads_to

ENDED = frozenset({"completed", "failed", "cancelled"})
"""The words that `RunResult.ended` knows."""

ADDED_KEYS = frozenset({"skip_reason"})
"""What may stand in an output beside what the stage gave, when it asked for a skip."""

SECONDS_MAX = 5.0
"""A probe that takes longer has hung."""

REQUEST = RunRequest(
    key="probe",
    input={"text": "käse", "number": 7, "nested": {"list": [1, None, "x"]}},
    identity=Identity(
        tenant="11111111-1111-4111-8111-111111111111",
        user="22222222-2222-4222-8222-222222222222",
        request="33333333-3333-4333-8333-333333333333",
    ),
)
"""What every probe asks."""

Behaviour = Callable[[StageSpec, StageCall], Awaitable[Outcome | None]]


class ProbeError(Exception):
    """A stage of a probe raises it; the adapter must lead back to this very object."""


def check_adapter(adapter: Adapter) -> tuple[str, ...]:
    """What is wrong with the adapter, one sentence each; nothing when it conforms."""
    try:
        described: object = adapter.describe()
    except Exception as error:  # noqa: BLE001 - whatever a stranger's adapter does is reported
        return (f"describe() raised {type(error).__name__}: {error}",)
    if not isinstance(described, SutDescription):
        return (f"describe() gave {type(described).__name__}, not a SutDescription",)
    problems = list(_description(adapter, described))
    if not problems:
        problems += asyncio.run(_behaviour(adapter, described))
    return tuple(problems)


def job(
    adapter: Adapter, _arguments: dict[str, Any], _emit: Callable[[dict[str, Any]], None]
) -> list[str]:
    """Check the worker's adapter; the job for `experiments.worker`."""
    return list(check_adapter(adapter))


def _description(adapter: Adapter, sut: SutDescription) -> Iterator[str]:
    if not adapter.name or not adapter.import_roots:
        yield "name and import_roots must not be empty"
    if not sut.offers(Capability.DAG):
        yield "describe() does not offer the capability dag, without which nothing can run"
    if sut.version is not None:  # otherwise nothing is installed that could be cited
        yield from _citations(sut)
    if Capability.DAG not in sut.components:
        yield "components does not name what implements dag"
    for capability, name in sut.components.items():
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError, ValueError):
            yield f"the component of {capability}, {name!r}, cannot be imported"


def _citations(sut: SutDescription) -> Iterator[str]:
    for capability, citation in sut.capabilities.items():
        if citation is None:
            yield f"capability {capability} has no citation"
        elif citation.line < 1 or not citation.quote or not citation.file:
            yield f"the citation of capability {capability} has no quote, file or line"


async def _behaviour(adapter: Adapter, sut: SutDescription) -> list[str]:
    problems: list[str] = []
    for probe in _PROBES:
        if probe.needs is not None and not sut.offers(probe.needs):
            continue
        check = _Check(adapter, sut)
        try:
            async with asyncio.timeout(SECONDS_MAX):
                await probe.perform(check)
        except TimeoutError:
            check.problems.append(f"nothing came back within {SECONDS_MAX:.0f} s")
        except _UnusableError:
            pass  # its problem is on the list
        except Exception as error:  # noqa: BLE001 - whatever a stranger's adapter does is reported
            check.problems.append(f"{type(error).__name__}: {error}")
        problems += [f"{probe.title}: {problem}" for problem in check.problems]
    return problems


class _UnusableError(Exception):
    """The probe cannot go on."""


def _diamond() -> PipelineSpec:
    """`a` → `b` and `c` → `d`, registered backwards; `b` may be skipped."""
    after: dict[str, tuple[str, ...]] = {"d": ("b", "c"), "c": ("a",), "b": ("a",), "a": ()}
    return PipelineSpec(
        name="diamond",
        stages=tuple(
            StageSpec(name=name, function="probe:none", after=before, skippable=name == "b")
            for name, before in after.items()
        ),
    )


def _value(stage: str) -> dict[str, Json]:
    return {"from": stage, "nested": {"numbers": [1, 2], "nothing": None}}


async def _give(spec: StageSpec, _call: StageCall) -> Outcome | None:
    return Outcome(value=_value(spec.name))


@dataclass(slots=True)
class _Check:
    """One probe: what was called, and what is wrong."""

    adapter: Adapter
    sut: SutDescription
    problems: list[str] = field(default_factory=list)
    calls: list[tuple[str, StageCall]] = field(default_factory=list)
    pipeline: PipelineSpec = field(default_factory=_diamond)
    request: RunRequest = field(default_factory=lambda: REQUEST)

    def say(self, ok: bool, problem: str) -> None:  # noqa: FBT001 - the thing that is judged
        """Note the problem unless `ok`."""
        if not ok:
            self.problems.append(problem)

    def build(self, behaviour: Behaviour) -> Any:
        """Build the probe's pipeline around a recording body."""

        async def body(spec: StageSpec, call: StageCall) -> Outcome | None:
            self.calls.append((spec.name, call))
            return await behaviour(spec, call)

        try:
            return self.adapter.build(self.pipeline, body)
        except Exception as error:
            self.problems.append(f"build() refused a valid pipeline: {error!r}")
            raise _UnusableError from error

    async def run(self, behaviour: Behaviour) -> RunResult:
        """Build and run; checks what holds for every result."""
        return await self.run_built(self.build(behaviour))

    async def run_built(self, built: Any) -> RunResult:
        """Run; checks what holds for every result."""
        try:
            result: object = await self.adapter.run(built, self.pipeline, self.request)
        except Exception as error:
            self.problems.append(f"run() raised {error!r} instead of giving a RunResult")
            raise _UnusableError from error
        if not isinstance(result, RunResult):
            self.problems.append(f"run() gave {type(result).__name__}, not a RunResult")
            raise _UnusableError
        names = {stage.name for stage in self.pipeline.stages}
        self.say(result.ended in ENDED, f"ended is {result.ended!r}, not one of {sorted(ENDED)}")
        self.say(result.stage in {None, *names}, f"stage is {result.stage!r}, which does not exist")
        unknown = sorted(result.stages.keys() - names)
        self.say(not unknown, f"the result holds stages that do not exist: {unknown}")
        return result

    def expect(self, result: RunResult, ended: str, stage: str | None = None) -> None:
        """The run ended so."""
        self.say(
            (result.ended, result.stage) == (ended, stage),
            f"ended {result.ended!r} in stage {result.stage!r}, expected {ended!r} in {stage!r}"
            f" ({result.message})",
        )


async def _completes(check: _Check) -> None:
    result = await check.run(_give)
    check.expect(result, "completed")
    for name, part in result.stages.items():
        check.say(part.status is Status.OK, f"the result says {part.status!r} for stage {name}")
        _same(check, f"the result of stage {name}", part.value, _value(name))
    expected = {**check.request.input, "run": check.request.key}
    for name, call in check.calls:
        _input(check, name, call.input, expected)
        after = set(check.pipeline.stage(name).after)
        check.say(
            set(call.outputs) == after,
            f"stage {name} got the outputs of {sorted(call.outputs)}, expected {sorted(after)}",
        )
        for dependency in after & set(call.outputs):
            what = f"what stage {name} got from {dependency}"
            _same(check, what, call.outputs[dependency], _value(dependency))
    ran = sorted(name for name, _ in check.calls)
    check.say(ran == ["a", "b", "c", "d"], f"the stages {ran} were executed, not a, b, c, d once")


def _input(
    check: _Check, stage: str, seen: Mapping[str, Json], expected: Mapping[str, Json]
) -> None:
    if seen.get("run") != expected["run"]:
        check.problems.append(f"the input of stage {stage} has no key 'run' with the run's key")
    _same(check, f"the input of stage {stage}", seen, expected)


def _same(check: _Check, what: str, seen: Mapping[str, Json], expected: Mapping[str, Json]) -> None:
    added = sorted(seen.keys() - expected.keys())
    check.say(not added, f"{what} has added keys: {added}")
    wrong = sorted(key for key in expected if seen.get(key, check) != expected[key])
    check.say(not wrong, f"{what} differs in {wrong}")


async def _identity(check: _Check) -> None:
    await check.run(_give)
    for name, call in check.calls:
        check.say(
            call.identity == check.request.identity,
            f"stage {name} was told {call.identity}, not {check.request.identity}",
        )


async def _merged(check: _Check) -> None:
    await check.run(_give)
    for name, call in check.calls:
        if name == "d" and call.merged is None:
            check.problems.append("the look-up over dependencies is not handed over")
        elif name == "d" and call.merged is not None:
            found = call.merged("from")
            check.say(found in ("b", "c"), f"the look-up of a key that b and c gave is {found!r}")


async def _nothing(check: _Check) -> None:
    async def nothing(_spec: StageSpec, _call: StageCall) -> Outcome | None:
        return None

    check.expect(await check.run(nothing), "completed")


async def _raises(check: _Check) -> None:
    raised = ProbeError("planted by the probe")

    async def fail(spec: StageSpec, call: StageCall) -> Outcome | None:
        if spec.name == "c":
            raise raised
        return await _give(spec, call)

    result = await check.run(fail)
    check.expect(result, "failed", "c")
    check.say(
        leads_to(result.error, raised),
        f"error {result.error!r} does not lead to what the stage raised",
    )


def _ends_with(status: Status) -> Behaviour:
    async def behave(spec: StageSpec, call: StageCall) -> Outcome | None:
        if spec.name == "c":
            return Outcome(status=status, value=_value("c"), reason="the probe's reason")
        return await _give(spec, call)

    return behave


async def _fail(check: _Check) -> None:
    check.expect(await check.run(_ends_with(Status.FAIL)), "failed", "c")


async def _cancel(check: _Check) -> None:
    check.expect(await check.run(_ends_with(Status.CANCEL)), "cancelled", "c")


async def _skip(check: _Check) -> None:
    result = await check.run(_ends_with(Status.SKIP))
    check.say(result.ended != "failed", f"a stage skipped itself, and the run {result.ended}")
    _status_shown(check, result, Status.SKIP)


async def _retry(check: _Check) -> None:
    result = await check.run(_ends_with(Status.RETRY))
    check.say(
        result.ended == "completed" or (result.ended, result.stage) == ("failed", "c"),
        f"stage c asks for a retry, and the run ended {result.ended!r} in {result.stage!r}",
    )
    _status_shown(check, result, Status.RETRY)


def _status_shown(check: _Check, result: RunResult, status: Status) -> None:
    if "c" in result.stages:
        shown = result.stages["c"].status
        check.say(shown is status, f"the result says {shown!r} for a stage that ended {status!r}")


async def _no_output(check: _Check) -> None:
    async def behave(spec: StageSpec, call: StageCall) -> Outcome | None:
        return Outcome(instead="a text") if spec.name == "c" else await _give(spec, call)

    check.expect(await check.run(behave), "failed", "c")


async def _skip_request(check: _Check) -> None:
    async def ask(spec: StageSpec, _call: StageCall) -> Outcome | None:
        asks = "the probe asks" if spec.name == "a" else None
        return Outcome(value=_value(spec.name), skip_dependants=asks)

    await check.run(ask)
    ran = {name for name, _ in check.calls}
    check.say("b" not in ran, "stage b was executed although a asked that it be skipped")
    check.say("c" in ran, "stage c, which cannot be skipped, was not executed")
    for name, call in check.calls:
        added = set(call.outputs.get("a", {})) - _value("a").keys() - ADDED_KEYS
        check.say(not added, f"what stage {name} got from a has added keys: {sorted(added)}")


async def _caller_cancels(check: _Check) -> None:
    reached = asyncio.Event()

    async def wait(_spec: StageSpec, _call: StageCall) -> Outcome | None:
        reached.set()
        await asyncio.Event().wait()
        return None

    built = check.build(wait)
    task = asyncio.create_task(check.adapter.run(built, check.pipeline, check.request))
    await reached.wait()
    task.cancel()
    await asyncio.wait([task], timeout=SECONDS_MAX / 2)
    if not task.done():
        check.problems.append("the caller cancelled run(), and it went on")
    elif not task.cancelled():
        shown = task.exception() or task.result()
        check.problems.append(f"the caller cancelled run(), and got {shown!r}, no CancelledError")


async def _two_builds(check: _Check) -> None:
    called: list[str] = []

    def naming(label: str) -> Behaviour:
        async def behave(spec: StageSpec, call: StageCall) -> Outcome | None:
            called.append(label)
            return await _give(spec, call)

        return behave

    first, second = check.build(naming("first")), check.build(naming("second"))
    for label, built in (("first", first), ("second", second), ("first", first)):
        called.clear()
        await check.run_built(built)
        check.say(
            set(called) == {label},
            f"running the {label} of two builds called {sorted(set(called))}",
        )


async def _emits(check: _Check) -> None:
    """Whoever offers events hands them on while somebody listens, and not afterwards."""
    adapter = check.adapter
    if not isinstance(adapter, Emitting):
        check.problems.append("events are offered, and the adapter has no attribute `emitted`")
        return
    told: list[str] = []
    adapter.emitted = lambda name, _content: told.append(name)
    try:
        for status in (Status.OK, Status.SKIP, Status.CANCEL):
            await check.run(_ends_with(status))
    finally:
        adapter.emitted = None
    check.say(bool(told), "events are offered, and no run emits any")


async def _redacts(check: _Check) -> None:
    await check.run(_give)
    for name, call in check.calls:
        if call.redact is None:
            check.problems.append(f"redaction is offered, and stage {name} is handed none")
        else:
            left = call.redact("Write to ada@example.org today.")
            check.say("ada@example.org" not in left, f"redaction left {left!r}")
            check.say("today" in left, f"redaction left nothing of the rest: {left!r}")


async def _keyed(check: _Check) -> None:
    """One run with an idempotency key, of one stage of kind WORK."""
    stage = StageSpec(name="a", function="probe:none", kind=StageKind.WORK)
    check.pipeline = PipelineSpec(name="work", stages=(stage,), deduplicates=True)
    check.request = replace(check.request, idempotency_key="the-probe")
    check.expect(await check.run(_give), "completed")
    ran = [name for name, _ in check.calls]
    check.say(ran == ["a"], f"the stages {ran} were executed, not a once")


async def _nested(check: _Check) -> None:
    """Stage `a` runs a pipeline of two stages, `first` → `second`, and gives what they gave."""
    inner = PipelineSpec(
        name="inner",
        stages=(
            StageSpec(name="first", function="probe:none"),
            StageSpec(name="second", function="probe:none", after=("first",)),
        ),
    )
    check.pipeline = PipelineSpec(
        name="outer",
        stages=(
            StageSpec(name="a", nested=inner),
            StageSpec(name="b", function="probe:none", after=("a",)),
        ),
    )
    results: list[RunResult] = []
    child = replace(check.request, key="probe/a")

    async def behave(spec: StageSpec, call: StageCall) -> Outcome | None:
        if spec.nested is None:
            return await _give(spec, call)
        if call.nest is None:
            check.problems.append("a stage with a nested pipeline got no way to run it")
            return None
        results.append(await call.nest(spec.nested, child))
        return await _give(spec, call)

    check.expect(await check.run(behave), "completed")
    for result in results:
        check.expect(result, "completed")
        for name in ("first", "second"):
            part = result.stages.get(name)
            _same(check, f"the nested result of {name}", part.value if part else {}, _value(name))
    ran = [(name, call.input.get("run")) for name, call in check.calls]
    expected = [("a", "probe"), ("first", "probe/a"), ("second", "probe/a"), ("b", "probe")]
    check.say(ran == expected, f"the stages {ran} were executed, expected {expected}")


async def _nested_fails(check: _Check) -> None:
    raised = ProbeError("planted by the probe")
    inner = PipelineSpec(name="inner", stages=(StageSpec(name="first", function="probe:none"),))
    check.pipeline = PipelineSpec(name="outer", stages=(StageSpec(name="a", nested=inner),))
    results: list[RunResult] = []

    async def behave(spec: StageSpec, call: StageCall) -> Outcome | None:
        if spec.nested is None:
            raise raised
        if call.nest is not None:
            results.append(await call.nest(spec.nested, replace(check.request, key="probe/a")))
        return None

    check.expect(await check.run(behave), "completed")
    check.say(len(results) == 1, "a nested pipeline that fails gave no result")
    for result in results:
        check.expect(result, "failed", "first")
        check.say(
            leads_to(result.error, raised), f"error {result.error!r} is not what the stage raised"
        )


@dataclass(frozen=True, slots=True)
class _Probe:
    title: str
    perform: Callable[[_Check], Awaitable[None]]
    needs: Capability | None = None


_PROBES = (
    _Probe("a pipeline that completes", _completes),
    _Probe("identity", _identity, Capability.IDENTITY),
    _Probe("look-up over dependencies", _merged, Capability.MERGED_LOOKUP),
    _Probe("stages that give nothing", _nothing),
    _Probe("a stage that raises", _raises),
    _Probe("status fail", _fail, Capability.STATUS_FAIL),
    _Probe("status cancel", _cancel, Capability.STATUS_CANCEL),
    _Probe("status skip", _skip, Capability.STATUS_SKIP),
    _Probe("status retry", _retry, Capability.STATUS_RETRY),
    _Probe("something that is no output", _no_output, Capability.OUTPUTS_ONLY),
    _Probe("a request to skip", _skip_request, Capability.SKIP_REQUEST),
    _Probe("cancellation by the caller", _caller_cancels, Capability.EXTERNAL_CANCELLATION),
    _Probe("two builds", _two_builds),
    _Probe("events", _emits, Capability.EVENTS),
    _Probe("redaction", _redacts, Capability.REDACTION),
    _Probe("an idempotency key", _keyed, Capability.IDEMPOTENCY),
    _Probe("a nested pipeline", _nested, Capability.NESTED_PIPELINES),
    _Probe("a nested pipeline that fails", _nested_fails, Capability.NESTED_PIPELINES),
)
