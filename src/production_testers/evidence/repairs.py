"""Repairs of flagged code in the memory of a worker, undone when they are left: the test of cause.

A scenario that breaks a law executes many lines, and most of them are not the reason. Where the
break goes away when one flagged shape is repaired and nothing else changes, that shape is a
reason of it. Nothing on disk is touched.
"""

import ast
import asyncio
import functools
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from production_testers.evidence.coverage import Place
from production_testers.experiments.judging import run_and_judge
from production_testers.experiments.watching import OURS
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
        with repaired(
            Repair(arguments["repair"]),
            name=arguments["name"],
            subject=arguments["subject"],
            places=[(file, first, last) for file, first, last in arguments["flagged"]],
        ):
            judged = run_and_judge(adapter, sut, scenario)
    except Exception:  # noqa: BLE001 - code that is changed blindly may do anything; it tells nothing
        return {"applied": False, "state": State.UNKNOWN.value, "broken": []}
    return {
        "applied": True,
        "state": judged.verdicts[arguments["law"]].state.value,
        "broken": sorted(set(judged.broken) - before),
    }


@contextmanager
def repaired(repair: Repair, *, name: str, subject: str, places: Sequence[Place]) -> Iterator[None]:
    """While it is entered, the code is repaired.

    Args:
        repair: How.
        name: Importable name of the function.
        subject: The attribute that is kept per run, as `self.token`.
        places: The lines that start the tasks, or the bodies of the handlers.

    Raises:
        Exception: Any, where the code cannot be repaired so.
    """
    with ExitStack() as undone:
        if repair is Repair.KEEP_PER_RUN:
            _keep_per_run(undone, name, subject)
        elif repair is Repair.STOP_TASKS:
            _stop_tasks(undone, name, places)
        else:
            _let_through(undone, name, places)
        yield


def _set(undone: ExitStack, owner: Any, name: str, value: Any) -> None:
    """Set an attribute until the repair ends."""
    if name in vars(owner):
        undone.callback(setattr, owner, name, vars(owner)[name])
    else:
        undone.callback(delattr, owner, name)
    setattr(owner, name, value)


class _PerRun:
    """An attribute that each run has for itself: what a task sets is seen by it and its children.

    A task copies the context of the one that starts it, so the stages of a run see their run's.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._values: ContextVar[dict[int, Any]] = ContextVar(f"{OURS}{name}")

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        try:
            return self._values.get({})[id(instance)]
        except KeyError:
            raise AttributeError(self._name) from None

    def __set__(self, instance: Any, value: Any) -> None:
        self._values.set({**self._values.get({}), id(instance): value})


def _keep_per_run(undone: ExitStack, name: str, subject: str) -> None:
    owner, _ = _resolve(name)
    attribute = subject.removeprefix("self.")
    if not isinstance(owner, type) or not attribute.isidentifier():
        raise TypeError(subject)
    _set(undone, owner, attribute, _PerRun(attribute))


_started: ContextVar[list["asyncio.Task[Any]"]] = ContextVar(f"{OURS}started")


def _stop_tasks(undone: ExitStack, name: str, places: Sequence[Place]) -> None:
    """Stop the tasks that the flagged lines started when the function around them is left."""
    owner, function = _resolve(name)
    if not inspect.iscoroutinefunction(function):
        raise TypeError(name)

    @functools.wraps(function)
    async def stopping(*args: Any, **more: Any) -> Any:
        tasks: list[asyncio.Task[Any]] = []
        _started.set(tasks)
        try:
            return await function(*args, **more)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    _set(undone, owner, name.rpartition(".")[2], stopping)
    create = SimulatedLoop.create_task

    def create_task(*args: Any, **more: Any) -> Any:
        task = create(*args, **more)
        if _is_started_at(places, inspect.currentframe()):
            _started.get([]).append(task)
        return task

    _set(undone, SimulatedLoop, "create_task", create_task)


def _is_started_at(places: Sequence[Place], frame: FrameType | None) -> bool:
    for _ in range(4):  # this loop's method, asyncio's function, and who called it
        frame = frame.f_back if frame is not None else None
        if frame is not None and any(
            frame.f_code.co_filename.endswith(f"/{file}") and first <= frame.f_lineno <= last
            for file, first, last in places
        ):
            return True
    return False


def _let_through(undone: ExitStack, name: str, places: Sequence[Place]) -> None:
    """Replace the bodies of the flagged handlers by `raise`."""
    _, function = _resolve(name)
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        raise TypeError(name)
    code = function.__code__
    tree = ast.parse(Path(code.co_filename).read_text(encoding="utf-8"))
    starts = {first for _, first, _ in places}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.body[0].lineno in starts:
            node.body = [ast.copy_location(ast.Raise(exc=None, cause=None), node.body[0])]
    changed = compile(ast.fix_missing_locations(tree), code.co_filename, "exec", dont_inherit=True)
    undone.callback(setattr, function, "__code__", code)
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
