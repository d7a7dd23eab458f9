"""Broad exceptions that end in asynchronous code, unseen by the caller."""

import ast
from collections.abc import Iterator

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function

BROAD = frozenset({"Exception", "BaseException", "CancelledError"})
LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"}
)


def find_swallowed_exceptions(function: Function) -> Iterator[Hazard]:
    """Handlers of broad exceptions that pass or only log; `suppress` of broad exceptions."""
    if not function.runs_on_loop:
        return
    for node in ast.walk(function.node):
        if isinstance(node, ast.ExceptHandler):
            caught = _broad_names(node.type)
            how = _how_it_ends(node.body)
            if caught and how and not _ends_a_cancelled_task(function, caught):
                yield _hazard(function, node.body[0], node.lineno, caught, how)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                caught = _suppressed(function, item.context_expr)
                if caught and not _ends_a_cancelled_task(function, caught):
                    yield _hazard(function, node, node.lineno, caught, "dropped")


def _hazard(function: Function, node: ast.stmt, line: int, caught: str, how: str) -> Hazard:
    found = function.hazard(
        HazardKind.SWALLOWED_EXCEPTION,
        node,
        f"`{caught}` raised inside `{function.short_name}` (line {line}) is {how}: the caller "
        "goes on as if nothing had happened.",
    )
    return Hazard(
        kind=found.kind,
        file=found.file,
        line=line,
        qualified_name=found.qualified_name,
        code_line=function.module.file.lines[line - 1].strip(),
        statement=found.statement,
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


def _ends_a_cancelled_task(function: Function, caught: str) -> bool:
    """Whether it is the idiom `task.cancel()`, then `await task` without its CancelledError."""
    return caught == "CancelledError" and any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "cancel"
        for call in function.calls()
    )
