"""What share of the faults planted in stageflow-core 1.2.0 is found, by set, difficulty and part.

    .venv/bin/python benchmarks/detection/mutants.py [--set NAME]... [--share N] [--only WORDS]...

A mutant is found when, over the plan of its entry (of its unit, where no entry is about it), a law
is broken in a way in which the same schedules do not break it on the release as it is, or breaks at
least three times as often and in ten schedules more. One schedule in N is executed first; what
these do not find is looked for with the whole plan. Prints one line a mutant, keeps the scores
beside this file (with what came of each mutant when it was scored first), and writes its sections
of docs/benchmarks.md from all that are kept.
"""

import argparse
import importlib
import json
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]  # both have a `detection`

from page import write_section
from plans import Folders, recipe_named

from detection.mutants.missed import WHY
from detection.mutants.mutating import Mutant
from detection.mutants.parts import UNITS, part_of
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.exploration import BATCH, WorkerPool
from production_testers.experiments.recipe import Recipe
from production_testers.model.errors import PtestError

EXPLORE = "detection.mutants.mutating:explore"
COST = "detection.mutants.mutating:cost"
SETS = ("known", "blind", "blind_parts", "blind_newest")
DIFFICULTIES = ("visible", "input", "interleaving")
COMMAND = "python benchmarks/detection/mutants.py"
KEPT = Path(__file__).with_name("mutants.json")
OFTEN, MORE = 3, 10
SIZES = [64, 128, 256]

Ways = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one mutant.

    Attributes:
        of: The set.
        mutant: Which.
        ways: What only the mutant breaks, or breaks far more often; empty where it is missed.
        masked: Ways in which the release as it is breaks the law, and the mutant more often.
        wrong: Why it could not be scored.
        elsewhere: What the scenarios of its part find, where its entry does not use that part.
    """

    of: str
    mutant: Mutant
    ways: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    wrong: str = ""
    elsewhere: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it is missed."""
        seen = f"the release breaks {'; '.join(self.masked)}" if self.masked else ""
        there = f"its entry does not use `{part_of(self.mutant)}`" if self.elsewhere else ""
        there = there and f"{there}, whose own scenarios find it ({self.elsewhere[0]})"
        told = (there, WHY.get(self.mutant.name), seen, self.wrong)
        return "; ".join(filter(None, told)) or "not looked into"


class Scoring:
    """Explores with and without mutants; what the release shows as it is, is kept."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._plain: dict[tuple[str, int], Ways] = {}

    def know(self, recipe: Recipe, share: int) -> None:
        """Explore the release as it is."""
        self._plain[recipe.name, share] = self._ways(recipe, share, {})

    def score(self, of: str, mutant: Mutant, share: int) -> Score:
        """Explore with a mutant and compare."""
        change = {"place": mutant.place, "old": mutant.old, "new": mutant.new}
        recipe = recipe_named(mutant.recipe)
        try:
            seen = self._ways(recipe, share, change)
        except PtestError as error:  # a mutant may break anything, the worker too
            return Score(of, mutant, wrong=f"{type(error).__name__}: {error}".splitlines()[0])
        known = self._plain[recipe.name, share]
        new = {way for way, times in seen.items() if _is_new(times, known[way])}
        more = {way for way, times in seen.items() if times > known[way]} - new
        return Score(
            of,
            mutant,
            tuple(f"{law} {way}" for law, way in sorted(new)),
            tuple(
                f"{law} {way} in {known[law, way]} schedules as it is and in {seen[law, way]} then"
                for law, way in sorted(more)
            ),
        )

    def _ways(self, recipe: Recipe, share: int, change: dict[str, str]) -> Ways:
        """(law, way) → how many schedules of the plan broke it so."""
        found: Ways = Counter()
        for kind, count in recipe.schedules.items():
            wanted = max(1, count // share)
            for start in range(0, wanted, BATCH * 8):
                number = min(BATCH * 8, wanted - start)
                plan = {"kind": kind.value, "seed": 0, "start": start, "count": number}
                told = self._folders.call(recipe, EXPLORE, {**plan, **change})
                for law, way, times in told["broken"]:
                    found[law, way] += times
        if recipe.name.startswith(("CORE", "DAG")):
            plan = {"shape": "chain", "sizes": SIZES}
            told = self._folders.call(recipe, COST, {**plan, **change})
            for law, verdict in told["verdicts"].items():
                if verdict["state"] == "broken":
                    found[law, verdict["outcome_class"]] += 1
        return found


def _is_new(times: int, known: int) -> bool:
    return not known or times >= max(OFTEN * known, known + MORE)


def scores(options: argparse.Namespace, chosen: list[tuple[str, Mutant]]) -> list[Score]:
    """Score mutants with a share of the plans, and those that are missed with whole ones."""
    python = prepare(Sut(name="stageflow-core", version="1.2.0")).python
    found: dict[str, Score] = {}
    with (
        tempfile.TemporaryDirectory() as name,
        WorkerPool(python, "stageflow-core", (ROOT / "tests",)) as pool,
        ThreadPoolExecutor(pool.size) as threads,
    ):
        folders = Folders(Path(name), pool)
        scoring = Scoring(folders)
        left = chosen
        for share in dict.fromkeys((options.share, 1)):
            recipes = [recipe_named(one) for one in sorted({m.recipe for _, m in left})]
            for recipe in recipes:
                folders.add(recipe)
            list(threads.map(lambda recipe, n=share: scoring.know(recipe, n), recipes))
            for score in threads.map(lambda one, n=share: scoring.score(*one, n), left):
                found[score.mutant.name] = score
                _tell(score, share)
            left = [one for one in left if not found[one[1].name].ways]
        left = [(of, mutant) for of, mutant in left if _part_unused(mutant)]
        for recipe in (recipe_named(part) for part in sorted({part_of(m) for _, m in left})):
            folders.add(recipe)
            scoring.know(recipe, 1)
        for of, mutant in left:
            there = scoring.score(of, replace(mutant, recipe=part_of(mutant)), 1).ways
            found[mutant.name] = replace(found[mutant.name], elsewhere=there[:1])
            _tell(found[mutant.name], 1)
    return [found[mutant.name] for _, mutant in chosen]


def _part_unused(mutant: Mutant) -> bool:
    part = part_of(mutant)
    return part in UNITS and part not in recipe_named(mutant.recipe).units


def _tell(score: Score, share: int) -> None:
    state = "error" if score.wrong else "found" if score.ways else "MISSED"
    mutant = score.mutant
    told = "; ".join(score.ways[:3]) or score.why
    print(
        f"{state:7}1/{share:<3}{score.of:12}{mutant.difficulty:13}{mutant.recipe:14}{mutant.name}:"
        f" {told}",
        flush=True,
    )


def keep(scored: list[Score]) -> dict[str, dict[str, Any]]:
    """Put new scores beside the ones that are kept; how each ended at first stays."""
    kept: dict[str, dict[str, Any]] = {}
    if KEPT.exists():
        kept = json.loads(KEPT.read_text(encoding="utf-8"))
    for score in scored:
        before = kept.get(score.mutant.name, {"found_first": bool(score.ways)})
        kept[score.mutant.name] = {
            "found_first": before["found_first"],
            "ways": list(score.ways[:3]),
            "masked": list(score.masked[:2]),
            "wrong": score.wrong,
            "elsewhere": list(score.elsewhere),
        }
    text = json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False)
    KEPT.write_text(text + "\n", encoding="utf-8")
    return kept


def write(kept: dict[str, dict[str, Any]], cost: str) -> None:
    """Write the sections: shares, and what is missed."""
    every = [
        (kept[mutant.name]["found_first"], _kept_score(of, mutant, kept[mutant.name]))
        for of, mutants in all_mutants().items()
        for mutant in mutants
        if mutant.name in kept
    ]
    rows = []
    for of in (*SETS, "all"):
        own = [(first, score) for first, score in every if of in (score.of, "all")]
        counts = [[s for _, s in own if s.mutant.difficulty == d] for d in DIFFICULTIES]
        at_first = f"{sum(first for first, _ in own)} of {len(own)}"
        anywhere = sum(bool(score.ways or score.elsewhere) for _, score in own)
        shares = map(_share, [*counts, [s for _, s in own]])
        rows.append((of, *shares, f"{anywhere} of {len(own)}", at_first))
    scored = [score for _, score in every]
    write_section(
        "Detection: faults planted in stageflow-core 1.2.0",
        COMMAND,
        "One change of text in one function of the release, in memory. *known* was written while"
        " laws were, *blind* before anybody looked at what the laws catch, *blind_parts* from the"
        " source alone for the parts that *blind* does not reach, and *blind_newest* likewise for"
        " the parts that came after these. Found: over the plan of its"
        " entry or unit a law is broken in a way in which the release as it is does not break it,"
        " or three times as often and in ten schedules more. *visible* in any run, *input* needs"
        " the right input, concurrency or fault, *interleaving* a particular order or scale. *With"
        " the part's own scenarios*: also those that the scenarios of the broken part find, where"
        " the entry does not use it. The"
        " last column: when the mutants were scored first, before anything was done about the ones"
        " that were missed; only that is a blind figure. Faults around the references, which"
        f" `tests/detection` plants, are all found, as the tests require. {cost}",
        ("set", *DIFFICULTIES, "all", "with the part's own scenarios", "at first"),
        rows,
    )
    parts = Counter(part_of(score.mutant) for score in scored)
    caught = Counter(part_of(score.mutant) for score in scored if score.ways)
    write_section(
        "Detection: planted faults by part of the framework",
        COMMAND,
        "A part is a unit, or pipelines.",
        ("part", "found", "planted"),
        [(part, caught[part], count) for part, count in sorted(parts.items())],
    )
    write_section(
        "Detection: planted faults that are missed",
        COMMAND,
        "Each with the reason. *The release breaks ...* means: the law sees the fault, and the"
        " release as it is breaks the same law in the same way, so that nobody can tell the two"
        " apart.",
        ("set", "difficulty", "where it was looked for", "fault", "reason"),
        [
            (s.of, s.mutant.difficulty, s.mutant.recipe, s.mutant.name, s.why.replace("|", "\\|"))
            for s in scored
            if not s.ways
        ],
    )


def _kept_score(of: str, mutant: Mutant, told: dict[str, Any]) -> Score:
    return Score(
        of,
        mutant,
        ways=tuple(told["ways"]),
        masked=tuple(told["masked"]),
        wrong=told["wrong"],
        elsewhere=tuple(told["elsewhere"]),
    )


def _share(scored: list[Score]) -> str:
    return f"{sum(bool(score.ways) for score in scored)} of {len(scored)}"


def all_mutants() -> dict[str, tuple[Mutant, ...]]:
    """Set → its mutants."""
    return {of: importlib.import_module(f"detection.mutants.{of}").MUTANTS for of in SETS}


def main() -> None:
    """Score the sets that were asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", dest="sets", action="append", choices=SETS)
    parser.add_argument("--share", type=int, default=8)
    parser.add_argument("--only", action="append", help="words of a mutant's name or entry")
    options = parser.parse_args()
    chosen = [
        (of, mutant)
        for of in options.sets or SETS
        for mutant in all_mutants()[of]
        if any(words in f"{mutant.recipe} {mutant.name}" for words in options.only or [""])
    ]
    begun, load = time.monotonic(), os.getloadavg()[0]
    scored = scores(options, chosen)
    wall, used = time.monotonic() - begun, os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    cost = (
        f"{len(scored)} of them were scored last, in {wall / 60:.0f} min wall and"
        f" {cpu / 60:.0f} min CPU, with a load of {load:.1f} on {os.cpu_count()} cores from others"
        " when it began."
    )
    write(keep(scored), cost)


if __name__ == "__main__":
    main()
