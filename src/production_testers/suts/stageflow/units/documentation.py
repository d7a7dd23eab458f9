"""The docstrings of every public module, class and function."""

import ast
import importlib
import inspect
import io
import re
import sys
import textwrap
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

import stageflow
from stageflow.cli.__main__ import main

ROOT = Path(stageflow.__path__[0])
ARGS = re.compile(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", re.MULTILINE)
NAMED = re.compile(r"^(?!Returns|Raises)(\w+)(?: \([^)]*\))?:", re.MULTILINE)
SHOWN = re.compile(r"^(?:Examples?|Usage)[^\n]*:\n((?:[ \t]+.*(?:\n|$)|\n)+)", re.MULTILINE)
PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
PAGES = {"module": [], "parameters": [], "example": [], "command": []}
LISTED = re.compile(r"\{([\w,-]+)\}")


class Binding:
    errors = {}
    components = {**dict.fromkeys(PAGES, "stageflow"), "command": "stageflow.cli.__main__.main"}

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        if not PAGES["module"]:
            collect()
        at, judge, of = PAGES[operation][arguments["page"] % len(PAGES[operation])]
        shown, wrong = judge(*of)
        return {"of": at, "shown": shown, "wrong": wrong}


def collect():
    names = LISTED.search(called("--help")[0])[1].split(",")
    PAGES["command"] = [(f"command {name}", executed, (name,)) for name in names]
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        )
        if "._" in name:
            continue
        PAGES["module"].append((name, imported, (name,)))
        if imported(name)[1]:
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue  # something optional of others is not there
        own = [one for one in vars(module).values() if getattr(one, "__module__", "") == name]
        methods = [one for cls in own if inspect.isclass(cls) for one in vars(cls).values()]
        for one in [module, *own, *(getattr(one, "__func__", one) for one in methods)]:
            at = f"{name}.{getattr(one, '__qualname__', '')}".rstrip(".")
            text = inspect.cleandoc(getattr(one, "__doc__", None) or "")
            if inspect.isfunction(one) and (found := ARGS.search(text)):
                PAGES["parameters"].append((at, accepted, (one, found[1])))
            codes = re.findall(r"```python\n(.*?)```", text, re.DOTALL) or SHOWN.findall(text)
            if inspect.ismodule(one) or inspect.isroutine(one) or inspect.isclass(one):
                PAGES["example"] += [(at, callable_, (module, code)) for code in codes]


def called(*arguments):
    """What the command line writes, and what it wants to execute."""
    said = io.StringIO()
    with (
        patch.object(sys, "argv", ["stageflow", *arguments]),
        patch("subprocess.run") as run,
        redirect_stdout(said),
        redirect_stderr(io.StringIO()),
        suppress(SystemExit),
    ):
        main()
    return said.getvalue(), [list(map(str, call.args[0])) for call in run.call_args_list]


def executed(name):
    _, commands = called(name)
    files = [Path(one) for command in commands for one in command if one.endswith(".py")]
    return 1, [str(one.relative_to(ROOT.parent)) for one in files if not one.exists()]


def imported(name):
    try:
        importlib.import_module(name)
    except ImportError as error:  # what belongs to others may be missing on purpose
        own = (getattr(error, "name", "") or "").startswith("stageflow")
        return 1, [str(error)] if own else []
    return 1, []


def accepted(function, text):
    known = inspect.signature(function).parameters
    named = NAMED.findall(textwrap.dedent(text))
    if any(one.kind is one.VAR_KEYWORD for one in known.values()):
        return len(named), []
    return len(named), [one for one in named if one not in known]


def callable_(module, code):
    """How many calls are shown of what can be looked up, and which of them cannot be made."""
    try:
        tree = compile(textwrap.dedent(code), "example", "exec", flags=PARSE)
    except SyntaxError:
        return 0, []
    known, shown, wrong = {**vars(stageflow), **vars(module)}, 0, []
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stageflow"):
            shown += len(node.names)
            missing, found = lookup(node)
            wrong += missing
            known.update(found)
    own = {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    own |= {node.name for node in nodes if isinstance(node, ast.AsyncFunctionDef)}
    made = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            cls = known.get(getattr(node.value.func, "id", None))
            if inspect.isclass(cls) and node.value.func.id not in own:
                made[getattr(node.targets[0], "id", None)] = cls
    for node in nodes:
        name = getattr(getattr(node, "func", None), "id", None)
        if isinstance(node, ast.Call) and name not in own:
            target = known.get(name) if name else method(node.func, made)
            if target is not None and (error := refused(target, node, not name)) is not None:
                shown += 1
                wrong += [f"{ast.unparse(node.func)}: {error}"] if error else []
    return shown, wrong


def lookup(node):
    found, missing = {}, []
    for one in node.names:
        try:
            module = importlib.import_module(node.module)
            found[one.asname or one.name] = getattr(module, one.name)
        except (ImportError, AttributeError) as error:
            missing.append(str(error))
    return missing, found


def method(func, made):
    cls = made.get(getattr(getattr(func, "value", None), "id", None))
    raw = inspect.getattr_static(cls, func.attr, None) if cls else None
    return raw if inspect.isfunction(raw) else None


def refused(target, node, bound):
    """Why the call cannot be made, "" where it can, None where nobody can tell."""
    more = [one.value for one in node.keywords] + node.args
    unclear = any(isinstance(one, ast.Starred) or getattr(one, "value", 0) is ... for one in more)
    ours = (getattr(target, "__module__", "") or "").startswith("stageflow")
    if unclear or not ours or not callable(target) or any(one.arg is None for one in node.keywords):
        return None
    try:
        given = (None,) * (len(node.args) + bound)
        inspect.signature(target).bind(*given, **{one.arg: None for one in node.keywords})
    except TypeError as error:
        return str(error)
    except ValueError:
        return None
    return ""
