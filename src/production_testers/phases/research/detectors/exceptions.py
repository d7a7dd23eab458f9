"""Broad exceptions that end in asynchronous code, unseen by the caller."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from production_testers.evidence.repairs import Repair
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function

BROAD = frozenset({"Exception", "BaseException", "CancelledError"})
LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"}
)
OBSERVERS = ("_on_", "on_", "callback", "listener", "hook", "observer", "emitter")
"""How attributes are named that hold what a user wants to be told by."""

EMITS = LOG_METHODS | {"emit", "try_emit"}


def find_swallowed_exceptions(function: Function) -> Iterator[Hazard]:
    """Handlers of broad exceptions that pass or only log; `suppress` of broad exceptions."""
    if not function.runs_on_loop:
        return
    for node in ast.walk(function.node):
        if isinstance(node, ast.ExceptHandler):
            caught = _broad_names(node.type)
            how = _how_it_ends(node.body)
            if caught and how and not _is_harmless(function, _guarded(function, node), caught, how):
                found = _hazard(function, node, caught, how)
                yield replace(found, repair=Repair.LET_THROUGH)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                caught = _suppressed(function, item.context_expr)
                if caught and not _is_harmless(function, node.body, caught, "dropped"):
                    yield replace(_hazard(function, node, caught, "dropped"), tells=False)


def _hazard(
    function: Function, node: ast.ExceptHandler | ast.With | ast.AsyncWith, caught: str, how: str
) -> Hazard:
    return Hazard(
        kind=HazardKind.SWALLOWED_EXCEPTION,
        file=function.module.file.path,
        line=node.lineno,
        qualified_name=function.qualified_name,
        code_line=function.module.file.lines[node.lineno - 1].strip(),
        statement=f"`{caught}` raised inside `{function.short_name}` (line {node.lineno}) is {how}:"
        " the caller goes on as if nothing had happened.",
        lines=(node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno),
    )


def _broad_names(caught: ast.expr | None) -> str:
    if caught is None:
        return "BaseException"
    members = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    names = [ast.unparse(member).rpartition(".")[2] for member in members]
    return next((name for name in names if name in BROAD), "")


def _how_it_ends(body: list[ast.stmt]) -> str:
    if all(isinstance(node, ast.Pass | ast.Continue) or _is_ellipsis(node) for node in body):
        return "dropped"
    if all(isinstance(node, ast.Pass | ast.Continue) or _is_log_call(node) for node in body):
        return "only logged"
    return ""


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_log_call(node: ast.stmt) -> bool:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    return ast.unparse(node.value.func).rpartition(".")[2] in LOG_METHODS


def _suppressed(function: Function, context: ast.expr) -> str:
    if not isinstance(context, ast.Call) or function.name_of(context.func) != "contextlib.suppress":
        return ""
    return next((name for name in map(_broad_names, context.args) if name), "")


def _guarded(function: Function, handler: ast.ExceptHandler) -> list[ast.stmt]:
    around = function.parents.get(handler)
    return around.body if isinstance(around, ast.Try | ast.TryStar) else []


def _is_harmless(function: Function, guarded: list[ast.stmt], caught: str, how: str) -> bool:
    """Whether nothing of the caller's is lost: a cancelled task, or somebody who is only told.

    A user's own observer may fail without harm to the work that it watches. A failed event of
    the framework's own is harmless only where the log tells it.
    """
    if _ends_a_cancelled_task(function, caught):
        return True
    work = [node for node in guarded if not (isinstance(node, ast.Return) and node.value is None)]
    calls = [_sole_call(statement) for statement in work]
    names = [ast.unparse(call.func).rpartition(".")[2] for call in calls if call is not None]
    if not calls or len(names) < len(calls):
        return False
    return all(
        any(word in name for word in OBSERVERS) or (how == "only logged" and name in EMITS)
        for name in names
    )


def _sole_call(statement: ast.stmt) -> ast.Call | None:
    """The call that a statement consists of, awaited or not."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def _ends_a_cancelled_task(function: Function, caught: str) -> bool:
    """Whether it is the idiom `task.cancel()`, then `await task` without its CancelledError."""
    return caught == "CancelledError" and any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "cancel"
        for call in function.calls()
    )
