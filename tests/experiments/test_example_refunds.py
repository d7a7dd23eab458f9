"""The example without a framework: one version keeps every law, the other's faults are found."""

import sys
from pathlib import Path

import pytest

import production_testers
from production_testers.experiments.copying import copy_pipelines
from production_testers.experiments.environments import Environment
from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.lab import COST
from production_testers.experiments.recipes import TARGET
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model.scenario import Kind
from production_testers.phases.target import look_at, read_target

EXAMPLES = Path(__file__).parents[2] / "examples" / "refunds"
TEMPLATES = Path(production_testers.__file__).parent / "workspace" / "root" / "templates"
HERE = Environment(python=Path(sys.executable), site_packages=None, packages={})
SCHEDULES = 25
"""Of each kind; a run executes four to six times as many."""


def broken(version, folder):
    """Law → the stages that were named, over the beginning of the plan of `ptest run --target`."""
    target = look_at(read_target(None, EXAMPLES / version), HERE, "reference").target
    copy_pipelines(TEMPLATES, TARGET, folder / "pipelines", target)
    with WorkerPool(HERE.python, "reference", (folder,)) as workers:
        reports = explore(workers, dict.fromkeys(Kind, SCHEDULES), 0)
        counted = workers.call(COST, {"shape": REQUESTS, "sizes": [300, 600]})["verdicts"]
    seen: dict[str, set[str]] = {}
    for report in reports.values():
        assert report.exercised["target/as-alone"] > 50
        for candidate in report.candidates:
            seen.setdefault(candidate["law"], set()).add(candidate["verdict"].get("stage", ""))
    for law, verdict in counted.items():
        if verdict["state"] == "broken":
            seen[law] = set()
    return seen


@pytest.mark.slow
def test_the_correct_version_breaks_nothing(tmp_path):
    assert broken("correct", tmp_path) == {}


@pytest.mark.slow
def test_the_five_faults_of_the_other_one_are_found(tmp_path):
    seen = broken("faulty", tmp_path)
    faults = ["keeps-nothing", "effects-once", "secrets-kept", "in-time", "any-text"]
    assert {f"target/{name}" for name in faults} <= seen.keys()
    assert seen["target/in-time"] == {"handle"}
