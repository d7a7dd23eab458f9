"""Runs on the reference that are over in a second, and what is looked at in their folders."""

import json
from dataclasses import replace

from production_testers.experiments import recipes
from production_testers.phases import environment, mission

ENTRY = "DAG-009"


def silent(_line):
    """Progress that nobody reads."""


def use_tiny_plan(patch, *, with_experiments=False):
    """Three schedules a kind, three small sizes, a second of real executions, little data."""
    plan = mission._plan

    def tiny(recipe, options):
        made = plan(recipe, options)
        return replace(made, real_s=0.8, concurrency=5, experiments=with_experiments)

    own = recipes.RECIPES[ENTRY]
    for name, recipe in ((ENTRY, own), ("GENERAL", recipes.GENERAL)):
        small = replace(
            recipe,
            requires=tuple(replace(required, minimum=1) for required in recipe.requires),
            schedules=dict.fromkeys(recipe.schedules, 3),
            cost_sizes={"chain": (8, 16, 32)},
        )
        if name == ENTRY:
            patch.setitem(recipes.RECIPES, ENTRY, small)
        else:
            patch.setattr(recipes, "GENERAL", small)
    patch.setattr(mission, "_plan", tiny)
    patch.setattr(environment, "SIZES", dict.fromkeys(environment.SIZES, 20))


def digests(run):
    exploration = json.loads((run.results / "exploration.json").read_text())
    return {kind: report["digest"] for kind, report in exploration.items()}


def kinds_of(run):
    return [event["kind"] for event in run.journal.read()]


def damaged_json(run):
    """Every JSON document of the folder that does not parse, and every left-over of a write."""
    left = list(run.path.rglob("*.tmp"))
    for path in run.path.rglob("*.json"):
        try:
            json.loads(path.read_text())
        except ValueError:
            left.append(path)
    return left
