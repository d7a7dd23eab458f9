"""What a mutant is, and the worker job that explores with one.

A mutant replaces text in the source of one function, in memory, before anything is executed: the
framework's files stay as they are. Jobs run in fresh children, so the next job knows nothing of it.
"""

import __future__

import ast
import importlib
import inspect
import sys
import textwrap
from dataclasses import dataclass

from production_testers.experiments import jobs


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        name: What is wrong, in a few words.
        place: `package.module:Qualified.name` of a function or class of the framework.
        old: Text of its source, which occurs once.
        new: What stands there instead.
        recipe: The roadmap entry whose scenarios a user would run to find it; the unit, where no
            entry is about it.
        difficulty: `visible` in any run, `input` (needs the right input, concurrency or fault), or
            `interleaving` (needs a particular order or scale).
        capability: What of pipelines it harms; empty where the place says which part it is of.
    """

    name: str
    place: str
    old: str
    new: str
    recipe: str
    difficulty: str
    capability: str = ""


REAPPLIED = {"staticmethod": staticmethod, "classmethod": classmethod, "property": property}
"""Decorators that a changed function is given again; all others stand in its source."""


class MutantError(Exception):
    """The place does not exist, or does not hold the text once."""


def apply(place, old, new):
    """Replace the text in the source of a function or class, everywhere it is known by name."""
    module_name, _, path = place.partition(":")
    module = importlib.import_module(module_name)
    *owners, name = path.split(".")
    owner = module
    for part in owners:
        owner = getattr(owner, part)
    found = inspect.getattr_static(owner, name)
    original = inspect.unwrap(found)
    function = getattr(original, "__func__", getattr(original, "fget", None) or original)
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(old) != 1:
        raise MutantError(f"{place}: {old!r} occurs {source.count(old)} times")
    tree = ast.parse(source.replace(old, new))
    tree.body[0].decorator_list = [
        one for one in tree.body[0].decorator_list if ast.unparse(one) not in REAPPLIED
    ]
    ast.increment_lineno(tree, inspect.getsourcelines(function)[1] - 1)
    namespace = {}
    exec(compile(tree, module.__file__, "exec", _flags(module)), module.__dict__, namespace)
    made = namespace[tree.body[0].name]
    if isinstance(made, type):
        _replace_everywhere(original, made)
        return
    made.__qualname__ = function.__qualname__
    if not owners:
        _replace_everywhere(original, made)
    else:
        setattr(owner, name, REAPPLIED.get(type(found).__name__, lambda one: one)(made))


def _flags(module):
    """Annotations stay text where the module wants them to: their names may not exist there."""
    future = __future__.annotations
    return future.compiler_flag if getattr(module, "annotations", None) is future else 0


def _replace_everywhere(original, made):
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is original:
                setattr(module, name, made)


def explore(adapter, arguments, emit):
    """Args of the job: place, old, new; kind, seed, start, count as `jobs.explore`."""
    if arguments.get("place"):
        apply(arguments["place"], arguments["old"], arguments["new"])
    return jobs.explore(adapter, arguments, emit)


def cost(adapter, arguments, emit):
    """Args of the job: place, old, new; shape and sizes as `jobs.cost`."""
    if arguments.get("place"):
        apply(arguments["place"], arguments["old"], arguments["new"])
    return jobs.cost(adapter, arguments, emit)
