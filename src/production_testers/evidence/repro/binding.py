"""An adapter's binding of a unit as it stands in a script: only what the script's calls need.

A binding tells its operations apart by `if operation == "…"`, and asks `if settings["…"]` and
`if "…" in arguments`. Where all calls of the script give one answer, the other branch is left out,
and with it the helpers and the imports that nothing else names. What a binding only tells its bench
(`bench.emit`) is left out, too, because a script has nobody who listens.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def for_script(source: str, usage: Mapping[str, Any]) -> tuple[str, str]:
    """The imports and the code of a binding's module.

    Args:
        source: The module, which begins with its docstring.
        usage: Settings and calls of the script.
    """
    module = ast.parse(source)
    module.body = module.body[1:]
    for change in (_WithoutOurs(), _Unheard()):
        module = change.visit(module)
    before = _mentions(module)
    module = _Asked(usage).visit(module)
    while (dropped := _Unmentioned(before, _mentions(module))).visit(module) and dropped.found:
        pass
    _fill(module)
    imports = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    code = [node for node in module.body if node not in imports]
    needed = _mentions(ast.Module(body=code, type_ignores=[]))
    kept = (_only(node, needed) for node in imports)
    return "\n".join(ast.unparse(node) for node in kept if node.names), ast.unparse(
        ast.Module(body=code, type_ignores=[])
    )


def _fill(module: ast.Module) -> None:
    """Whatever lost its last statement does nothing."""
    for node in ast.walk(module):
        if getattr(node, "body", None) == [] and node is not module:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]


class _WithoutOurs(ast.NodeTransformer):
    """Drops docstrings, and the members of a binding that say something to its adapter."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.body = [one for one in node.body if not _is_for_us(one)]
        self.generic_visit(node)
        return node


def _is_for_us(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    named = node.targets[0] if isinstance(node, ast.Assign) else None
    return isinstance(named, ast.Name) and named.id in ("errors", "components")


class _Asked(ast.NodeTransformer):
    """Decides every test that the usage decides, and ends a body at its return."""

    def __init__(self, usage: Mapping[str, Any]) -> None:
        self._settings = usage["settings"]
        self._calls = usage["calls"]

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        answer = self._answer(node.test)
        if answer is None:
            return node
        return node.body if answer else node.orelse

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        answer = self._answer(node.test)
        if answer is None:
            return node
        return node.body if answer else node.orelse

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._ended(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._ended(node)

    def _ended(self, node: ast.AsyncFunctionDef | ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body = list(_until_return(node.body))
        return node

    def _answer(self, test: ast.expr) -> bool | None:
        """Whether it is so in every call, in none (False), or in some only (None)."""
        match test:
            case ast.Compare(
                left=ast.Name(id="operation"),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=asked)],
            ):
                answers = {call["operation"] == asked for call in self._calls}
            case ast.Compare(
                left=ast.Constant(value=name),
                ops=[ast.In()],
                comparators=[ast.Name(id="arguments")],
            ):
                answers = {name in call["arguments"] for call in self._calls}
            case ast.Subscript(value=ast.Name(id="settings"), slice=ast.Constant(value=name)):
                answers = {bool(self._settings.get(name))}
            case _:
                return None
        return answers.pop() if len(answers) == 1 else None


def _until_return(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.Return):
            return


class _Unheard(ast.NodeTransformer):
    """Empties functions that only tell the bench something, and drops such statements."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if _tells(node) else node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._emptied(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._emptied(node)

    def _emptied(self, node: ast.AsyncFunctionDef | ast.FunctionDef) -> ast.AST:
        *before, last = node.body
        if _tells(last) and all(isinstance(one, ast.Assign) for one in before):
            node.body = [ast.Pass()]
            return node
        self.generic_visit(node)
        return node


def _tells(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="emit", value=told))):
            return ast.unparse(told).split(".")[-1] == "bench"
        case _:
            return False


class _Unmentioned(ast.NodeTransformer):
    """Drops helpers and names that were used by what is gone, and by nothing that is left."""

    def __init__(self, before: Counter[str], now: Counter[str]) -> None:
        self._gone = {name for name in before if not now[name]}
        self.found = False

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST | None:
        self.generic_visit(node)
        return self._kept(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        return self._kept(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST | None:
        return self._kept(node, node.name)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        target = node.targets[0]
        return self._kept(node, target.id if isinstance(target, ast.Name) else "")

    def _kept(self, node: ast.AST, name: str) -> ast.AST | None:
        if name not in self._gone:
            return node
        self._gone.discard(name)
        self.found = True
        return None


def _mentions(tree: ast.AST) -> Counter[str]:
    """How often each name is read: as a name, as an attribute, or in a text."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute):
            found[node.attr] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found[node.value] += 1
    return found


def _only(node: ast.Import | ast.ImportFrom, needed: Counter[str]) -> ast.Import | ast.ImportFrom:
    """The import of what is still named."""
    node.names = [one for one in node.names if needed[(one.asname or one.name).partition(".")[0]]]
    return node
