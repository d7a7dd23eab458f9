"""Looks at a team's application: what it is, its stages, what they can do to the world.

A job of a worker: the application is imported there, beside its framework, under guard.
"""

import ast
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from production_testers.experiments import safety
from production_testers.experiments.target_mocks import put_into_settings
from production_testers.experiments.target_sql import serve_databases
from production_testers.model.target import Target
from production_testers.suts.contract import Adapter, HasUnits
from production_testers.suts.plain_bench import PlainBench
from production_testers.suts.targets import given_by, is_coroutine, load, requests_of

REACHING = {
    "socket": "connects to other machines",
    "http": "speaks HTTP",
    "urllib": "speaks HTTP",
    "requests": "speaks HTTP",
    "httpx": "speaks HTTP",
    "aiohttp": "speaks HTTP",
    "openai": "calls a language model",
    "anthropic": "calls a language model",
    "smtplib": "sends mail",
    "stripe": "charges cards",
    "boto3": "calls cloud services",
    "psycopg": "uses a database",
    "asyncpg": "uses a database",
    "sqlalchemy": "uses a database",
    "sqlite3": "uses a database",
    "redis": "uses a store",
    "subprocess": "starts programs",
    "shutil": "changes files",
}
"""Top-level module → what an application that imports it may do."""


def find(adapter: Adapter, arguments: dict[str, Any], _emit: Callable[..., None]) -> dict[str, Any]:
    """Everything that can be told about a target without executing a request.

    Args of the job: target, as JSON.

    Returns:
        target: as given, with stages, code and the number of records found; kind: what its object
        is; effects: what it may do, by module; reads_env: names of environment variables;
        refused: what it tried while it was imported.

    Raises:
        UsageError: It cannot be imported, or its inputs cannot be read.
    """
    target = Target.from_json(arguments["target"])
    safety.guard(target.allow_hosts)
    put_into_settings(target)
    serve_databases(target, PlainBench())
    records = len(requests_of(target))
    found = load(target.object, target.folder)
    for path in filter(None, (*target.invariants, target.context)):
        load(path, target.folder)
    for name, service in target.services.items():
        given_by(service.factory, target.folder, f"services.{name}")
    kind, stages = (
        adapter.stages_of(target, found) if isinstance(adapter, HasUnits) else ("unknown", {})
    )
    sources = _own_sources(target.folder)
    return {
        "target": {
            **target.as_json(),
            "records": records,
            "stages": {name: place for name, (place, _code) in stages.items()},
            "code": {name: code for name, (_place, code) in stages.items() if code},
        },
        "kind": kind,
        "parameters": _parameters(found, target),
        "effects": _effects(sources),
        "reads_env": sorted(set().union(*(_environment(tree) for _, tree in sources), set())),
        "refused": list(safety.REFUSED),
    }


def _parameters(found: Any, target: Target) -> list[str]:
    """What a factory takes; what an async function takes beside its request."""
    if not inspect.isroutine(found) and not inspect.isclass(found):
        return []
    named = [
        one.name
        for one in inspect.signature(found).parameters.values()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    return named[1:] if is_coroutine(found, target) else named


def _own_sources(folder: str) -> list[tuple[str, ast.AST]]:
    """The modules of the application's folder that importing it has loaded."""
    root = Path(folder).resolve()
    found: list[tuple[str, ast.AST]] = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not file or not file.endswith(".py") or root not in Path(file).resolve().parents:
            continue
        if "site-packages" in Path(file).parts or importlib.util.find_spec(name) is None:
            continue
        found.append((file, ast.parse(Path(file).read_text(encoding="utf-8"))))
    return found


def _effects(sources: list[tuple[str, ast.AST]]) -> dict[str, list[str]]:
    """What the application may do → where it imports what does it."""
    found: dict[str, list[str]] = {}
    for file, tree in sources:
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                effect = REACHING.get(name.partition(".")[0])
                if effect and isinstance(node, ast.Import | ast.ImportFrom):
                    place = f"{Path(file).name}:{node.lineno} imports {name}"
                    found.setdefault(effect, []).append(place)
    return found


def _environment(tree: ast.AST) -> set[str]:
    """Names that `os.environ[…]`, `os.environ.get(…)` and `os.getenv(…)` ask for."""
    found = set()
    for node in ast.walk(tree):
        asked: ast.expr | None = None
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            asked = node.slice
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if called.endswith(("getenv", "environ.get")):
                asked = node.args[0]
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            found.add(asked.value)
    return found
