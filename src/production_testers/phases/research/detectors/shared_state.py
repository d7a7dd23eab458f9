"""State of one call that is kept where another call finds it."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from production_testers.evidence.repairs import Repair
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function, dotted, is_self_attribute

LIFECYCLE = frozenset(
    {
        "start",
        "stop",
        "open",
        "close",
        "aclose",
        "connect",
        "disconnect",
        "shutdown",
        "setup",
        "teardown",
        "initialize",
        "init",
        "reset",
        "clear",
        "cancel",
        "aenter",
        "aexit",
    }
)
"""Methods that are there to change the object, and are called once."""


def find_shared_state(function: Function) -> Iterator[Hazard]:
    """Attributes that an asynchronous method sets to something of its call."""
    for node, target, value in _assignments(function):
        if is_self_attribute(target) and _is_unprotected(function, node, target, value):
            attribute = ast.unparse(target)
            found = function.hazard(
                HazardKind.SHARED_STATE,
                node,
                f"When two calls of `{function.short_name}` on one object overlap, the second "
                f"replaces `{attribute}` while the first still uses it.",
            )
            yield replace(found, subject=attribute, repair=Repair.KEEP_PER_RUN)


def find_shared_keys(function: Function) -> Iterator[Hazard]:
    """Fixed keys of an object that it was given, set to something of the call."""
    for node, target, value in _assignments(function):
        if _is_fixed_key_of_parameter(function, target, value):
            yield function.hazard(
                HazardKind.SHARED_KEY,
                node,
                f"When `{function.short_name}` is called for two stages of one run at the same "
                f"time, both write `{ast.unparse(target)}` and one value is lost.",
            )


def _assignments(function: Function) -> Iterator[tuple[ast.stmt, ast.expr, ast.expr]]:
    """Statement, target and value, where an asynchronous method assigns what its call made."""
    if function.owner is None or not isinstance(function.node, ast.AsyncFunctionDef):
        return
    if function.node.name.strip("_") in LIFECYCLE:
        return
    for node in ast.walk(function.node):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if _is_of_this_call(node.value):
                    yield node, target, node.value


def _is_of_this_call(value: ast.expr) -> bool:
    """Whether the value is made in this call: it calls something or names something local."""
    return any(
        isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id != "self")
        for node in ast.walk(value)
    )


def _is_unprotected(function: Function, node: ast.stmt, target: ast.expr, value: ast.expr) -> bool:
    attribute = ast.unparse(target)
    accumulates = attribute in {ast.unparse(n) for n in ast.walk(value)}
    return not (
        accumulates
        or attribute.removeprefix("self.").lstrip("_").startswith("last")
        or any(_protects(outer, attribute) for outer in function.around(node))
        or not _awaits_after(function, node)
    )


def _protects(outer: ast.AST, attribute: str) -> bool:
    if isinstance(outer, ast.With | ast.AsyncWith):
        return any("lock" in ast.unparse(item.context_expr).lower() for item in outer.items)
    return isinstance(outer, ast.If) and attribute in ast.unparse(outer.test)


def _awaits_after(function: Function, node: ast.stmt) -> bool:
    return any(
        isinstance(other, ast.Await | ast.AsyncFor | ast.AsyncWith) and other.lineno > node.lineno
        for other in ast.walk(function.node)
    )


def _is_fixed_key_of_parameter(function: Function, target: ast.expr, value: ast.expr) -> bool:
    """Whether every stage writes the same place of an object that it was given.

    What only passes the object's own data on is the same for every stage and harmless; what
    is removed again, or is made from another parameter, belongs to one stage.
    """
    if not (isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute)):
        return False
    root = dotted(target.value).partition(".")[0]
    if root not in function.parameters or not _is_fixed(target.slice):
        return False
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    return bool(names & (function.parameters - {root})) or _is_removed(function, target.slice)


def _is_fixed(key: ast.expr) -> bool:
    if isinstance(key, ast.Constant):
        return isinstance(key.value, str)
    return is_self_attribute(key) and dotted(key).rpartition(".")[2].isupper()


def _is_removed(function: Function, key: ast.expr) -> bool:
    wanted = ast.unparse(key)
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "pop"
        and [ast.unparse(argument) for argument in node.args[:1]] == [wanted]
        for node in ast.walk(function.owner or function.node)
    )
