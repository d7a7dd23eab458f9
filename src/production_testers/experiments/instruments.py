"""Our own instruments around every stage: they write the history, inject faults, call services.

The system under test never writes here; what it says of itself is judged, not believed.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from production_testers.experiments import imports
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.values import (
    canaries,
    digest_of,
    origin_of,
    size_of,
    write_inside,
    write_members,
)
from production_testers.mocks.faults import EFFECTS, Decider, Firing, Occasion
from production_testers.mocks.line import Delivery
from production_testers.mocks.services.contract import Service
from production_testers.model import seeds
from production_testers.model.canonical import Json, digest, plain
from production_testers.model.fault_plan import Place
from production_testers.model.history import EventKind
from production_testers.model.pipeline import (
    NO_OUTPUT,
    ORIGIN,
    Identity,
    Outcome,
    PipelineSpec,
    StageSpec,
    Status,
)
from production_testers.model.scenario import WRITES, Fault, FaultKind, RunRequest, Scenario
from production_testers.suts.contract import RunResult, StageCall, leads_to

NOBODY = Identity(tenant="", user="", request="")


class InjectedFaultError(Exception):
    """A stage raised it because the scenario says so."""


class NestedRunFailedError(Exception):
    """A stage raised it because the pipeline that it runs failed."""


@dataclass(slots=True)
class InstrumentedPort:
    """What a stage function is given; see `model.pipeline.Port`."""

    instruments: "Instruments"
    spec: StageSpec
    run: str
    attempt: int
    input: Mapping[str, Json]
    outputs: Mapping[str, Mapping[str, Json]]
    identity: Identity
    call_redact: Callable[[str], str] | None = None
    slower: float = 1.0
    _pieces: int = 0

    @property
    def stage(self) -> str:
        """The stage's name."""
        return self.spec.name

    @property
    def params(self) -> Mapping[str, Json]:
        """The stage's parameters."""
        return self.spec.params

    async def work(self, milliseconds: float) -> None:
        """Take time."""
        self._pieces += 1
        name = f"{self.run}/{self.spec.name}/{self._pieces}"
        factor = self.instruments.factors.factor(name) * self.slower
        await self.instruments.sleep(milliseconds * factor / 1000)

    async def call(self, service: str, operation: str, **payload: Json) -> Json:
        """Call a mock service; its errors are raised here, as a client would raise them."""
        return await self.instruments.call(self, service, operation, payload)

    def redact(self, text: str, personal: Sequence[tuple[str, str]]) -> str | None:
        """Ask the framework, and record what it left."""
        return self.instruments.redact(self, text, personal)

    def now(self) -> float:
        """Milliseconds since the scenario started."""
        self.instruments.clock_read = True
        return self.instruments.recorder.now() * 1000

    def random(self) -> Random:
        """The stage's own source of randomness."""
        seed = self.instruments.scenario.latencies.seed
        return seeds.random_for(seed, "stage", self.run, self.spec.name)


@dataclass(slots=True)
class Instruments:
    """The instruments of one execution of one scenario.

    Attributes:
        scenario: What is executed.
        recorder: Where the history goes.
        factors: How long things take; see `experiments.factors`.
        sleep: Takes seconds.
        raised: The exception that each (run, stage) raised.
        reasons: The reason that each (run, stage) gave for how it ended.
        clock_read: Whether a stage asked what time it is.
        asked_state: Whether a stage called a service whose answers depend on earlier calls.
    """

    scenario: Scenario
    recorder: Recorder
    factors: Any
    sleep: Callable[[float], Any] = asyncio.sleep
    raised: dict[tuple[str, str], BaseException] = field(default_factory=dict)
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    clock_read: bool = False
    asked_state: bool = False
    _attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _given: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _services: dict[str, Service] = field(default_factory=dict)
    _calls: Counter[str] = field(default_factory=Counter)
    _requests: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    _decider: Decider | None = None
    _wrote: set[tuple[str, str]] = field(default_factory=set)

    _secrets: bool = False

    def __post_init__(self) -> None:
        self._requests = {request.key: request.input for request in self.scenario.requests}
        if self.scenario.plan is not None:
            self._decider = Decider(self.scenario.plan, lambda: self.recorder.now() * 1000)
        self._secrets = not self.recorder.closed and any(
            canaries(dict(given)) for given in self._requests.values()
        )

    async def body(self, spec: StageSpec, call: StageCall) -> Outcome | None:
        """One execution of one stage, as `suts.contract.Body`."""
        run, record = str(call.input.get("run", "?")), self.recorder.add
        self._attempts[run, spec.name] += 1
        attempt = self._attempts[run, spec.name]
        cause = self.recorder.awaited(run, spec.after)
        received = self._received(run, spec, call)
        record(EventKind.STAGE_STARTED, run, spec.name, attempt, cause=cause, **received)
        identity = call.identity or NOBODY
        given = {key: value for key, value in call.input.items() if key != "run"}
        port = InstrumentedPort(
            self, spec, run, attempt, given, call.outputs, identity, call.redact
        )
        try:
            outcome = await self._perform(port, call)
        except asyncio.CancelledError:
            record(EventKind.STAGE_STOPPED, run, spec.name, attempt)
            raise
        except Exception as error:
            self.raised[run, spec.name] = error
            message = str(error)[:200]
            record(
                EventKind.STAGE_RAISED, run, spec.name, attempt,
                type=type(error).__name__, message=message,
            )  # fmt: skip
            raise
        return self._ended(port, call, outcome)

    def _still(self, port: InstrumentedPort, call: StageCall) -> dict[str, Json]:
        """What a stage's inputs are when it ends, where some stage writes into what it received."""
        if not self.scenario.writes or (port.run, port.spec.name) in self._wrote:
            return {}
        return {
            "still": {
                name: digest_of(call.outputs[name], self.given_keys(port.run, name))
                for name in port.spec.after
                if name in call.outputs
            }
        }

    def given_keys(self, run: str, stage: str) -> frozenset[str] | None:
        """The keys of what the stage gave in that run; None when it gave nothing."""
        return self._given.get((run, stage))

    def _received(self, run: str, spec: StageSpec, call: StageCall) -> dict[str, Json]:
        if self.recorder.closed:
            return {}
        inputs: dict[str, Json] = {}
        origins: dict[str, Json] = {}
        for name in spec.after:
            seen = call.outputs.get(name)
            keys = self.given_keys(run, name)
            inputs[name] = None if seen is None else digest_of(seen, keys)
            origins[name] = origin_of(seen)
        identity = call.identity
        not_found = self._not_found(run, spec, call)
        return {
            **({"not_found": not_found} if not_found else {}),
            "inputs": inputs,
            "origins": origins,
            "input": self._input_digest(run, call),
            "extra": sorted(set(call.outputs) - set(spec.after)),
            "identity": [identity.tenant, identity.user, identity.request] if identity else None,
            "merged": self._looked_up(run, spec, call),
            "canaries": self._found(
                [dict(call.input), {n: dict(v) for n, v in call.outputs.items()}]
            ),
        }

    def _looked_up(self, run: str, spec: StageSpec, call: StageCall) -> str | None:
        """What the framework's merged look-up gives for keys that every dependency gave.

        Of what the framework has added to an output (the reason of a skip, say) nothing is asked.
        """
        if call.merged is None or len(spec.after) < 2:
            return None
        given = [self.given_keys(run, name) or frozenset() for name in spec.after]
        shown = [frozenset(value) for value in call.outputs.values()]
        common = sorted(frozenset.intersection(*given, *shown) - {ORIGIN})
        return digest([[key, call.merged(key)] for key in common]) if common else None

    def _not_found(self, run: str, spec: StageSpec, call: StageCall) -> list[str]:
        """Keys that dependencies gave, for which the merged look-up gives nothing of theirs."""
        if call.merged is None or len(spec.after) < 2:
            return []
        given: dict[str, list[str]] = {}
        for name in spec.after:
            shown = call.outputs.get(name, {})
            for key in self.given_keys(run, name) or ():
                if key in shown:
                    given.setdefault(key, []).append(digest([shown[key]]))
        return sorted(key for key, of in given.items() if digest([call.merged(key)]) not in of)

    def _found(self, value: Json) -> list[str]:
        """The canaries inside a value; there are none where no input holds one."""
        return canaries(value) if self._secrets else []

    def _input_digest(self, run: str, call: StageCall) -> str | None:
        """Digest of what the run was given, of its own keys only; None for no such run."""
        request = self._requests.get(run)
        return None if request is None else digest({key: call.input.get(key) for key in request})

    def _ended(
        self, port: InstrumentedPort, call: StageCall, outcome: Outcome | None
    ) -> Outcome | None:
        run, stage, attempt = port.run, port.spec.name, port.attempt
        value = dict(outcome.value) if outcome else {}
        if outcome is not None and outcome.reason:
            self.reasons[run, stage] = outcome.reason
        self._given[run, stage] = frozenset(value)
        if self.recorder.closed:
            return outcome
        still: dict[str, Any] = self._still(port, call)
        self.recorder.add(
            EventKind.STAGE_ENDED, run, stage, attempt,
            status=_status_word(outcome),
            digest=digest_of(value, None),
            size=size_of(value),
            asks_skip=bool(outcome and outcome.skip_dependants),
            **still,
        )  # fmt: skip
        return outcome

    async def _perform(self, port: InstrumentedPort, call: StageCall) -> Outcome | None:
        fault = self.scenario.fault_of(port.run, port.spec.name)
        if fault is not None:
            outcome = await self._fault(fault, port, call)
            if outcome is not None:
                return outcome
        if fault is not None and fault.kind is FaultKind.SLOW_CLEANUP:
            raw = await self._with_slow_cleanup(fault, port, call)
        else:
            raw = await self._planned(port, call)
        if raw is NOTHING_GIVEN or (fault is not None and fault.kind is FaultKind.RETURN_NONE):
            return None
        outcome = raw if isinstance(raw, Outcome) else Outcome(value=dict(raw or {}))
        return _marked(outcome, port)

    async def _planned(self, port: InstrumentedPort, call: StageCall) -> Any:
        """The stage's work, with the faults of the plan around it, the first one outermost."""

        async def work() -> Any:
            return await self._work(port, call)

        if self._decider is None:
            return await work()
        occasion = Occasion(place=Place.STAGE, name=port.spec.name, run=port.run, nth=port.attempt)
        for firing in reversed(self._decider.at(occasion)):
            work = _DisturbedStage(self, port, call, firing, work).go
        self.asked_state |= self._decider.looked_at_time
        return await work()

    def fired(self, port: InstrumentedPort, firing: Firing) -> None:
        """Write down that a fault of the plan happened."""
        self.recorder.add(
            EventKind.FAULT_FIRED, port.run, port.spec.name, port.attempt,
            fault=firing.fault, rule=firing.rule, call=firing.at, params=dict(firing.params),
        )  # fmt: skip

    def write(self, port: InstrumentedPort, call: StageCall, *, inside: bool) -> None:
        """Write into what a stage received; the stage itself goes on with what it had."""
        self._wrote.add((port.run, port.spec.name))
        port.outputs = {name: plain(v) for name, v in call.outputs.items()}
        for value in call.outputs.values():
            with suppress(Exception):  # a write that is refused has reached nobody
                (write_inside if inside else write_members)(value)

    async def _work(self, port: InstrumentedPort, call: StageCall) -> Any:
        """What the stage is there for: its function, or its nested pipeline."""
        nested = port.spec.nested
        if nested is None:
            return await imports.load(port.spec.function)(port)
        return await self._nested(nested, port, call)

    async def _nested(self, nested: PipelineSpec, port: InstrumentedPort, call: StageCall) -> Any:
        """Run the nested pipeline by the framework's own means, as a run of its own."""
        if call.nest is None:
            raise TypeError("The adapter offers nested pipelines and no way to run one.")
        key = nested_key(port.run, port.spec.name, port.attempt)
        request = RunRequest(key=key, input=port.input, identity=port.identity)
        self._requests[key] = self._requests.get(port.run, port.input)
        record, stage = self.recorder.add, port.spec.name
        cause = self.recorder.position(port.run, stage, port.attempt)
        record(EventKind.RUN_STARTED, key, stage, cause=cause, parent=port.run)
        result = RunResult(ended="cancelled")
        try:
            result = await call.nest(nested, request)
        finally:
            described: dict[str, Any] = self.described(key, result)
            record(EventKind.RUN_ENDED, key, stage, **described)
        if result.ended == "failed":
            raise NestedRunFailedError(result.message) from result.error
        if result.ended == "cancelled":
            return Outcome(status=Status.CANCEL, reason=result.message)
        return {name: _unmarked(result, name) for name in nested.last()}

    async def _with_slow_cleanup(
        self, fault: Fault, port: InstrumentedPort, call: StageCall
    ) -> Any:
        """The stage as it is, but when it is cancelled it takes time to put things in order."""
        try:
            return await self._work(port, call)
        except asyncio.CancelledError:
            await self.sleep(fault.milliseconds / 1000)
            raise

    async def _fault(self, fault: Fault, port: InstrumentedPort, call: StageCall) -> Outcome | None:
        """Let the fault happen; None means that the stage goes on as it would."""
        await port.work(1)
        self.recorder.add(
            EventKind.FAULT_FIRED, port.run, port.spec.name, port.attempt, fault=fault.kind.value
        )
        marker = fault_marker(port.run, port.spec.name)
        if fault.kind is FaultKind.RAISE:
            raise InjectedFaultError(marker)
        if fault.kind in _STATUS_OF:
            return _marked(Outcome(status=_STATUS_OF[fault.kind], reason=marker), port)
        if fault.kind is FaultKind.RETURN_OTHER:
            return Outcome(instead=f"{marker}: a text")
        if fault.kind is FaultKind.HANG:
            await asyncio.Event().wait()
        if fault.kind is FaultKind.SLOW:
            await self.sleep(fault.milliseconds / 1000)
        if fault.kind in WRITES:
            self.write(port, call, inside=fault.kind is FaultKind.MUTATE_NESTED)
        return None

    async def call(
        self, port: InstrumentedPort, name: str, operation: str, payload: Mapping[str, Json]
    ) -> Json:
        """One call of a mock service, with its latency and its events."""
        service = self.service(name)
        self.asked_state |= not getattr(service, "stateless", False)
        label = f"{port.run}/{port.spec.name}/{name}.{operation}"
        self._calls[label] += 1
        label = f"{label}/{self._calls[label]}"
        record = self.recorder.add
        called = record(
            EventKind.SERVICE_CALLED, port.run, port.spec.name, port.attempt, call=label
        )
        await self.sleep(self.factors.factor(label) / 1000)
        draw = seeds.random_for(self.scenario.latencies.seed, "service", label)
        if self._decider is None:
            answer = service.handle(operation, payload, draw)
        else:
            answer = await self._disturbed(port, (name, operation, payload), service, draw)
        record(
            EventKind.SERVICE_RETURNED, port.run, port.spec.name, port.attempt,
            cause=called, call=label, digest=digest(answer),
        )  # fmt: skip
        return answer

    async def _disturbed(
        self,
        port: InstrumentedPort,
        asked: tuple[str, str, Mapping[str, Json]],
        service: Service,
        draw: Random,
    ) -> Json:
        """The call, over the line at which the plan's faults happen."""
        assert self._decider is not None, "asked only with a plan"
        name, operation, payload = asked
        nth = self._calls[f"{port.run}/{port.spec.name}/{name}.{operation}"]
        occasion = Occasion(
            place=Place.SERVICE, name=name, operation=operation,
            run=port.run, stage=port.spec.name, nth=nth,
        )  # fmt: skip
        firings = self._decider.at(occasion)
        self.asked_state |= self._decider.looked_at_time
        delivery = Delivery(
            service=service, name=name, operation=operation, payload=payload, random=draw,
            firings=firings, told=lambda firing: self.fired(port, firing), sleep=self.sleep,
        )  # fmt: skip
        return await delivery.call()

    def described(self, run: str, result: RunResult) -> dict[str, Json]:
        """What the caller of a run got, as it stands in the history."""
        outcome = result.ended if result.stage is None else f"{result.ended}:{result.stage}"
        error = result.error
        reason = self.reasons.get((run, result.stage or ""), "")
        return {
            "outcome": outcome,
            "error": None if error is None else type(error).__name__,
            "message": result.message[:200],
            "told": self._told(result),
            "own_exception": self._is_own(run, result),
            "says_why": reason in f"{result.message} {error}",
            "stages": {
                name: [
                    part.status.value,
                    digest_of(part.value, self.given_keys(run, name)),
                    origin_of(part.value),
                ]
                for name, part in result.stages.items()
            },
            "canaries": self._found(
                {name: dict(part.value) for name, part in result.stages.items()}
            ),
        }

    def _told(self, result: RunResult) -> list[str]:
        """Secrets in the framework's message that no stage has put into an error or a reason."""
        own = self.own_words()
        return [canary for canary in canaries(result.message) if canary not in own]

    def own_words(self) -> frozenset[str]:
        """Secrets that stages have put into exceptions and reasons: theirs to answer for."""
        words = [str(error) for error in self.raised.values()]
        return frozenset(canaries([*words, *self.reasons.values()])) if self._secrets else NOTHING

    def _is_own(self, run: str, result: RunResult) -> bool:
        """Whether what the framework gives as the cause leads to the stage's own exception."""
        own = self.raised.get((run, result.stage or ""))
        return own is None or leads_to(result.error, own)

    def redact(
        self, port: InstrumentedPort, text: str, personal: Sequence[tuple[str, str]]
    ) -> str | None:
        """What the framework's redaction leaves of a text; what it should have hidden is judged."""
        self.clock_read = True  # what comes back is the framework's: nothing is expected of it
        if port.call_redact is None:
            return None
        left = port.call_redact(text)
        missed = [[kind, words] for kind, words in personal if words in left]
        asked: dict[str, int] = dict(Counter(kind for kind, _ in personal))
        self.recorder.add(
            EventKind.REDACTED, port.run, port.spec.name, port.attempt,
            asked=asked, missed=missed,
        )  # fmt: skip
        return left

    def service(self, name: str) -> Service:
        """The scenario's service of that name, made when it is first used."""
        if name not in self._services:
            made = imports.load(self.scenario.services[name])(self.scenario.latencies.seed)
            self._services[name] = made
        return self._services[name]


@dataclass(frozen=True, slots=True)
class _DisturbedStage:
    """One execution of a stage with one fault around it; see `mocks.faults.StageRun`."""

    instruments: Instruments
    port: InstrumentedPort
    call: StageCall
    firing: Firing
    inner: Callable[[], Awaitable[Any]]

    async def go(self) -> Any:
        """Let the fault happen."""
        self.instruments.fired(self.port, self.firing)
        if self.firing.fault in _ENDS_WHEN_IT_LIKES:
            self.instruments.asked_state = True
        moment = self.firing.moment(self.port.stage, "", self.port.input)
        given = await EFFECTS[self.firing.fault](moment, self)
        return NOTHING_GIVEN if given is None else given

    async def work(self) -> Any:
        """The stage's work; an output in plain members where it has one."""
        given = await self.inner()
        if isinstance(given, Outcome) or given is NOTHING_GIVEN:
            return given
        return dict(given or {})

    async def wait(self, milliseconds: float) -> None:
        """Let time pass."""
        await self.instruments.sleep(milliseconds / 1000)

    def write(self, *, inside: bool) -> None:
        """Write into what the stage received."""
        self.instruments.write(self.port, self.call, inside=inside)

    def slowed(self, factor: float) -> None:
        """From here on, the stage's work takes longer."""
        self.port.slower *= factor

    def marker(self) -> str:
        """The words by which an injected failure is recognised."""
        return fault_marker(self.port.run, self.port.stage)


NOTHING_GIVEN = object()
"""What a stage gives that a fault lets give nothing; a stage's own nothing is an empty output."""

_ENDS_WHEN_IT_LIKES = ("stage-ignores-cancellation",)

_STATUS_OF = {
    FaultKind.FAIL: Status.FAIL,
    FaultKind.CANCEL: Status.CANCEL,
    FaultKind.RETRY: Status.RETRY,
    FaultKind.SKIP: Status.SKIP,
}


NOTHING: frozenset[str] = frozenset()


def nested_key(run: str, stage: str, attempt: int = 1) -> str:
    """The key of the run of a stage's nested pipeline; a second attempt is another run."""
    return f"{run}/{stage}" if attempt == 1 else f"{run}/{stage}#{attempt}"


def _unmarked(result: RunResult, stage: str) -> dict[str, Json]:
    """What a stage of a nested run gave, as the framework handed it over, without our own mark."""
    part = result.stages.get(stage)
    return {} if part is None else {k: v for k, v in part.value.items() if k != ORIGIN}


def fault_marker(run: str, stage: str) -> str:
    """The words by which an injected failure is recognised in what the framework reports."""
    return f"injected into {stage} of {run}"


def _status_word(outcome: Outcome | None) -> str:
    if outcome is None:
        return Status.OK.value
    return outcome.status.value if outcome.instead is None else NO_OUTPUT


def _marked(outcome: Outcome, port: InstrumentedPort) -> Outcome:
    origin: Json = [port.run, port.spec.name, port.attempt]
    value = {**outcome.value, ORIGIN: origin}
    return Outcome(
        status=outcome.status,
        value=value,
        reason=outcome.reason,
        skip_dependants=outcome.skip_dependants,
    )
