"""Pipelines as targets: of a roadmap entry, of a run folder, or of a shape made for measuring."""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import production_testers
from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.recipe import LoadGoal
from production_testers.experiments.recipes import RECIPES, recipe_for
from production_testers.experiments.worker.client import clean_environment
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind

TEMPLATES = Path(production_testers.__file__).parent / "workspace/root/templates"
SHAPES = ("chain", "fan_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a plan needs to know of its target.

    Attributes:
        target: Its kind and arguments.
        words: The target in words.
        python: The interpreter that it lives in; None for this one.
        paths: Folders that it is imported from.
        environment: The worker's environment; None for the user's own.
        goal: What its roadmap entry asks for; None without one.
        sut: The system under test; None where the target is no pipeline of one.
    """

    target: Mapping[str, Any]
    words: str
    python: Path | None = None
    paths: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    goal: LoadGoal | None = None
    sut: Sut | None = None

    def plan_arguments(self) -> dict[str, Any]:
        """As `plan.Plan` takes them."""
        python = {} if self.python is None else {"python": self.python}
        return {
            "target": self.target,
            "words": self.words,
            "paths": self.paths,
            "environment": self.environment,
            **python,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which pipeline, and what its stages do.

    Attributes:
        kind: Which of the five kinds.
        seed: Where the scenario is drawn from.
        trivial: The stages do nothing: what is left is the framework's own cost.
        work: The scenario's times are multiplied by this.
    """

    kind: Kind = Kind.BASELINE
    seed: int = 0
    trivial: bool = False
    work: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """The worker's `work`."""
        return {"trivial": self.trivial, "scale": self.work}


@contextlib.contextmanager
def of_entry(entry: str, sut: Sut, choice: Choice) -> Iterator[Subject]:
    """The pipeline of a roadmap entry's recipe, on a system under test.

    Raises:
        UsageError: There is no recipe for the entry.
        SutUnavailableError: The system under test cannot be installed.
    """
    if entry not in RECIPES:
        known = ", ".join(sorted(RECIPES))
        raise UsageError(f"{entry!r}: there is no such target.", do=f"Entries with one: {known}.")
    recipe = recipe_for(entry)
    with tempfile.TemporaryDirectory(prefix="ptest-load-") as name:
        copy_pipelines(TEMPLATES, recipe, Path(name) / "pipelines")
        scenario: dict[str, Any] = {"kind": choice.kind.value, "seed": choice.seed}
        if recipe.load is not None and choice.kind is Kind.BASELINE:
            scenario["records"] = recipe.load.records()
        yield _subject(
            sut, choice, scenario, f"{entry}, {choice.kind.value} pipeline", (name,), recipe.load
        )


@contextlib.contextmanager
def of_folder(folder: Path, sut: Sut | None, choice: Choice) -> Iterator[Subject]:
    """A pipeline of a run folder, as its files are now.

    Raises:
        UsageError: It is no run folder.
        SutUnavailableError: The system under test cannot be installed.
    """
    path = folder / "config" / "run_config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))["sut"]
        known = Sut.parse(config["name"])
        own = Sut(name=known.name, version=config["version"], source=config["source"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder} is no run folder: {path}: {error}.") from error
    scenario = {"kind": choice.kind.value, "seed": choice.seed}
    words = f"{folder.resolve().name}, {choice.kind.value} pipeline"
    yield _subject(sut or own, choice, scenario, words, (str(folder.resolve()),), None)


def of_shape(shape: str, size: int, sut: Sut, *, payload: int = 0) -> Subject:
    """A pipeline of a shape and size, its stages trivial.

    Args:
        shape: `chain` or `fan_out`.
        size: Stages of the chain, or branches.
        sut: The system under test.
        payload: Characters of the input.
    """
    scenario = {"shape": shape, "size": size, "payload": payload}
    words = f"{shape.replace('_', '-')} of {size}" + (
        f", {payload:,} characters" if payload else ""
    )
    return _subject(sut, Choice(trivial=True), scenario, words, (), None)


def _subject(
    sut: Sut,
    choice: Choice,
    scenario: Mapping[str, Any],
    words: str,
    paths: tuple[str, ...],
    goal: LoadGoal | None,
) -> Subject:
    installed = prepare(sut)
    stages = " (stages that do nothing)" if choice.trivial else ""
    return Subject(
        target={
            "kind": "pipeline",
            "sut": sut.name,
            "scenario": scenario,
            "work": choice.as_json(),
        },
        words=f"{sut}: {words}{stages}",
        python=installed.python,
        paths=paths,
        environment=clean_environment(),
        goal=goal,
        sut=sut,
    )
