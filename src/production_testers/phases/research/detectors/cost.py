"""Work that grows with the square of a collection."""

import ast
from collections.abc import Iterator

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function

VIEWS = frozenset({"items", "values", "keys"})
WRAPPERS = frozenset({"list", "sorted", "tuple", "set", "enumerate", "reversed"})


def find_nested_scans(function: Function) -> Iterator[Hazard]:
    """A loop over a collection inside a loop that runs once for each of its members."""
    for node in ast.walk(function.node):
        if not isinstance(node, ast.For):
            continue
        collection = _collection(node.iter)
        if collection and any(
            _runs_once_a_member(outer, collection) for outer in function.around(node)
        ):
            yield function.hazard(
                HazardKind.NESTED_SCAN,
                node,
                f"Twice as many members of `{collection}` make `{function.short_name}` take four "
                "times as many loop steps.",
            )


def _collection(iterated: ast.expr) -> str:
    """`self.x` for `self.x`, `self.x.items()`, `list(self.x)`; empty when it has no name."""
    if isinstance(iterated, ast.Call):
        if isinstance(iterated.func, ast.Attribute) and iterated.func.attr in VIEWS:
            return _collection(iterated.func.value)
        if ast.unparse(iterated.func) in WRAPPERS and iterated.args:
            return _collection(iterated.args[0])
        return ""
    return ast.unparse(iterated) if isinstance(iterated, ast.Name | ast.Attribute) else ""


def _runs_once_a_member(outer: ast.AST, collection: str) -> bool:
    if isinstance(outer, ast.For):
        return _collection(outer.iter) == collection
    return isinstance(outer, ast.While) and any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "len"
        and [ast.unparse(argument) for argument in node.args] == [collection]
        for node in ast.walk(outer.test)
    )
