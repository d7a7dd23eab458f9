"""Durations that are differences of wall-clock stamps: they jump when the clock is set."""

import ast
from collections.abc import Iterator

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function

BOUNDS = frozenset({"start", "started", "since", "last", "begin", "began", "end", "ended"})
WALL_CLOCKS = ("datetime.now", "datetime.utcnow", "time.time", "time.time_ns")


def find_wall_clock_durations(function: Function) -> Iterator[Hazard]:
    """Differences of two stamps: `(b - a).total_seconds()`, or a clock's answer less a stamp."""
    stamps = _names_holding_a_stamp(function)
    for node in ast.walk(function.node):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
            continue
        left, right = (_is_stamp(function, side, stamps) for side in (node.left, node.right))
        is_difference = left and (right or _may_be_a_stamp(node.right))
        if is_difference or _is_asked_for_seconds(function, node):
            yield function.hazard(
                HazardKind.WALL_CLOCK_DURATION,
                node,
                f"When the wall clock is set back during `{function.short_name}`, the duration "
                f"`{ast.unparse(node)}` is wrong or negative.",
            )


def _names_holding_a_stamp(function: Function) -> frozenset[str]:
    return frozenset(
        ast.unparse(target)
        for node in ast.walk(function.owner or function.node)
        if isinstance(node, ast.Assign) and _is_clock(function, node.value)
        for target in node.targets
        if isinstance(target, ast.Attribute) or function.owner is None or _within(function, node)
    )


def _within(function: Function, node: ast.AST) -> bool:
    return node in function.parents


def _is_clock(function: Function, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and function.name_of(node.func).endswith(WALL_CLOCKS)


def _is_stamp(function: Function, node: ast.expr, stamps: frozenset[str]) -> bool:
    return _is_clock(function, node) or ast.unparse(node) in stamps


def _may_be_a_stamp(node: ast.expr) -> bool:
    """Whether a name says that it is when something began or ended."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    words = ast.unparse(node).rpartition(".")[2].lower().strip("_").split("_")
    return not BOUNDS.isdisjoint(words)


def _is_asked_for_seconds(function: Function, node: ast.BinOp) -> bool:
    parent = function.parents.get(node)
    is_asked = isinstance(parent, ast.Attribute) and parent.attr == "total_seconds"
    return is_asked and _may_be_a_stamp(node.right)
