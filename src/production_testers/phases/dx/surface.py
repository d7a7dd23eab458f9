"""Measures the import root: names, docstrings, annotations, extension points."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from production_testers.phases.dx.measurements import Share, Surface
from production_testers.phases.research.inventory import (
    NameKind,
    PublicName,
    declared_names,
    public_methods,
    public_names,
)
from production_testers.phases.research.source import SutSource
from production_testers.phases.research.syntax import FunctionNode, arguments

ABSTRACT = frozenset({"Protocol", "ABC", "ABCMeta"})


def measure_surface(source: SutSource) -> Surface:
    """What the import root shows."""
    names = public_names(source)
    listed = declared_names(source) or ()
    definitions = {name.name: name.node for name in names if name.node is not None}
    methods = dict(_methods(names))
    return Surface(
        names=len(names) if source.sut.import_name in source.modules else None,
        names_repeated=tuple(name for name, count in Counter(listed).items() if count > 1),
        names_private=tuple(n.name for n in names if n.name[:1] == "_" and n.name[:2] != "__"),
        names_unresolved=tuple(n.name for n in names if n.kind is NameKind.FOREIGN),
        names_documented=_documented(definitions.values()),
        names_undocumented=_undocumented(definitions),
        methods_documented=_documented(methods.values()),
        methods_undocumented=_undocumented(methods),
        parameters_annotated=_annotated(names),
        extension_points=tuple(name.name for name in names if _is_abstract(name)),
        ships_types=any(path.endswith("/py.typed") for path in source.other_files),
    )


Documented = ast.ClassDef | FunctionNode


def _methods(names: Iterable[PublicName]) -> Iterator[tuple[str, FunctionNode]]:
    for name in names:
        for method in public_methods(name):
            yield f"{name.name}.{method.name}", method


def _documented(nodes: Iterable[Documented]) -> Share:
    texts = [ast.get_docstring(node) for node in nodes]
    return Share(sum(bool(text) for text in texts), len(texts))


def _undocumented(
    nodes: dict[str, ast.ClassDef | FunctionNode] | dict[str, FunctionNode],
) -> tuple[str, ...]:
    return tuple(name for name, node in nodes.items() if not ast.get_docstring(node))


def _annotated(names: Iterable[PublicName]) -> Share:
    found = [
        argument.annotation is not None
        for node in _callables(names)
        for argument in arguments(node)
        if argument.arg not in {"self", "cls"}
    ]
    return Share(sum(found), len(found))


def _callables(names: Iterable[PublicName]) -> Iterator[FunctionNode]:
    for name in names:
        if isinstance(name.node, FunctionNode):
            yield name.node
        yield from public_methods(name)
        if isinstance(name.node, ast.ClassDef):
            for node in name.node.body:
                if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                    yield node


def _is_abstract(name: PublicName) -> bool:
    if not isinstance(name.node, ast.ClassDef):
        return False
    bases = [*name.node.bases, *(keyword.value for keyword in name.node.keywords)]
    texts = {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in bases}
    return bool(texts & ABSTRACT)
