"""The example run is one that today's tool makes and accepts."""

import json
from pathlib import Path

import pytest

from production_testers.laws import LAWS
from production_testers.workspace.validation import validate_run
from production_testers.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2] / "examples/workspace"


def the_run():
    workspace = Workspace.find(ROOT)
    (run,) = workspace.all_runs("CORE-001")
    return run


@pytest.mark.slow
def test_the_example_is_a_complete_run_that_validates():
    run = the_run()
    problems = validate_run(run)
    assert [str(problem) for problem in problems] == []
    findings = json.loads((run.path / "findings.json").read_text())
    assert findings["metadata"]["status"] == "completed"
    assert findings["metadata"]["total_findings"] == len(findings["findings"]) > 0


def test_every_finding_of_the_example_names_a_law_that_there_is():
    run = the_run()
    evidence = list((run.path / "results/evidence").glob("*/evidence.json"))
    assert evidence
    for path in evidence:
        found = json.loads(path.read_text())
        assert found["outcome_class"] in LAWS[found["law"]].classes
