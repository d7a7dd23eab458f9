"""Tasks without an owner, and tasks or locks that outlive a cancelled caller."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from production_testers.evidence.repairs import Repair
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function, dotted

SPAWNS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
LOOPS = frozenset({"loop", "_loop"})
STOPS_WITH_CALLER = frozenset({"gather", "wait_for", "shield"})
"""What an `await` can be given so that a cancelled caller stops the tasks, or means not to."""


def find_ownerless_tasks(function: Function) -> Iterator[Hazard]:
    """Tasks whose handle is dropped, or kept under a name that is never read."""
    read = {
        node.id
        for node in ast.walk(function.node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for node in ast.walk(function.node):
        if isinstance(node, ast.Expr):
            dropped = True
        elif isinstance(node, ast.Assign):
            dropped = all(isinstance(t, ast.Name) and t.id not in read for t in node.targets)
        else:
            continue
        if dropped and _spawns(function, node.value):
            found = function.hazard(
                HazardKind.OWNERLESS_TASK,
                node,
                f"After `{function.short_name}` has returned, the task that it started still runs: "
                "it outlives its run, and an exception in it reaches nobody.",
            )
            yield replace(found, repair=Repair.STOP_TASKS)


def find_missing_cleanup(function: Function) -> Iterator[Hazard]:
    """Tasks that are not stopped when their caller is cancelled; locks that stay taken."""
    if isinstance(function.node, ast.AsyncFunctionDef):
        yield from _abandoned_tasks(function)
    yield from _locks_left(function)


def _abandoned_tasks(function: Function) -> Iterator[Hazard]:
    if _cancels_on_the_way_out(function.node):
        return
    for call in function.calls():
        if not _spawns(function, call):
            continue
        if _is_kept_locally(function, call) and _awaits_something_else(function, call):
            found = function.hazard(
                HazardKind.MISSING_CLEANUP,
                call,
                f"When the caller of `{function.short_name}` is cancelled while it waits, the "
                "tasks that it started go on running.",
            )
            yield replace(found, repair=Repair.STOP_TASKS)


def _is_kept_locally(function: Function, call: ast.Call) -> bool:
    for outer in function.around(call):
        if isinstance(outer, ast.Return | ast.Await | ast.Lambda):
            return False
        if isinstance(outer, ast.Assign):
            return not any(isinstance(target, ast.Attribute) for target in outer.targets)
        if isinstance(outer, ast.stmt):
            return not (isinstance(outer, ast.Expr) and outer.value is call)
    return False


def _awaits_something_else(function: Function, call: ast.Call) -> bool:
    """Whether it waits for anything that does not itself stop the tasks when cancelled."""
    for node in ast.walk(function.node):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            name = function.name_of(node.value.func).rpartition(".")[2]
            inside = any(outer is node for outer in function.around(call))
            if node.lineno > call.lineno and not inside and name not in STOPS_WITH_CALLER:
                return True
    return False


def _cancels_on_the_way_out(node: ast.AST) -> bool:
    for outer in ast.walk(node):
        if not isinstance(outer, ast.Try):
            continue
        on_the_way = [*outer.finalbody]
        for handler in outer.handlers:
            if _catches_cancellation(handler):
                on_the_way += handler.body
        if any(_is_call_of(inner, "cancel") for s in on_the_way for inner in ast.walk(s)):
            return True
    return False


def _catches_cancellation(handler: ast.ExceptHandler) -> bool:
    text = ast.unparse(handler.type) if handler.type else "BaseException"
    return "BaseException" in text or "CancelledError" in text


def _locks_left(function: Function) -> Iterator[Hazard]:
    if "acquire" in function.node.name or function.node.name.strip("_") in {"aenter", "enter"}:
        return
    for call in function.calls():
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "acquire"):
            continue
        lock = dotted(call.func.value)
        if lock and not _releases(function.node, lock):
            yield function.hazard(
                HazardKind.MISSING_CLEANUP,
                call,
                f"When an exception or a cancellation leaves `{function.short_name}` after it took "
                f"`{lock}`, nobody can take it again.",
            )


def _releases(node: ast.AST, lock: str) -> bool:
    return any(
        isinstance(inner, ast.Call) and dotted(inner.func) == f"{lock}.release"
        for outer in ast.walk(node)
        if isinstance(outer, ast.Try)
        for statement in outer.finalbody
        for inner in ast.walk(statement)
    )


def _is_call_of(node: ast.AST, method: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
    )


def _spawns(function: Function, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if function.name_of(node.func) in SPAWNS:
        return True
    if not (isinstance(node.func, ast.Attribute) and node.func.attr == "create_task"):
        return False
    receiver = node.func.value
    if isinstance(receiver, ast.Call):
        return function.name_of(receiver.func).endswith(("get_running_loop", "get_event_loop"))
    return dotted(receiver).rpartition(".")[2] in LOOPS
