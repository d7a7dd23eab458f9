"""Repairs of flagged code, in the memory of one worker's child: the test of cause.

A scenario that breaks a law executes many lines, and most of them are not the reason. Where the
break goes away when one flagged shape is repaired and nothing else changes, that shape is a
reason of it. Nothing on disk is touched; the child ends with its job.
"""

import ast
import asyncio
import functools
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from production_testers.experiments.judging import run_and_judge
from production_testers.model import scenario_format
from production_testers.model.verdict import State
from production_testers.simulation import SimulatedLoop
from production_testers.suts.contract import Adapter

Emit = Callable[[dict[str, Any]], None]


class Repair(StrEnum):
    """What can be repaired without knowing the framework."""

    KEEP_PER_RUN = "keep_per_run"
    STOP_TASKS = "stop_tasks"
    LET_THROUGH = "let_through"


IN_WORDS = {
    Repair.KEEP_PER_RUN: "every run has its own value of the attribute",
    Repair.STOP_TASKS: "the tasks that it started are stopped when it is left",
    Repair.LET_THROUGH: "the exception is passed on",
}
"""What is different after each repair."""


def without(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Execute a scenario that breaks a law again, with flagged code repaired.

    Args of the job: scenario, law, repair, name (of the function), subject,
        flagged (its places).

    Returns:
        `applied`: whether the repair could be made and executed; `state`: the law's state with it;
        `broken`: the laws that are broken with it and were not before.
    """
    sut = adapter.describe()
    scenario = scenario_format.from_json(arguments["scenario"])
    before = set(run_and_judge(adapter, sut, scenario).broken)
    try:
        _REPAIRS[Repair(arguments["repair"])](arguments)
        judged = run_and_judge(adapter, sut, scenario)
    except Exception:  # noqa: BLE001 - code that is changed blindly may do anything; it tells nothing
        return {"applied": False, "state": State.UNKNOWN.value, "broken": []}
    return {
        "applied": True,
        "state": judged.verdicts[arguments["law"]].state.value,
        "broken": sorted(set(judged.broken) - before),
    }


class _PerRun:
    """An attribute that each run has for itself: what a task sets is seen by it and its children.

    A task copies the context of the one that starts it, so the stages of a run see their run's.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._values: ContextVar[dict[int, Any]] = ContextVar(name)

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        try:
            return self._values.get({})[id(instance)]
        except KeyError:
            raise AttributeError(self._name) from None

    def __set__(self, instance: Any, value: Any) -> None:
        self._values.set({**self._values.get({}), id(instance): value})


def _keep_per_run(arguments: dict[str, Any]) -> None:
    owner, _ = _resolve(arguments["name"])
    attribute = arguments["subject"].removeprefix("self.")
    if not isinstance(owner, type) or not attribute.isidentifier():
        raise TypeError(arguments["subject"])
    setattr(owner, attribute, _PerRun(attribute))


_started: ContextVar[list["asyncio.Task[Any]"]] = ContextVar("started")


def _stop_tasks(arguments: dict[str, Any]) -> None:
    """Stop the tasks that the flagged lines started when the function around them is left."""
    owner, function = _resolve(arguments["name"])
    if not inspect.iscoroutinefunction(function):
        raise TypeError(arguments["name"])

    @functools.wraps(function)
    async def repaired(*args: Any, **more: Any) -> Any:
        tasks: list[asyncio.Task[Any]] = []
        _started.set(tasks)
        try:
            return await function(*args, **more)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    setattr(owner, arguments["name"].rpartition(".")[2], repaired)
    create = SimulatedLoop.create_task

    def create_task(*args: Any, **more: Any) -> Any:
        task = create(*args, **more)
        if _is_started_at(arguments["flagged"], inspect.currentframe()):
            _started.get([]).append(task)
        return task

    SimulatedLoop.create_task = create_task  # type: ignore[method-assign]


def _is_started_at(places: list[list[Any]], frame: FrameType | None) -> bool:
    for _ in range(4):  # this loop's method, asyncio's function, and who called it
        frame = frame.f_back if frame is not None else None
        if frame is not None and any(
            frame.f_code.co_filename.endswith(f"/{file}") and first <= frame.f_lineno <= last
            for file, first, last in places
        ):
            return True
    return False


def _let_through(arguments: dict[str, Any]) -> None:
    """Replace the bodies of the flagged handlers by `raise`."""
    _, function = _resolve(arguments["name"])
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        raise TypeError(arguments["name"])
    code = function.__code__
    tree = ast.parse(Path(code.co_filename).read_text(encoding="utf-8"))
    starts = {first for _, first, _ in arguments["flagged"]}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.body[0].lineno in starts:
            node.body = [ast.copy_location(ast.Raise(exc=None, cause=None), node.body[0])]
    changed = compile(ast.fix_missing_locations(tree), code.co_filename, "exec", dont_inherit=True)
    function.__code__ = _code_like(code, changed)


def _code_like(wanted: CodeType, module: CodeType) -> CodeType:
    for code in _codes(module):
        if (code.co_qualname, code.co_firstlineno) == (wanted.co_qualname, wanted.co_firstlineno):
            return code
    raise LookupError(wanted.co_qualname)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _resolve(name: str) -> tuple[Any, Any]:
    """What holds the function of that name, and the function."""
    holder, _, short = name.rpartition(".")
    owner = pkgutil.resolve_name(holder)
    return owner, getattr(owner, short)


_REPAIRS: dict[Repair, Callable[[dict[str, Any]], None]] = {
    Repair.KEEP_PER_RUN: _keep_per_run,
    Repair.STOP_TASKS: _stop_tasks,
    Repair.LET_THROUGH: _let_through,
}
