"""What a distribution offers: its metadata, its modules, and the names of its import root."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from production_testers.phases.research.source import SourceModule, SutSource


class NameKind(StrEnum):
    """What a public name is."""

    CLASS = "class"
    FUNCTION = "function"
    MODULE = "module"
    VALUE = "value"
    FOREIGN = "foreign"  # of another distribution, or not found in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """One name of the import root.

    Attributes:
        name: As it is imported from the root.
        kind: What it is.
        module: Where it is defined; None when that cannot be read.
        node: Its definition, for classes and functions.
    """

    name: str
    kind: NameKind
    module: SourceModule | None = None
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None = None

    @property
    def summary(self) -> str:
        """The first line of its docstring, or nothing."""
        return first_line(self.node) if self.node else ""

    @property
    def place(self) -> str:
        """`file:line` of its definition, or nothing."""
        if self.module is None:
            return ""
        return f"{self.module.file.path}:{self.node.lineno if self.node else 1}"


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The first line of a docstring, or nothing."""
    return (ast.get_docstring(node) or "").partition("\n")[0].strip()


def requirements(source: SutSource) -> tuple[str, ...]:
    """What the distribution needs without any extra, as `METADATA` writes it."""
    return tuple(line for line in all_requirements(source) if "extra ==" not in line)


def all_requirements(source: SutSource) -> tuple[str, ...]:
    """Every requirement, those of extras included."""
    return tuple(str(line) for line in source.headers.get_all("Requires-Dist") or ())


def licence(source: SutSource) -> str:
    """The licence that `METADATA` names, or nothing."""
    headers = source.headers
    named = headers.get("License-Expression") or headers.get("License") or ""
    if not named:
        classifiers = [str(line) for line in headers.get_all("Classifier") or ()]
        named = next((line for line in classifiers if line.startswith("License ::")), "")
    return str(named).strip().partition("\n")[0].rpartition(":: ")[2]


def declared_names(source: SutSource) -> tuple[str, ...] | None:
    """The names in `__all__` of the import root, repeated ones included; None without one."""
    root = source.modules.get(source.sut.import_name)
    if root is None:
        return None
    names: list[str] = []
    declared = False
    for node in _top_level(root.tree.body):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and _assigns_all(node):
            declared = True
            names += [
                constant.value
                for constant in ast.walk(node.value or node)
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
            ]
    return tuple(names) if declared else None


def public_names(source: SutSource) -> tuple[PublicName, ...]:
    """The names of the import root, each followed to its definition.

    Without `__all__` these are the names without underscore that the root defines, or imports
    from its own package.
    """
    root = source.modules.get(source.sut.import_name)
    if root is None:
        return ()
    declared = declared_names(source)
    names = dict.fromkeys(declared if declared is not None else _bound_names(root))
    return tuple(_resolve(source, root, name, name, frozenset()) for name in names)


def public_methods(name: PublicName) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The methods of a public class that have no underscore."""
    if isinstance(name.node, ast.ClassDef):
        for node in name.node.body:
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef
            ) and not node.name.startswith("_"):
                yield node


def _assigns_all(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _top_level(node.body)
            yield from _top_level(node.orelse)
            if isinstance(node, ast.Try):
                for handler in node.handlers:
                    yield from _top_level(handler.body)


def _bound_names(root: SourceModule) -> Iterator[str]:
    own = root.name.partition(".")[0]
    for node in _top_level(root.tree.body):
        found: list[str] = []
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = [node.name]
        elif isinstance(node, ast.ImportFrom):
            target = imported_module(root, node)
            if target == own or target.startswith(f"{own}."):
                found = [alias.asname or alias.name for alias in node.names]
        yield from (name for name in found if not name.startswith("_") and name != "*")


def imported_module(module: SourceModule, node: ast.ImportFrom) -> str:
    """The dotted name that a `from … import` names, relative ones made absolute."""
    if not node.level:
        return node.module or ""
    base = module.package.split(".")
    base = base[: len(base) - (node.level - 1)]
    return ".".join([*base, *([node.module] if node.module else [])])


def _resolve(
    source: SutSource, module: SourceModule, name: str, shown: str, seen: frozenset[tuple[str, str]]
) -> PublicName:
    """Follow `name` from `module` to its definition, over imports and plain assignments."""
    key = (module.name, name)
    node = None if key in seen else _binding(module, name)
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        kind = NameKind.CLASS if isinstance(node, ast.ClassDef) else NameKind.FUNCTION
        return PublicName(name=shown, kind=kind, module=module, node=node)
    onward = _onward(source, module, node, name)
    if onward is not None:
        return _resolve(source, *onward, shown, seen | {key})
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return PublicName(name=shown, kind=NameKind.VALUE, module=module)
    submodule = source.modules.get(f"{module.name}.{name}")
    kind = NameKind.MODULE if submodule else NameKind.FOREIGN
    return PublicName(name=shown, kind=kind, module=submodule)


def _onward(
    source: SutSource, module: SourceModule, node: ast.stmt | None, name: str
) -> tuple[SourceModule, str] | None:
    """Where an import or an alias says that the definition of `name` stands."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Name):
        return module, node.value.id
    if isinstance(node, ast.ImportFrom):
        target = source.modules.get(imported_module(module, node))
        original = next(a.name for a in node.names if (a.asname or a.name) == name)
        return (target, original) if target else None
    return None


def _binding(module: SourceModule, name: str) -> ast.stmt | None:
    """The first top-level statement that gives `name` a meaning."""
    return next((node for node in _top_level(module.tree.body) if _binds(node, name)), None)


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name == name
    if isinstance(node, ast.ImportFrom):
        return any((alias.asname or alias.name) == name for alias in node.names)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Name) and target.id == name for target in targets)
    return False
