"""All laws of all capabilities on stageflow-core 1.2.0, once: what is found, what is not exercised.

    .venv/bin/python benchmarks/detection/surface.py [--share N]

Explores the plans (one schedule in N) of the smallest set of roadmap entries that covers all units
and all laws that entries require, and the units that no entry uses; then replays the first schedule
of each way in which a law is broken, twice. Writes its section of docs/benchmarks.md and the page
docs/findings/capabilities.md. Aim: under 10 minutes on 2 cores.
"""

import argparse
import ast
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from page import write_section
from plans import Folders, Place, recipe_named

from production_testers.experiments.environments import Environment, Sut, prepare
from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.lab import COST
from production_testers.experiments.recipe import Recipe
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.laws.law import Law
from production_testers.model.errors import PtestError
from production_testers.model.semantics import Capability
from production_testers.units import UNITS

DESCRIBE = "production_testers.experiments.jobs:describe"
REPLAY = "production_testers.experiments.jobs:replay"
ENTERED = "surface_jobs:entered"
COMMAND = "python benchmarks/detection/surface.py"
PAGE = ROOT / "docs" / "findings" / "capabilities.md"
SAMPLED = 2
"""Schedules of each kind in which the functions that are entered are noted."""

LARGE = 100
"""Plans of fewer schedules are of scenarios that take seconds each; they are not sampled."""

UNUSED = {
    "stageflow.auth.context": "two values and membership of a tuple; `sign_in` makes them",
    "stageflow.contracts.suggestions": "a table of hints, which nothing of ours reads",
    "stageflow.core.stage_metadata": "a decorator that sets two attributes of a class",
    "stageflow.events": "a function that is kept for old callers; sinks are a unit",
    "stageflow.extensions": "a dictionary of an application's own types, and their own `from_dict`",
    "stageflow.observability": "protocols, stand-ins that do nothing, and a shortening of errors;"
    " tracing and wide events are units",
    "stageflow.projector": "a message of a web socket with its ids; no unit has it yet",
    "stageflow.stages.ports": "values that hold what an application injects",
    "stageflow.helpers.mocks": "stand-ins for its users' own tests",
    "stageflow.pipeline.builder": "deprecated by its own words",
    "stageflow.pipeline.interfaces": "protocols: nothing to execute",
    "stageflow.protocols": "protocols: nothing to execute",
    "stageflow.core.stage_protocol": "protocols: nothing to execute",
    "stageflow.testing": "help for its users' own tests",
    "stageflow.websearch": "asks the web, for which nothing of ours stands in",
}
"""How a module's name begins → why nothing enters it; of all others, no unit has them."""

Way = tuple[str, str]


def smallest_cover() -> list[Recipe]:
    """Entries, greedily, that use every unit and require every law that any entry does."""
    covers = {
        name: {*recipe.units, *(required.law for required in recipe.requires)}
        for name, recipe in RECIPES.items()
    }
    left, chosen = set().union(*covers.values()), []
    while left:
        best = max(sorted(covers), key=lambda name: len(covers[name] & left))
        chosen.append(best)
        left -= covers[best]
    used = {unit for name in chosen for unit in RECIPES[name].units}
    return [recipe_named(name) for name in (*chosen, *sorted(set(UNITS) - used))]


@dataclass(slots=True)
class Shown:
    """What exploring showed, over all recipes.

    Attributes:
        schedules: Schedules that were executed.
        steps: Callbacks that ran in them.
        left_out: Schedules that need something that the release does not offer.
        lost: Schedules whose worker died.
        exercised: Law → things judged.
        broken: (law, way) → schedules or shapes.
        candidates: (law, way) → the recipe and the scenario that showed it first.
        crashes: Laws that failed themselves.
        reproduced: Ways whose candidate broke the law again, twice, with one history.
        entered: Module → functions that the sample entered.
    """

    schedules: int = 0
    steps: int = 0
    left_out: int = 0
    lost: int = 0
    exercised: Counter[str] = field(default_factory=Counter)
    broken: Counter[Way] = field(default_factory=Counter)
    candidates: dict[Way, tuple[Recipe, Any]] = field(default_factory=dict)
    crashes: dict[str, str] = field(default_factory=dict)
    reproduced: set[Way] = field(default_factory=set)
    entered: dict[str, set[str]] = field(default_factory=dict)


def explored(shown: Shown, place: Place, share: int) -> None:
    """Add what one recipe shows."""
    recipe = place.recipe
    plan = {kind: max(1, count // share) for kind, count in recipe.schedules.items()}
    for report in explore(place, plan, 0).values():
        shown.schedules += report.schedules
        shown.steps += report.steps
        shown.left_out += report.left_out
        shown.lost += report.lost
        shown.exercised.update(report.exercised)
        shown.broken.update(report.broken)
        shown.crashes.update(report.crashes)
        for one in report.candidates:
            way = one["law"], one["verdict"]["outcome_class"]
            shown.candidates.setdefault(way, (recipe, one["scenario"]))


def counted(shown: Shown, place: Place, shape: str, sizes: Iterable[int]) -> None:
    """Add what counting work shows."""
    told = place.call(COST, {"shape": shape, "sizes": list(sizes)})
    for law, verdict in told["verdicts"].items():
        shown.exercised[law] += verdict["exercised"]
        if verdict["state"] == "broken":
            way = law, verdict["outcome_class"]
            shown.broken[way] += 1
            shown.candidates.setdefault(way, (place.recipe, {"shape": shape, "sizes": sizes}))


def reproduces(folders: Folders, way: Way, recipe: Recipe, scenario: Mapping[str, Any]) -> bool:
    """Whether the law is broken so again, in two new processes, with the same history."""
    law, outcome_class = way
    if "shape" in scenario:
        told = folders.call(recipe, COST, {**scenario, "sizes": list(scenario["sizes"])})
        return bool(told["verdicts"][law]["outcome_class"] == outcome_class)
    twice = [folders.call(recipe, REPLAY, {"scenario": scenario}) for _ in range(2)]
    return len({told["digest"] for told in twice}) == 1 and all(
        outcome_class in _ways(told["verdicts"].get(law, {})) for told in twice
    )


def _ways(verdict: Mapping[str, Any]) -> set[str]:
    return {one["outcome_class"] for one in (verdict, *verdict.get("also", ())) if one}


def entered(shown: Shown, place: Place) -> None:
    """Note the functions that a sample of a recipe enters."""
    for kind in place.recipe.schedules:
        arguments = {"kind": kind.value, "seed": 0, "start": 1, "count": SAMPLED}
        for module, functions in place.call(ENTERED, arguments).items():
            shown.entered.setdefault(module, set()).update(functions)


def look(share: int) -> tuple[Shown, Environment, Mapping[str, Any], dict[str, float]]:
    """Explore, count, reproduce; then, outside the time that is measured, sample functions."""
    recipes = smallest_cover()
    environment = prepare(Sut(name="stageflow-core", version="1.2.0"))
    shown, seconds = Shown(), {}
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as name,
        WorkerPool(environment.python, "stageflow-core", (Path(__file__).parent,)) as pool,
        ThreadPoolExecutor(pool.size) as threads,
    ):
        folders = Folders(Path(name), pool)
        places = [Place(folders, recipe, pool.size) for recipe in recipes]
        for place in places:
            folders.add(place.recipe)
            explored(shown, place, share)
            print(f"{time.monotonic() - begun:6.0f} s {place.recipe.name}", flush=True)
        shapes = {
            (shape, sizes): place
            for place in places
            for shape, sizes in place.recipe.cost_sizes.items()
        }
        list(threads.map(lambda one: counted(shown, one[1], *one[0]), shapes.items()))
        seconds["detection"] = time.monotonic() - begun
        print(f"{seconds['detection']:6.0f} s counted", flush=True)
        ways = list(shown.candidates.items())
        again = threads.map(lambda one: reproduces(folders, one[0], *one[1]), ways)
        shown.reproduced = {way for (way, _), yes in zip(ways, again, strict=True) if yes}
        seconds["with reproduction"] = time.monotonic() - begun
        description = pool.call(DESCRIBE, {})
    used = os.times()
    seconds["cpu"] = used.user + used.system + used.children_user + used.children_system
    with (
        tempfile.TemporaryDirectory() as name,
        WorkerPool(environment.python, "stageflow-core", (Path(__file__).parent,)) as pool,
    ):
        folders = Folders(Path(name), pool)
        for recipe in recipes:
            if sum(recipe.schedules.values()) < LARGE:
                continue
            folders.add(recipe)
            try:
                entered(shown, Place(folders, recipe, pool.size))
            except PtestError as error:
                print(f"{recipe.name}: functions are not sampled: {error}".splitlines()[0])
    return shown, environment, description, seconds


def yields(shown: Shown) -> list[tuple[object, ...]]:
    """One row a capability that has laws."""
    rows = []
    for capability in Capability:
        laws = [law for law in LAWS.values() if law.capability is capability]
        broken = [way for way in shown.broken if way[0] in {law.id for law in laws}]
        if laws:
            rows.append(
                (
                    capability.value,
                    f"{sum(bool(shown.exercised[law.id]) for law in laws)} of {len(laws)}",
                    f"{sum(shown.exercised[law.id] for law in laws):,}",
                    f"{len(broken)} of {sum(len(law.classes) for law in laws)}",
                    len([way for way in broken if way in shown.reproduced]),
                )
            )
    return rows


def why_not(law: Law, offered: Iterable[str]) -> str:
    """Why a law had nothing to judge."""
    if law.capability is Capability.TARGET:
        return "it judges a team's own application, and no entry brings one along that promises it"
    if law.id.startswith("load/"):
        return "it judges loads, and nothing is loaded here"
    if law.capability.value not in offered:
        return "the release does not promise it"
    return "no schedule of these plans came to it"


def functions_of(package: Path) -> dict[str, int]:
    """Module → how many functions it defines."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        module = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = ast.FunctionDef, ast.AsyncFunctionDef
        count = sum(isinstance(node, kinds) for node in ast.walk(tree))
        if count:
            found[module.removesuffix(".__init__")] = count
    return found


def untouched(shown: Shown, environment: Environment) -> list[tuple[str, str, str]]:
    """Modules of which no function was entered, with how many there are, and why."""
    package = next(environment.python.parents[1].glob("lib/python*/site-packages/stageflow"))
    return [
        (f"`{module}`", str(count), _unused(module))
        for module, count in functions_of(package).items()
        if module not in shown.entered
    ]


def _unused(module: str) -> str:
    fits = [why for begin, why in UNUSED.items() if module.startswith(begin)]
    return fits[0] if fits else "no unit and no pipeline of ours uses it"


def write(
    shown: Shown, environment: Environment, offered: Mapping[str, Any], told: str, share: int
) -> None:
    """Write the section and the page."""
    head = ("capability", "laws exercised", "things judged", "ways broken", "reproduced")
    rows = yields(shown)
    silent = [law for law in LAWS.values() if not shown.exercised[law.id]]
    recipes = ", ".join(recipe.name for recipe in smallest_cover())
    command = COMMAND if share == 1 else f"{COMMAND} --share {share}"
    title = "Detection: the whole surface of stageflow-core 1.2.0"
    where = f"[{PAGE.name}]({PAGE.relative_to(ROOT / 'docs')})"
    totals = (len(rows), f"{len(LAWS) - len(silent)} of {len(LAWS)}", where)
    write_section(title, command, told, ("capabilities", "laws exercised", "each one"), [totals])
    lines = [
        "# stageflow-core 1.2.0: yield per capability, and what was not exercised",
        "",
        f"Written by `{command}`. {told}",
        "",
        f"Explored: {recipes}.",
        "",
        *_table(head, rows),
        "",
        "A way that is broken is a candidate: minimising, attribution and verification come after"
        " it, and findings are counted there.",
        "",
        "## Not exercised",
        "",
        *_table(
            ("law", "why"),
            [(f"`{law.id}`", why_not(law, offered["capabilities"])) for law in silent],
        ),
        "",
        "Modules of the release of which no function was entered in a sample of"
        f" {SAMPLED} schedules a kind and entry:",
        "",
        *_table(("module", "functions", "why"), untouched(shown, environment)),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    head = list(head)
    return [_row(head), _row("---" for _ in head), *map(_row, rows)]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    """Look once, and write what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=int, default=1)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    shown, environment, offered, seconds = look(options.share)
    laws = sum(bool(shown.exercised[law]) for law in LAWS)
    told = (
        f"{shown.schedules:,} schedules, {shown.steps:,} steps ({shown.left_out} left out, because"
        f" the release does not offer what they need; {shown.lost} lost). {laws} of {len(LAWS)}"
        f" laws had something to judge; they were broken in {len(shown.broken)} of"
        f" {sum(len(law.classes) for law in LAWS.values())} ways, of which {len(shown.reproduced)}"
        f" were broken again in two new processes with one history. Laws that failed themselves:"
        f" {len(shown.crashes)}. Detection took {seconds['detection']:.0f} s, with reproduction"
        f" {seconds['with reproduction']:.0f} s wall and {seconds['cpu']:.0f} s CPU on"
        f" {os.cpu_count()} cores; others used the machine, with a load of {load:.1f} before it"
        " began. Aim: 600 s on 2 cores of one's own."
    )
    print(told, shown.crashes or "", sep="\n")
    write(shown, environment, offered, told, options.share)


if __name__ == "__main__":
    main()
