"""What mends a break in memory: the test of where its reason is, without a hint from anybody.

Every repair that needs no knowledge of the framework is tried where a breaking execution went: the
tasks of each function that starts some are stopped with it, each attribute that a coroutine sets is
kept per run, each exception that a handler caught is passed on. A repair after which the law holds,
and nothing else is broken, is a cure, and the function that it repairs is at fault. Two breaks
that one cure mends have one reason.
"""

import ast
import functools
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from production_testers.evidence.coverage import Place
from production_testers.evidence.executed import Executed, executed_by
from production_testers.evidence.repairs import Repair, repaired
from production_testers.experiments.judging import Judged, run_and_judge
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription
from production_testers.model.verdict import State
from production_testers.suts.contract import Adapter

_IN_WORDS = {
    Repair.KEEP_PER_RUN: "every run has its own value of {subject} in `{name}`",
    Repair.STOP_TASKS: "the tasks that `{name}` starts are stopped when it is left",
    Repair.LET_THROUGH: "`{name}` passes on the exceptions that it catches",
}

TRIED_MAX = 40
"""How many repairs are tried."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cure:
    """A repair at a place.

    Attributes:
        repair: What is done.
        name: Importable name of the function that is repaired.
        subject: The attribute, as `self.token`, where it is about one.
        places: File, first and last line of what is repaired in it.
    """

    repair: Repair
    name: str
    subject: str = ""
    places: tuple[Place, ...] = ()

    @property
    def id(self) -> str:
        """Names it in evidence, the same on every machine and in every release that has it."""
        return " ".join(part for part in (self.repair.value, self.name, self.subject) if part)


def in_words(cure: str) -> str:
    """A cure's id as the half sentence that follows *when*."""
    repair, name, *subject = cure.split(" ")
    return _IN_WORDS[Repair(repair)].format(name=name, subject="".join(subject))


def is_of_one_place(cure: str) -> bool:
    """Whether a cure's id says exactly what is wrong: one attribute that runs share."""
    return Repair(cure.split(" ", 1)[0]) is Repair.KEEP_PER_RUN


def cures_of(
    adapter: Adapter, sut: SutDescription, scenario: Scenario, law: str
) -> tuple[Cure, ...]:
    """The repairs after which a scenario that breaks a law keeps it and breaks no other.

    Args:
        adapter: Of the framework that is installed here.
        sut: What the adapter says of itself.
        scenario: A minimal one, which breaks the law.
        law: Its id.
    """
    before = _ways(run_and_judge(adapter, sut, scenario))
    tried = sorted(_repairs(executed_by(adapter, sut, scenario), scenario))[:TRIED_MAX]
    return tuple(cure for cure in tried if _mends(adapter, sut, scenario, law, before, cure))


def _mends(
    adapter: Adapter,
    sut: SutDescription,
    scenario: Scenario,
    law: str,
    before: frozenset[tuple[str, str]],
    cure: Cure,
) -> bool:
    try:
        with repaired(cure.repair, name=cure.name, subject=cure.subject, places=cure.places):
            judged = run_and_judge(adapter, sut, scenario)
    except Exception:  # noqa: BLE001 - code that is changed blindly may do anything; it tells nothing
        return False
    return judged.verdicts[law].state is State.HOLDS and _ways(judged) <= before


def _ways(judged: Judged) -> frozenset[tuple[str, str]]:
    return frozenset(
        (law, way.outcome_class) for law, verdict in judged.broken.items() for way in verdict.ways()
    )


def _repairs(executed: Executed, scenario: Scenario) -> set[Cure]:
    """Every repair that could be made where this execution went."""
    found = {
        Cure(repair=Repair.STOP_TASKS, name=name, places=((_short(file), line, line),))
        for name, file, line in executed.starts
        if _is_importable(name)
    }
    for name, code in executed.codes.items():
        ran = {line for function, line in executed.lines if function == name}
        if ran and _is_importable(name) and (node := _node_of(code)) is not None:
            if len(scenario.requests) > 1 and isinstance(node, ast.AsyncFunctionDef):
                found |= set(_kept_attributes(name, node, ran))
            found |= set(_caught(name, code, node, ran))
    return found


def _kept_attributes(name: str, node: ast.AsyncFunctionDef, ran: set[int]) -> Iterator[Cure]:
    for inner in ast.walk(node):
        if not (isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)):
            continue
        owner = inner.value
        if isinstance(owner, ast.Name) and owner.id == "self" and inner.lineno in ran:
            yield Cure(repair=Repair.KEEP_PER_RUN, name=name, subject=f"self.{inner.attr}")


def _caught(name: str, code: CodeType, node: ast.AST, ran: set[int]) -> Iterator[Cure]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.ExceptHandler) and not isinstance(inner.body[0], ast.Raise):
            first = inner.body[0].lineno
            if first in ran:
                place = (_short(code.co_filename), first, inner.end_lineno or first)
                yield Cure(repair=Repair.LET_THROUGH, name=name, places=(place,))


def _short(file: str) -> str:
    """What names a file on every machine: itself and the folder that it stands in."""
    return "/".join(Path(file).parts[-2:])


@functools.cache
def _functions(file: str) -> dict[int, ast.AST]:
    """The functions of a file by the line on which they begin, decorators included."""
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}
    return {
        min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _node_of(code: CodeType) -> ast.AST | None:
    return _functions(code.co_filename).get(code.co_firstlineno)


def _is_importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
