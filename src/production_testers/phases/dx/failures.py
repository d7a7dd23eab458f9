"""Measures how the code tells of its failures: exception classes, messages, causes."""

import ast
import builtins
from collections.abc import Iterable, Iterator

from production_testers.phases.dx.measurements import Failures, Share
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.source import SutSource

BUILT_IN = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def measure_failures(source: SutSource, hazards: Iterable[Hazard]) -> Failures:
    """How the code tells of its failures."""
    classes = _exception_classes(source)
    bare = tuple(name for name in classes if not _says_something(name, classes))
    raised = list(_raises(source, frozenset(classes) | BUILT_IN))
    silent = [place for place, node, _ in raised if not _carries_a_value(node)]
    handled = [(place, node) for place, node, in_handler in raised if in_handler]
    unchained = [place for place, node in handled if not _is_chained(node)]
    places: dict[HazardKind, list[str]] = {}
    for hazard in hazards:
        places.setdefault(hazard.kind, []).append(f"{hazard.file}:{hazard.line}")
    return Failures(
        exceptions_informative=Share(len(classes) - len(bare), len(classes)),
        exceptions_bare=bare,
        raises_with_value=Share(len(raised) - len(silent), len(raised)),
        raises_without_value=tuple(silent),
        raises_chained=Share(len(handled) - len(unchained), len(handled)),
        raises_unchained=tuple(unchained),
        swallowed=tuple(places.get(HazardKind.SWALLOWED_EXCEPTION, ())),
        hidden_defaults=tuple(places.get(HazardKind.HIDDEN_DEFAULT, ())),
    )


def _exception_classes(source: SutSource) -> dict[str, ast.ClassDef]:
    """Every class of the distribution that inherits from an exception, by its name."""
    classes = {
        node.name: node
        for module in source.modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    found: dict[str, ast.ClassDef] = {}
    while True:
        known = BUILT_IN | found.keys()
        new = {
            name: node
            for name, node in classes.items()
            if name not in found and any(base in known for base in _bases(node))
        }
        if not new:
            return dict(sorted(found.items()))
        found |= new


def _bases(node: ast.ClassDef) -> Iterator[str]:
    return (ast.unparse(base).rpartition(".")[2] for base in node.bases)


def _says_something(
    name: str, classes: dict[str, ast.ClassDef], seen: frozenset[str] = frozenset()
) -> bool:
    node = classes.get(name)
    if node is None or name in seen:
        return False
    own = any(
        isinstance(inner, ast.AnnAssign)
        or (isinstance(inner, ast.FunctionDef) and inner.name in {"__init__", "__str__"})
        for inner in node.body
    )
    return own or any(_says_something(base, classes, seen | {name}) for base in _bases(node))


Raised = tuple[str, ast.Raise, bool]


def _raises(source: SutSource, exceptions: frozenset[str]) -> Iterator[Raised]:
    """Every `raise` of a new exception: its place, its syntax, whether a handler is around it."""
    for module in source.modules.values():
        for node, in_handler in _walk(module.tree, in_handler=False):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func).rpartition(".")[2]
                if name in exceptions:
                    yield f"{module.file.path}:{node.lineno}", node, in_handler


def _walk(node: ast.AST, *, in_handler: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, in_handler
    for child in ast.iter_child_nodes(node):
        is_new_scope = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        inside = isinstance(child, ast.ExceptHandler) or (in_handler and not is_new_scope)
        yield from _walk(child, in_handler=inside)


def _carries_a_value(node: ast.Raise) -> bool:
    assert isinstance(node.exc, ast.Call)
    given = [*node.exc.args, *(keyword.value for keyword in node.exc.keywords)]
    return any(isinstance(inner, ast.Name) for value in given for inner in ast.walk(value))


def _is_chained(node: ast.Raise) -> bool:
    return node.cause is not None and not isinstance(node.cause, ast.Constant)
