"""Executes a usage: the clients call a unit, and the caller's own code does what the scenario says.

In the history a call is a run (`run_started`, and `run_ended` with what it gave), and an execution
of the caller's own code is a stage of that run, by its label.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import Any

from production_testers.experiments import safety
from production_testers.experiments.factors import Factors
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.redacting import Redactor
from production_testers.experiments.target_mocks import put_into_settings, serve_in
from production_testers.experiments.target_sql import serve_databases
from production_testers.experiments.watching import RUN, changed_since
from production_testers.model import seeds
from production_testers.model.canonical import Json, canonical_json, digest
from production_testers.model.errors import UsageError
from production_testers.model.history import EventKind
from production_testers.model.scenario import Scenario
from production_testers.model.target import Target
from production_testers.model.usage import LAST, Call, Usage, Work
from production_testers.simulation import SimulatedLoop
from production_testers.suts.contract import Adapter, BoundUnit, HasUnits, leads_to
from production_testers.suts.target_services import spoilt
from production_testers.suts.targets import requests_of
from production_testers.units.target import TARGET, target_of

VALUE_MAX = 4_000
"""A longer value stands in a history by its digest and size alone."""

MESSAGE_MAX = 200

SLOW_MS = 1_000.0
"""From so many milliseconds on a delay is a fault and not uneven work."""

BLOCKED_S = 5.0
"""So long a call that blocks and is held up waits, as `sqlite3` does for a lock, and then fails."""

ERRORS: Mapping[str, type[Exception]] = {
    "error": RuntimeError,
    "value": ValueError,
    "timeout": TimeoutError,
    "connection": ConnectionError,
    "os": OSError,
    "permission": PermissionError,
    "key": KeyError,
}
"""Name that a scenario gives to the error of the caller's own code → its class."""


@dataclass(slots=True)
class CallersBench:
    """What a binding may use of the caller's side; see `suts.contract.Bench`."""

    usage: Usage
    recorder: Recorder
    factors: Factors
    errors: dict[str, list[BaseException]] = field(default_factory=dict)
    redact: Callable[[str], str] = str
    _executions: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def work(self, label: str, given: Json = None) -> Json:
        """Execute the caller's own code of that label, as the current call says."""
        key, nth, work = self._next(label)
        record = self.recorder.add
        self._started(key, label, nth, given)
        factor = self.factors.factor(f"{key}/{label}/{nth}")
        try:
            if work.hangs:
                await asyncio.get_running_loop().create_future()
            await asyncio.sleep(work.ms * factor / 1000)
        except asyncio.CancelledError:
            record(EventKind.STAGE_STOPPED, key, label, nth)
            raise
        return self._finished(key, label, nth, work)

    def work_now(self, label: str, given: Json = None) -> Json:
        """The same for code that is no coroutine: it takes no time."""
        key, nth, work = self._next(label)
        self._started(key, label, nth, given)
        return self._finished(key, label, nth, work)

    async def around(self, label: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute what the caller brings, with the delay and the fault that the scenario states."""
        key, nth, work, planned = self._planned(label)
        record = self.recorder.add
        record(EventKind.STAGE_STARTED, key, label, nth)
        try:
            if planned and not work.spoils:
                record(EventKind.FAULT_FIRED, key, label, nth, fault=_kind_of(work))
            if work.late:
                gives = await run()
                await self._goes_wrong(key, label, nth, work)
            else:
                await self._goes_wrong(key, label, nth, work)
                gives = await run()
            if work.spoils:
                good, gives = gives, spoilt(gives, work.spoils)
                if gives is not good:
                    record(EventKind.FAULT_FIRED, key, label, nth, fault=work.spoils)
        except asyncio.CancelledError:
            record(EventKind.STAGE_STOPPED, key, label, nth)
            raise
        except Exception as error:
            kind = work.raises or type(error).__name__
            said = self.redact(str(error))[:MESSAGE_MAX]
            record(EventKind.STAGE_RAISED, key, label, nth, type=kind, message=said)
            raise
        record(EventKind.STAGE_ENDED, key, label, nth, status="ok")
        return gives

    def around_now(self, label: str, run: Callable[[], Any]) -> Any:
        """The same for code that is no coroutine: it blocks, and what hangs gives up some time."""
        key, nth, work, planned = self._planned(label)
        record = self.recorder.add
        record(EventKind.STAGE_STARTED, key, label, nth)
        try:
            if planned and not work.spoils:
                record(EventKind.FAULT_FIRED, key, label, nth, fault=_kind_of(work))
            gives = run() if work.late else None
            if work.hangs or work.ms >= SLOW_MS:
                time.sleep(BLOCKED_S)
                self._fail(key, label, nth, replace(work, raises=work.raises or "timeout"))
            self._fail(key, label, nth, work)
            gives = gives if work.late else run()
        except Exception as error:
            kind = work.raises or type(error).__name__
            said = self.redact(str(error))[:MESSAGE_MAX]
            record(EventKind.STAGE_RAISED, key, label, nth, type=kind, message=said)
            raise
        record(EventKind.STAGE_ENDED, key, label, nth, status="ok")
        return gives

    async def _goes_wrong(self, key: str, label: str, nth: int, work: Work) -> None:
        """Wait, and raise or hang, as the scenario says."""
        if work.hangs:
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(work.ms * self.factors.factor(f"{key}/{label}/{nth}") / 1000)
        self._fail(key, label, nth, work)

    def emit(self, name: str, **value: Json) -> None:
        """Note an event that the unit emitted."""
        told: dict[str, Any] = {
            key: self.redact(one) if isinstance(one, str) else one for key, one in value.items()
        }
        self.recorder.add(EventKind.EMITTED, RUN.get(), name=name, **told)

    def now_ms(self) -> float:
        """Milliseconds since the scenario started."""
        return self.recorder.now() * 1000

    def identifier(self, *names: str) -> str:
        """A UUID in text, the same for the same names."""
        return str(seeds.uuid_for(0, *names))

    def _planned(self, label: str) -> tuple[str, int, Work, bool]:
        key, nth, work = self._next(label)
        goes_wrong = work.hangs or work.raises or work.spoils or work.ms >= SLOW_MS
        return key, nth, work, bool(goes_wrong)

    def _next(self, label: str) -> tuple[str, int, Work]:
        key = RUN.get()
        nth = self._count(key, label)
        owner, dot, _ = label.partition(".")
        place = self._count(key, f"{owner}.*") if dot else 0
        return key, nth, work_of(self.usage, key, label, nth, place)

    def _count(self, key: str, label: str) -> int:
        self._executions[key, label] += 1
        return self._executions[key, label]

    def _started(self, key: str, label: str, nth: int, given: Json) -> None:
        more: dict[str, Any] = {} if given is None else {"given": _bounded(given)}
        self.recorder.add(EventKind.STAGE_STARTED, key, label, nth, **more)

    def _fail(self, key: str, label: str, nth: int, work: Work) -> None:
        """Raise what the scenario says."""
        if work.raises:
            error = ERRORS[work.raises](f"{label} of {key}, execution {nth}")
            self.errors.setdefault(key, []).append(error)
            raise error

    def _finished(self, key: str, label: str, nth: int, work: Work) -> Json:
        if work.raises:
            self.recorder.add(EventKind.STAGE_RAISED, key, label, nth, type=work.raises)
        self._fail(key, label, nth, work)
        gives: Json = {"from": label, "call": key, "nth": nth} if work.gives is None else work.gives
        self.recorder.add(EventKind.STAGE_ENDED, key, label, nth, status="ok", digest=digest(gives))
        return gives


def work_of(usage: Usage, key: str, label: str, nth: int, place: int = 0) -> Work:
    """What a usage says of one execution of the caller's own code.

    Args:
        usage: The usage.
        key: The call.
        label: Of the code; `llm.*` says something of `llm.complete`, too.
        nth: Which execution of that label.
        place: Which execution of everything of its owner, whatever its label; by default `nth`.
    """
    try:
        said = usage.call(key).works
    except KeyError:  # outside of every call, such as while the unit is made
        return Work()
    if works := said.get(label):
        return works[min(nth, len(works)) - 1]
    owner, dot, _ = label.partition(".")
    if dot and (works := said.get(f"{owner}.*")):
        return works[min(place or nth, len(works)) - 1]
    return Work()


def _kind_of(work: Work) -> str:
    kind = "hang" if work.hangs else work.raises or work.spoils or "slow"
    return f"late {kind}" if work.late else kind


def _bounded(value: Json) -> Json:
    text = canonical_json(value)
    if len(text) <= VALUE_MAX:
        return value
    return {"digest": digest(value), "size": len(text)}


class Use:
    """One execution of a usage: makes the unit, then plays its clients."""

    def __init__(
        self, adapter: Adapter, scenario: Scenario, recorder: Recorder, factors: Factors
    ) -> None:
        if scenario.usage is None or not isinstance(adapter, HasUnits):
            raise UsageError(f"{adapter.name} has no units.")
        if scenario.usage.unit == TARGET:
            safety.guard_in_child(target_of(scenario.usage).allow_hosts)
        self.usage = scenario.usage
        self.adapter = adapter
        self.factors = factors
        self.record = recorder.add
        self.bench = CallersBench(self.usage, recorder, factors)
        if self.usage.unit == TARGET:
            target = target_of(self.usage)
            self.bench.redact = redactor_of(target)
            put_into_settings(target)
            serve_databases(target, self.bench)
            if target.mocks and isinstance(loop := asyncio.get_running_loop(), SimulatedLoop):
                serve_in(loop, target, self.bench)

    async def run(self) -> None:
        """Make the unit, and have every client make its calls."""
        try:
            unit = self.adapter.unit(self.usage.unit, self.usage.settings, self.bench)
        except UsageError:
            raise  # the scenario names something that is not there: no answer of the framework
        except Exception as error:  # noqa: BLE001 - a refusal is the framework's answer
            for call in self.usage.calls:
                self.record(EventKind.RUN_ENDED, call.key, outcome="refused", **self._told(error))
            return
        calls = self.usage.clients()
        if self.usage.first in calls:
            alone = self.adapter.unit(self.usage.unit, self.usage.settings, self.bench)
            await self._client(alone, calls.pop(self.usage.first))
        last = {client: calls.pop(client) for client in (LAST,) if client in calls}
        for together in (calls, last):
            clients = [
                asyncio.create_task(self._client(unit, of_client), name=client)
                for client, of_client in together.items()
            ]
            if clients:
                await asyncio.wait(clients)
            for client in clients:
                client.result()

    async def _client(self, unit: BoundUnit, calls: tuple[Call, ...]) -> None:
        for call in calls:
            if call.after_ms:
                factor = self.factors.factor(f"{call.key}/start/1")
                await asyncio.sleep(call.after_ms * factor / 1000)
            await self._call(unit, call)

    async def _call(self, unit: BoundUnit, call: Call) -> None:
        RUN.set(call.key)
        self.record(
            EventKind.RUN_STARTED, call.key, operation=call.operation,
            arguments=digest(dict(call.arguments)),
        )  # fmt: skip
        left: list[str] = []
        task = asyncio.create_task(_performed(unit.perform, call, left), name=call.key)
        if call.cancel_after_ms is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(call.cancel_after_ms / 1000, self._give_up, task, call.key)
        await asyncio.wait([task])
        more: dict[str, Any] = {"context": left} if left else {}
        self.record(EventKind.RUN_ENDED, call.key, **self._ended(unit, call, task), **more)

    def _give_up(self, task: asyncio.Task[Json], key: str) -> None:
        if not task.done():
            self.record(EventKind.RUN_CANCELLED, key)
            task.cancel()

    def _ended(self, unit: BoundUnit, call: Call, task: asyncio.Task[Json]) -> dict[str, Any]:
        if task.cancelled():
            return {"outcome": "cancelled"}
        error = task.exception()
        if error is None:
            value = task.result()
            return {"outcome": "returned", "digest": digest(value), "value": _bounded(value)}
        own = any(leads_to(error, one) for one in self.bench.errors.get(call.key, ()))
        name = next((n for cls, n in unit.errors.items() if isinstance(error, cls)), "")
        return {"outcome": "raised", "error": name, "own": own, **self._told(error)}

    def _told(self, error: BaseException) -> dict[str, Any]:
        said = self.bench.redact(str(error))[:MESSAGE_MAX]
        return {"type": type(error).__name__, "message": said}


async def _performed(
    perform: Callable[[str, Mapping[str, Json]], Any], call: Call, left: list[str]
) -> Json:
    """What the unit answers; `left` takes the context variables that it has changed."""
    before = copy_context()
    try:
        value: Json = await perform(call.operation, call.arguments)
    finally:
        left += changed_since(before)
    return value


_REDACTORS: dict[str, Redactor] = {}


def redactor_of(target: Target) -> Redactor:
    """What must not stand in evidence about an application; its requests are read once."""
    key = f"{target.folder} {target.inputs} {target.promises.secrets} {target.env}"
    if key not in _REDACTORS:
        secrets = target.promises.secrets
        records = requests_of(target) if secrets else []
        _REDACTORS[key] = Redactor.of_target(secrets, records, target.env)
    return _REDACTORS[key]
