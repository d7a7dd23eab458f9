"""Arguments that are replaced because they are falsy, not because they were left out."""

import ast
from collections.abc import Iterator

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function, arguments

EMPTY_MEANS_SOMETHING = frozenset(
    {
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "deque",
        "Sequence",
        "Mapping",
        "MutableMapping",
        "Iterable",
        "Collection",
        "List",
        "Dict",
        "Set",
        "Tuple",
        "FrozenSet",
        "int",
        "float",
        "Decimal",
        "timedelta",
        "bytes",
    }
)
"""Annotations whose empty or zero value a caller can mean."""


def find_hidden_defaults(function: Function) -> Iterator[Hazard]:
    """`parameter or default` where an empty or zero argument is not the default."""
    annotated = {argument.arg: argument.annotation for argument in arguments(function.node)}
    for node in ast.walk(function.node):
        if not (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)):
            continue
        first, default = node.values[0], node.values[-1]
        if not (isinstance(first, ast.Name) and first.id in annotated):
            continue
        if not _is_value(function, node) or not _differs_from_empty(default):
            continue
        if _empty_means_something(annotated[first.id]):
            yield function.hazard(
                HazardKind.HIDDEN_DEFAULT,
                node,
                f"`{function.short_name}` given an empty or zero `{first.id}` behaves as if it had "
                f"not been given: it uses `{_short(default)}`.",
            )


def _is_value(function: Function, node: ast.BoolOp) -> bool:
    """Whether it stands for a value, not for a condition."""
    parent = function.parents.get(node)
    return isinstance(parent, ast.Assign | ast.AnnAssign | ast.keyword | ast.Call | ast.Return)


def _differs_from_empty(default: ast.expr) -> bool:
    if isinstance(default, ast.Call):
        return bool(default.args or default.keywords) or ast.unparse(default.func) not in {
            "dict",
            "list",
            "set",
            "tuple",
        }
    if isinstance(default, ast.Constant):
        return bool(default.value)
    if isinstance(default, ast.List | ast.Set | ast.Tuple):
        return bool(default.elts)
    if isinstance(default, ast.Dict):
        return bool(default.keys)
    return isinstance(default, ast.Attribute) or (
        isinstance(default, ast.Name) and default.id.isupper()
    )


def _empty_means_something(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return False
    return bool(_outer_names(annotation) & EMPTY_MEANS_SOMETHING)


def _outer_names(annotation: ast.expr) -> set[str]:
    """The names of a union's members, without what stands in their brackets."""
    if isinstance(annotation, ast.BinOp):
        return _outer_names(annotation.left) | _outer_names(annotation.right)
    if isinstance(annotation, ast.Subscript):
        if ast.unparse(annotation.value).rpartition(".")[2] in {"Optional", "Union"}:
            inner = annotation.slice
            members = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return set().union(*(_outer_names(member) for member in members))
        if _is_of_fixed_length(annotation):
            return set()
        return _outer_names(annotation.value)
    return {ast.unparse(annotation).rpartition(".")[2]}


def _is_of_fixed_length(annotation: ast.Subscript) -> bool:
    """Whether it is a `tuple[int, str]`, of which there is no empty one."""
    members = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
    is_open = any(isinstance(m, ast.Constant) and m.value is Ellipsis for m in members)
    name = ast.unparse(annotation.value).rpartition(".")[2]
    return name in {"tuple", "Tuple"} and bool(members) and not is_open


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}…"
