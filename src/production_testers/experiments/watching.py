"""Listens to what the framework says of its own accord: its events and its log records.

Which run something belongs to is known from the task that says it, not from what it says:
whatever a framework starts for a run inherits the run's context.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any

from production_testers.experiments.instruments import Instruments
from production_testers.experiments.values import canaries
from production_testers.model.history import EventKind
from production_testers.model.scenario import Scenario
from production_testers.suts.contract import Adapter, Emitting, TellsOfStages

OURS = "ptest_"
"""Context variables of the harness begin so; what it sets is no doing of a framework's."""

RUN: ContextVar[str] = ContextVar(f"{OURS}run", default="")
"""The run for which the current task works."""

RECORDS_MAX = 2_000
"""What is kept of one execution; a framework that says more is judged by its first words."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@contextmanager
def watching(adapter: Adapter, scenario: Scenario, instruments: Instruments) -> Iterator[None]:
    """While it is open, everything that the framework emits or logs goes into the history."""
    if not scenario.watch:
        yield
        return
    watch = _Watch(adapter, scenario, instruments)
    watch.setLevel(logging.INFO)
    everybody = logging.getLogger()
    level, handlers, disabled = everybody.level, everybody.handlers, everybody.manager.disable
    everybody.handlers = [watch]
    everybody.setLevel(logging.INFO)
    logging.disable(logging.NOTSET)  # workers are silent otherwise
    if isinstance(adapter, Emitting):
        adapter.emitted = watch.emitted
    try:
        yield
    finally:
        everybody.handlers = handlers
        everybody.setLevel(level)
        logging.disable(disabled)
        if isinstance(adapter, Emitting):
            adapter.emitted = None


class _Watch(logging.Handler):
    """Writes down what is said: by whom, about which runs, and which secrets it holds."""

    def __init__(self, adapter: Adapter, scenario: Scenario, instruments: Instruments) -> None:
        super().__init__()
        self._adapter = adapter
        self._root = adapter.import_roots[0]
        self._folder = "/" + self._root.replace(".", "/") + "/"
        self._instruments = instruments
        self._requests = [(r.identity.request, r.key) for r in scenario.requests]
        self._tasks: dict[int, tuple[int, object]] = {}
        self._left = RECORDS_MAX

    def emitted(self, name: str, content: Mapping[str, Any]) -> None:
        """One event of the framework."""
        self._add(EventKind.EMITTED, name, "", repr(dict(content)), content)

    def emit(self, record: logging.LogRecord) -> None:
        """One log record, if it is the framework's: by its logger's name, or where it is made.

        Not every logger of a framework is named after it.
        """
        if not f"{record.name}.".startswith(f"{self._root}.") and (
            self._folder not in record.pathname
        ):
            return
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        text = f"{record.getMessage()} {extra!r} {trace}"
        self._add(EventKind.LOGGED, record.name, record.levelname, text, extra)

    def _add(
        self, kind: EventKind, name: str, level: str, text: str, content: Mapping[str, Any]
    ) -> None:
        if self._left <= 0:
            return
        self._left -= 1
        run = RUN.get()
        named = [key for request, key in self._requests if request in text]
        named.sort(key=lambda key: key != run)  # its own first: the list is cut
        own = self._instruments.own_words()
        found = [canary for canary in canaries(text) if canary not in own]
        self._instruments.recorder.add(
            kind, run, name=name, level=level, runs=named[:5], canaries=found[:5],
            task=self._task(), **self._of_stage(name, content),
        )  # fmt: skip

    def _of_stage(self, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """What it says of a stage, in our words."""
        told = None
        if isinstance(self._adapter, TellsOfStages):
            told = self._adapter.told_of_stage(name, content)
        if told is None:
            return {}
        took = {} if told.took_ms is None else {"took_ms": told.took_ms}
        well = {} if told.well is None else {"well": told.well}
        return {"stage": told.stage, "phase": told.phase, **took, **well}

    def _task(self) -> int:
        """The task that says it, by a number of its own; 0 outside of every task."""
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return 0
        return self._tasks.setdefault(id(task), (len(self._tasks) + 1, task))[0] if task else 0


def changed_since(before: Context) -> list[str]:
    """Names of the context variables that the running task has set, or set back, since then."""
    missing = object()
    return sorted(
        variable.name
        for variable, value in copy_context().items()
        if not variable.name.startswith(OURS) and before.get(variable, missing) is not value
    )
