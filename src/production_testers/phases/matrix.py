"""Explores every release, asks each one's evidence on all others, and keeps what was done.

Every piece of work (one recipe on one release, one piece of evidence made small, one question to
one release) is kept in the cache under a key of all that it follows from, so a matrix that was
interrupted goes on where it stopped, and one more release costs one release.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any, cast

import production_testers
from production_testers.evidence import matrix
from production_testers.evidence.controls import CONTROLS
from production_testers.evidence.fingerprint import fingerprint
from production_testers.evidence.matrix import Exhibit, LawTally, Way
from production_testers.evidence.pipeline import ALLOWANCE, CONTROL, MINIMISE
from production_testers.evidence.ranges import Answer, Observed
from production_testers.evidence.ranging import Question, ask
from production_testers.experiments.copying import copy_pipelines, copy_templates
from production_testers.experiments.environments import Sut, cache_folder, prepare
from production_testers.experiments.exploration import KindReport, WorkerPool, explore
from production_testers.experiments.folders import IN_FOLDER, in_folder
from production_testers.experiments.recipe import Recipe
from production_testers.experiments.recipes import GENERAL, RECIPES, recipe_for
from production_testers.experiments.worker import WorkerDiedError
from production_testers.experiments.worker.client import this_interpreter
from production_testers.laws import LAWS
from production_testers.model.canonical import Json, canonical_json, digest
from production_testers.model.scenario import Kind
from production_testers.workspace.atomic import write_json, write_text

COMPONENT = "production_testers.evidence.jobs:component"
COST = "production_testers.experiments.jobs:cost"
DESCRIBE = "production_testers.experiments.jobs:describe"
COST_SIZES = {"chain": (64, 128, 256), "fan_out": (64, 128, 256)}

QUICK_SHARE = 20
"""The quick tier executes one schedule in so many of each plan, and at least one of each kind."""

HEAVY = 3
"""Recipes whose plans have no more schedules of any kind take seconds for each: quick leaves all
but two kinds out."""

CANDIDATES_MAX = 3
"""Schedules of one release and one way that are made small until one breaks the law again."""

Tell = Callable[[str], None]
Explored = Mapping[str, Mapping[str, Any]]
"""Recipe → what exploring its scenarios on one release showed."""


class Tier(StrEnum):
    """How much is explored."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPlan:
    """What a matrix follows from.

    Attributes:
        sut: Name of the system under test.
        releases: Oldest first.
        tier: How much is explored.
        seed: Where everything is drawn from.
        recipes: The recipes whose scenarios are explored.
    """

    sut: str
    releases: tuple[str, ...]
    tier: Tier = Tier.QUICK
    seed: int = 0
    recipes: tuple[Recipe, ...] = field(default_factory=lambda: (GENERAL, *RECIPES.values()))

    def schedules(self, recipe: Recipe) -> dict[Kind, int]:
        """How many schedules of each kind of a recipe."""
        plan = dict(recipe.schedules)
        if self.tier is Tier.FULL:
            return plan
        if max(plan.values()) <= HEAVY:
            return {kind: 1 for kind in plan if kind in (Kind.BASELINE, Kind.CHAOS)}
        return {kind: max(1, count // QUICK_SHARE) for kind, count in plan.items()}


def make_matrix(plan: MatrixPlan, tell: Tell) -> dict[str, Json]:
    """The matrix as a document; what was done before is taken from the cache.

    Raises:
        SutUnavailableError: A release cannot be installed.
    """
    with (
        tempfile.TemporaryDirectory(prefix="ptest-matrix-") as name,
        _Places(plan.sut, Path(name), plan.recipes) as places,
    ):
        return _Making(plan, places, _Kept(), tell).document()


class _Kept:
    """Results of finished work by the digest of all that they follow from."""

    def __init__(self) -> None:
        self._folder = cache_folder() / "matrix" / _code_digest()

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """What stands there, or what `make` gives, which then stands there."""
        path = self._folder / f"{digest(key)}.json"
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            made = make()
            write_json(path, made)
            return made

    def has(self, key: object) -> bool:
        """Whether it was done."""
        return (self._folder / f"{digest(key)}.json").is_file()


def _code_digest() -> str:
    """Of this package: another version of a law or an adapter may say something else."""
    root = Path(production_testers.__file__).parent
    files = sorted(path for path in root.rglob("*.py") if "__pycache__" not in path.parts)
    return digest([[str(p.relative_to(root)), p.read_text(encoding="utf-8")] for p in files])


class _Places(ExitStack):
    """One pool of workers for each release and one for the reference, started when first asked.

    Args:
        sut: Name of the system under test.
        root: Where the recipes' folders are made.
        recipes: Whose.
    """

    def __init__(self, sut: str, root: Path, recipes: Sequence[Recipe]) -> None:
        super().__init__()
        self._sut = sut
        self._pools: dict[str | None, WorkerPool] = {}
        self._starting = Lock()
        self._folders = {recipe.name: lay_out(root, recipe.name) for recipe in recipes}

    def at(self, release: str | None, recipe: str) -> "_Place":
        """Workers of a release, or of the reference, that import from a recipe's folder."""
        with self._starting:
            if release not in self._pools:
                self._pools[release] = self.enter_context(self._pool(release))
        return _Place(self._pools[release], str(self._folders[recipe]))

    def _pool(self, release: str | None) -> WorkerPool:
        if release is None:
            return WorkerPool(this_interpreter(), "reference", size=1)
        environment = prepare(Sut(name=self._sut, version=release))
        return WorkerPool(environment.python, self._sut, size=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Has jobs done for one release in one recipe's folder."""

    pool: WorkerPool
    folder: str
    size: int = 1

    @property
    def sut(self) -> dict[str, Any]:
        """Name and version of what runs there."""
        return self.pool.sut

    @property
    def paths(self) -> tuple[Path, ...]:
        """Folders that jobs import from."""
        return (Path(self.folder),)

    def call(self, job: str, arguments: dict[str, Any], **more: Any) -> Any:
        """As `WorkerPool.call`."""
        return self.pool.call(IN_FOLDER, in_folder(self.folder, job, arguments), **more)


def lay_out(root: Path, recipe: str) -> Path:
    """A folder with the pipelines and mocks of a recipe, as a run has them."""
    templates = Path(str(resources.files("production_testers.workspace") / "root" / "templates"))
    folder = root / recipe
    copy_pipelines(templates, recipe_for(recipe), folder / "pipelines")
    copy_templates([templates / "test_utilities" / "services"], folder / "mocks" / "services")
    write_text(folder / "mocks" / "__init__.py", "")
    return folder


@dataclass(slots=True)
class _Making:
    plan: MatrixPlan
    places: _Places
    kept: _Kept
    tell: Tell

    def document(self) -> dict[str, Json]:
        """Explore, make evidence small, ask it everywhere, put it together."""
        releases = self.plan.releases
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
            described = dict(zip(releases, threads.map(self._described, releases), strict=True))
            explored = dict(zip(releases, threads.map(self._explored, releases), strict=True))
            keys = _ways(explored)
            small = threads.map(lambda key: self._exhibits(key, explored), keys)
            exhibits = dict(zip(keys, small, strict=True))
            answers = threads.map(lambda release: self._asked(release, exhibits), releases)
            asked = dict(zip(releases, answers, strict=True))
        offered = {release: one["capabilities"] for release, one in described.items()}
        ways = matrix.by_severity(
            matrix.way_of(key, of_way, self._seen(key, explored, asked), offered)
            for key, of_way in exhibits.items()
            if of_way and all(exhibit.attributed for exhibit in of_way)
        )
        return {
            "format": matrix.FORMAT,
            "sut": self.plan.sut,
            "tier": self.plan.tier.value,
            "seed": self.plan.seed,
            "releases": list(releases),
            "schedules": {r: _schedules(parts) for r, parts in explored.items()},
            "capabilities": {r: sorted(one["capabilities"]) for r, one in described.items()},
            "promises": dict(sorted(described[releases[-1]]["capabilities"].items())),
            "words": dict(sorted(described[releases[-1]]["words"].items())),
            "cells": self._cells(described, explored, ways),
            "ways": [way.as_json() for way in ways],
            "changes": matrix.changes(releases, ways),
            "not_attributed": [
                {"law": key[0], "outcome_class": key[1], **exhibit.as_json()}
                for key, of_way in exhibits.items()
                for exhibit in of_way
                if not exhibit.attributed
            ],
            "not_reproduced": [list(key) for key, of_way in exhibits.items() if not of_way],
        }

    def _seen(
        self,
        key: tuple[str, str],
        explored: Mapping[str, Explored],
        asked: Mapping[str, Mapping[tuple[str, str], Sequence[Observed]]],
    ) -> tuple[Observed, ...]:
        broken = {
            release: LawTally.summed(key[0], parts.values()).broken.get(key[1], 0)
            for release, parts in explored.items()
        }
        answers = {release: asked[release][key] for release in self.plan.releases}
        return matrix.seen_everywhere(self.plan.releases, broken, answers)

    def _cells(
        self,
        described: Mapping[str, Mapping[str, Any]],
        explored: Mapping[str, Explored],
        ways: Sequence[Way],
    ) -> dict[str, dict[str, Json]]:
        return {
            law.id: {
                release: matrix.cell(
                    LawTally.summed(law.id, explored[release].values()),
                    [way for way in ways if way.law == law.id],
                    release,
                    offered=law.capability.value in described[release]["capabilities"],
                )
                for release in self.plan.releases
            }
            for law in LAWS.values()
        }

    def _described(self, release: str) -> dict[str, Any]:
        described: dict[str, Any] = self.kept.get(
            ["describe", self.plan.sut, release],
            lambda: self.places.at(release, GENERAL.name).call(DESCRIBE, {}),
        )
        return described

    def _explored(self, release: str) -> Explored:
        """Recipe → what exploring its scenarios showed."""
        number = self.plan.releases.index(release) + 1
        self.tell(f"{release} ({number} of {len(self.plan.releases)}): exploring")
        found = {}
        for recipe in self.plan.recipes:
            schedules = self.plan.schedules(recipe)
            key = [
                *("explore", self.plan.sut, release, recipe.name, self.plan.seed),
                {kind.value: count for kind, count in schedules.items()},
            ]
            if not self.kept.has(key):
                self.tell(f"  {release}, {recipe.name}: {sum(schedules.values())} schedules")
            found[recipe.name] = self.kept.get(
                key, partial(self._explore, release, recipe.name, schedules)
            )
            for law, told in found[recipe.name].get("crashes", {}).items():
                self.tell(f"  error of production-testers: {law} failed itself ({told})")
        return found

    def _explore(self, release: str, recipe: str, plan: Mapping[Kind, int]) -> dict[str, Any]:
        workers = self.places.at(release, recipe)
        reports = explore(cast("WorkerPool", workers), plan, self.plan.seed)  # its `call`, `size`
        costs = {}
        if recipe == GENERAL.name:
            costs = {
                shape: workers.call(COST, {"shape": shape, "sizes": list(sizes)})
                for shape, sizes in COST_SIZES.items()
            }
        return _with_costs(_summed(list(reports.values())), costs)

    def _exhibits(self, key: tuple[str, str], explored: Mapping[str, Explored]) -> list[Exhibit]:
        """The smallest evidence of the oldest and of the newest release that show it."""
        shown = [
            (release, recipe, candidate["exhibit"])
            for release, parts in explored.items()
            for recipe, part in parts.items()
            for candidate in part["candidates"]
            if (candidate["law"], candidate["outcome_class"]) == key
        ]
        releases = list(dict.fromkeys(release for release, _, _ in shown))
        found: list[Exhibit] = []
        for release in dict.fromkeys((releases[0], releases[-1])):
            of_release = [one for one in shown if one[0] == release]
            made = next(
                filter(None, (self._small(key, *one) for one in of_release[:CANDIDATES_MAX])), None
            )
            if made is not None and made.exhibit not in [one.exhibit for one in found]:
                found.append(made)
        return found

    def _small(
        self, key: tuple[str, str], release: str, recipe: str, exhibit: Mapping[str, Any]
    ) -> Exhibit | None:
        """Made small on its release and asked of the reference; None where it does not show."""
        law, _ = key
        made = self.kept.get(
            ["small", self.plan.sut, release, recipe, *key, exhibit],
            lambda: self._minimised(key, release, recipe, exhibit),
        )
        if made is None:
            return None
        control = self.kept.get(
            ["control", recipe, law, made["exhibit"]],
            lambda: _on_reference(self.places.at(None, recipe), law, made["exhibit"]),
        )
        return Exhibit(
            found_on=release,
            recipe=recipe,
            exhibit=made["exhibit"],
            features=tuple(made["features"]),
            component=made["component"],
            fingerprint=made["fingerprint"],
            attributed=control["keeps"],
            detail=control["detail"],
        )

    def _minimised(
        self, key: tuple[str, str], release: str, recipe: str, exhibit: Mapping[str, Any]
    ) -> dict[str, Json] | None:
        law, outcome_class = key
        if "scenario" not in exhibit:
            asked = {"law": law, "outcome_class": outcome_class}
            component = self.places.at(release, recipe).call(COMPONENT, asked)
            needed = ("stage-count",)
            mark = fingerprint(law, component, outcome_class, needed)
            return {
                "exhibit": dict(exhibit),
                "features": list(needed),
                "component": component,
                "fingerprint": mark,
            }
        self.tell(f"  {release}: making evidence small of {law}, {outcome_class}")
        arguments = {
            "scenario": exhibit["scenario"],
            "law": law,
            "outcome_class": outcome_class,
            "allowance": ALLOWANCE,
        }
        try:
            small = self.places.at(release, recipe).call(MINIMISE, arguments)
        except WorkerDiedError:
            return None
        if not small["reproduced"]:
            return None
        told = {name: small[name] for name in ("features", "component", "fingerprint")}
        return {"exhibit": {"scenario": small["scenario"]}, **told}

    def _asked(
        self, release: str, exhibits: Mapping[tuple[str, str], Sequence[Exhibit]]
    ) -> dict[tuple[str, str], list[Observed]]:
        """Way → what each piece of evidence says on one release."""
        self.tell(f"{release}: asking the evidence of the other releases")
        return {
            key: [self._answer(release, key, exhibit) for exhibit in of_way]
            for key, of_way in exhibits.items()
        }

    def _answer(self, release: str, key: tuple[str, str], exhibit: Exhibit) -> Observed:
        question = Question(exhibit=exhibit.exhibit, law=key[0], outcome_class=key[1])
        told = self.kept.get(
            ["ask", self.plan.sut, release, exhibit.recipe, question.as_arguments()],
            lambda: ask(self.places.at(release, exhibit.recipe), release, question).as_json(),
        )
        return Observed.of(release, told)


def _on_reference(control: _Place, law: str, exhibit: Mapping[str, Any]) -> dict[str, Json]:
    if "scenario" not in exhibit:
        state = control.call(COST, dict(exhibit))["verdicts"][law]["state"]
        return {"keeps": state == Answer.HOLDS.value, "detail": f"on the reference it {state}"}
    arguments = {"scenario": exhibit["scenario"], "law": law, "count": CONTROLS}
    states = control.call(CONTROL, arguments)["states"]
    return {
        "keeps": states["broken"] == 0 and states["holds"] > 0,
        "detail": f"on the reference it holds in {states['holds']} of {CONTROLS} timings",
    }


def _ways(explored: Mapping[str, Explored]) -> list[tuple[str, str]]:
    found = {
        (law, way)
        for parts in explored.values()
        for part in parts.values()
        for law, way, _ in part["broken"]
    }
    return sorted(found)


def _summed(reports: Sequence[KindReport]) -> dict[str, Any]:
    """What the kinds of one recipe showed together, with the first schedules of each break."""
    judged: dict[str, dict[str, int]] = {}
    exercised: dict[str, int] = {}
    broken: dict[tuple[str, str], int] = {}
    crashes: dict[str, str] = {}
    candidates: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for report in reports:
        for law, states in report.judged.items():
            of_law = judged.setdefault(law, {})
            for state, count in states.items():
                of_law[state] = of_law.get(state, 0) + count
        for law, told in report.crashes.items():
            crashes.setdefault(law, f"{report.kind.value}, {told}")
        for law, count in report.exercised.items():
            exercised[law] = exercised.get(law, 0) + count
        for key, count in report.broken.items():
            broken[key] = broken.get(key, 0) + count
        for candidate in report.candidates:
            key = candidate["law"], candidate["verdict"]["outcome_class"]
            candidates.setdefault(key, []).append({"scenario": candidate["scenario"]})
    return {
        "schedules": sum(report.schedules for report in reports),
        "left_out": sum(report.left_out for report in reports),
        "lost": sum(report.lost for report in reports),
        "judged": judged,
        "exercised": exercised,
        **({"crashes": crashes} if crashes else {}),
        "broken": [[law, way, count] for (law, way), count in sorted(broken.items())],
        "candidates": [
            {"law": law, "outcome_class": way, "exhibit": min(found, key=_size)}
            for (law, way), found in sorted(candidates.items())
        ],
    }


def _size(exhibit: Mapping[str, Any]) -> tuple[int, str]:
    scenario = exhibit["scenario"]
    size = len(scenario["pipeline"]["stages"]) * len(scenario["requests"])
    return size, canonical_json(scenario)


def _with_costs(explored: dict[str, Any], costs: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what counting work showed."""
    for shape, measured in costs.items():
        sizes = [size for size, _ in measured["points"]]
        for law, verdict in measured["verdicts"].items():
            states = explored["judged"].setdefault(law, {})
            states[verdict["state"]] = states.get(verdict["state"], 0) + 1
            before = explored["exercised"].get(law, 0)
            explored["exercised"][law] = before + verdict["exercised"]
            if verdict["state"] == "broken":
                explored["broken"].append([law, verdict["outcome_class"], 1])
                exhibit = {"shape": shape, "sizes": sizes[-2:]}
                explored["candidates"].append(
                    {"law": law, "outcome_class": verdict["outcome_class"], "exhibit": exhibit}
                )
    return explored


def _schedules(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Json]:
    return {
        name: sum(part[name] for part in parts.values())
        for name in ("schedules", "left_out", "lost")
    }
