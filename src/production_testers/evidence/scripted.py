"""A script as evidence: what it may import, and what it says where it runs.

A script knows nothing of laws, so two things stand in for a control: it holds nothing but the
framework and the standard library, and on another release the same text ends with 0.
"""

import ast
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from production_testers.evidence.repro.trying import Tried, try_script
from production_testers.model.canonical import digest
from production_testers.suts.contract import Adapter

RUN = "production_testers.evidence.scripted:run"

RUNS_ELSEWHERE = 3
"""Runs on another release, all of which must end with 0 before the defect is absent there."""

_TEXT_MAX = 100_000
_ASKS = frozenset({"importlib", "pkgutil", "pkg_resources", "ctypes", "subprocess", "runpy"})
_HIDES = frozenset({"exec", "eval", "compile", "__import__"})


def what_it_hides(text: str, roots: Collection[str]) -> list[str]:
    """Why nobody can say that the framework is at fault when this script ends with 1.

    Args:
        text: The script; it parses.
        roots: What the framework is imported as.

    Returns:
        One clause each; none where it can be judged.
    """
    tree = ast.parse(text)
    imported = dict(_imported(tree))
    known = {*roots, *sys.stdlib_module_names}
    foreign = [(name, line) for name, line in imported.items() if name not in known]
    asks = [(name, line) for name, line in imported.items() if name in _ASKS]
    return [
        *(f"it imports {name!r} in line {line}" for name, line in foreign),
        *(f"it uses {name} in line {line}" for name, line in (*asks, *_names(tree))),
        *([] if imported.keys() & set(roots) else [f"it does not import {' or '.join(roots)}"]),
    ]


def _imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Root of every import → its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0] if not node.level else ".", node.lineno


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Whatever asks which release it is, or hides what is executed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "__version__":
            yield node.attr, node.lineno
        elif isinstance(node, ast.Name) and node.id in {*_HIDES, "__version__"}:
            yield node.id, node.lineno
        elif isinstance(node, ast.alias) and node.name == "__version__":
            yield node.name, node.lineno


def mistakes_in(text: str) -> list[str]:
    """Why it is no script at all, with the place."""
    if len(text) > _TEXT_MAX:
        return [f"$: {len(text):,} characters; {_TEXT_MAX:,} are too many to read"]
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return [f"{f'line {line}' if line else '$'}: no Python: {getattr(error, 'msg', error)}"]
    return []


def feature(text: str) -> str:
    """What tells one script from another; comments and blank lines do not."""
    return f"script:{digest(ast.unparse(ast.parse(text)))[:8]}"


def run(_adapter: Adapter, arguments: dict[str, Any], _emit: Callable[..., None]) -> dict[str, Any]:
    """Run a script beside the framework, as a job of its worker.

    Args of the job: script (its text), law, outcome_class.

    Returns:
        As a replay does: the verdict of the law, with no history.
    """
    tried = tried_here(arguments["script"])
    verdict: dict[str, Any] = {
        "state": {1: "broken", 0: "holds"}.get(tried.exit_code, "unknown"),
        "outcome_class": arguments["outcome_class"] if tried.exit_code == 1 else "",
        "summary": in_words(tried),
        "exercised": int(tried.exit_code in (0, 1)),
        "events": [],
    }
    return {"verdicts": {arguments["law"]: verdict}, "digest": "", "history": ""}


def tried_here(text: str) -> Tried:
    """Run a script with this very interpreter."""
    with tempfile.TemporaryDirectory(prefix="ptest-script-") as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        return try_script(Path(sys.executable), path)


def in_words(tried: Tried) -> str:
    """How it ended, and what it said last."""
    return f"the script ended with {tried.exit_code}: {tried.said or 'it said nothing'}"


def ask(exhibit: Mapping[str, Any]) -> dict[str, Any]:
    """What another release says: how often the script showed it, of how many runs, and in words."""
    seen: list[Tried] = []
    while len(seen) < RUNS_ELSEWHERE and all(one.exit_code == 0 for one in seen):
        seen.append(tried_here(exhibit["script"]))
    last = seen[-1]
    answer = {1: "broken", 0: "holds"}.get(last.exit_code, "unknown")
    every = f" ({len(seen)} of {len(seen)} runs)" if answer == "holds" else ""
    return {
        "answer": answer,
        "detail": f"{in_words(last)}{every}",
        "timings": len(seen),
        "broken": int(answer == "broken"),
        "own": answer == "broken",
    }
