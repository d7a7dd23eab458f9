"""Functions of a module with what a detector asks of them: names, owners, parents."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.source import SourceModule

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A top-level function or a method; functions nested in it are part of it.

    Attributes:
        module: Where it stands.
        node: Its syntax.
        qualified_name: Importable, dotted.
        owner: The class of a method.
        runs_on_loop: Asynchronous itself, or called by an asynchronous one of its module.
        aliases: Local name → dotted name, of the module's imports.
        parents: Node → the node around it, inside the function.
    """

    module: SourceModule
    node: FunctionNode
    qualified_name: str
    owner: ast.ClassDef | None
    runs_on_loop: bool
    aliases: Mapping[str, str]
    parents: Mapping[ast.AST, ast.AST]

    @property
    def short_name(self) -> str:
        """As a maintainer calls it: `Class.method`, or the function's name."""
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name

    @property
    def parameters(self) -> frozenset[str]:
        """Names of its parameters, less `self` and `cls`."""
        return frozenset(argument.arg for argument in arguments(self.node)) - {"self", "cls"}

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that enclose `node`, innermost first, up to the function."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def name_of(self, node: ast.AST) -> str:
        """The dotted name of an expression, imports resolved; empty when it has none."""
        name = dotted(node)
        head, dot, rest = name.partition(".")
        return f"{self.aliases.get(head, head)}{dot}{rest}"

    def calls(self) -> Iterator[ast.Call]:
        """Every call in it, in the order of the text."""
        return (node for node in ast.walk(self.node) if isinstance(node, ast.Call))

    def hazard(self, kind: HazardKind, node: ast.stmt | ast.expr, statement: str) -> Hazard:
        """A hazard at `node`, whose lines are those that can do harm."""
        return Hazard(
            kind=kind,
            file=self.module.file.path,
            line=node.lineno,
            qualified_name=self.qualified_name,
            code_line=self.module.file.lines[node.lineno - 1].strip(),
            statement=statement,
            lines=(node.lineno, node.end_lineno or node.lineno),
        )


def arguments(node: FunctionNode) -> list[ast.arg]:
    """All parameters of a function, in order, `*args` and `**kwargs` included."""
    args = node.args
    rest = [argument for argument in (args.vararg, args.kwarg) if argument]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *rest]


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a name or an attribute of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def is_self_attribute(node: ast.AST) -> bool:
    """Whether it reads `self.x`."""
    return isinstance(node, ast.Attribute) and dotted(node.value) == "self"


def functions_of(module: SourceModule) -> tuple[Function, ...]:
    """The functions and methods of a module, in order of the text."""
    found = list(_definitions(module.tree.body, owner=None, prefix=module.name))
    aliases = _aliases(module)
    on_loop = _running_on_loop(found)
    return tuple(
        Function(
            module=module,
            node=node,
            qualified_name=name,
            owner=owner,
            runs_on_loop=name in on_loop,
            aliases=aliases,
            parents=_parents(node),
        )
        for node, name, owner in found
    )


Definition = tuple[FunctionNode, str, ast.ClassDef | None]


def _definitions(
    body: Iterable[ast.stmt], *, owner: ast.ClassDef | None, prefix: str
) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, FunctionNode):
            yield node, f"{prefix}.{node.name}", owner
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, owner=node, prefix=f"{prefix}.{node.name}")
        elif isinstance(node, ast.If | ast.Try):
            yield from _definitions(_blocks(node), owner=owner, prefix=prefix)


def _blocks(node: ast.If | ast.Try) -> list[ast.stmt]:
    handlers = node.handlers if isinstance(node, ast.Try) else []
    return [*node.body, *(s for handler in handlers for s in handler.body), *node.orelse]


def _aliases(module: SourceModule) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                aliases[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                aliases[name.asname or name.name] = f"{node.module}.{name.name}"
    return aliases


def _running_on_loop(found: list[Definition]) -> frozenset[str]:
    """Asynchronous functions, and what they call by a plain or a `self.` name, to the end."""
    by_name = {name: node for node, name, _ in found}
    reached = {name for node, name, _ in found if isinstance(node, ast.AsyncFunctionDef)}
    todo = list(reached)
    while todo:
        name = todo.pop()
        called = {dotted(n.func) for n in ast.walk(by_name[name]) if isinstance(n, ast.Call)}
        for other in by_name.keys() - reached:
            if _is_called(other, called, caller=name):
                reached.add(other)
                todo.append(other)
    return frozenset(reached)


def _is_called(name: str, called: set[str], *, caller: str) -> bool:
    holder, _, short = name.rpartition(".")
    caller_holder = caller.rpartition(".")[0]
    if holder == caller_holder and f"self.{short}" in called:
        return True
    return short in called and caller.startswith(f"{holder}.")


def _parents(root: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(root) for child in ast.iter_child_nodes(parent)}
