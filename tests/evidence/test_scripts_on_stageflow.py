"""Every script ends with 1 on the release that is broken and with 0 where the defect is not.

The evidence is that of `docs/findings/matrix.json`. Where no release is outside of the range, the
behaviour at fault is patched before the script runs.
"""

import json
import subprocess
from pathlib import Path

import pytest

from production_testers.evidence.defect import Defect
from production_testers.evidence.repro.script import Claim
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.folders import IN_FOLDER, in_folder
from production_testers.phases.matrix import lay_out
from production_testers.phases.scripts import FILE, keep_script

pytestmark = [pytest.mark.registry, pytest.mark.slow]

SUT = "stageflow-core"
MATRIX = json.loads((Path(__file__).parents[2] / "docs" / "findings" / "matrix.json").read_text())
EXHIBITS = [
    pytest.param(way, exhibit, id=f"{way['law']}-{way['outcome_class']}-{exhibit['found_on']}")
    for way in MATRIX["ways"]
    for exhibit in way["exhibits"]
]

STOP_WHAT_IS_LEFT = """
import asyncio
from stageflow.pipeline.dag import UnifiedStageGraph
run = UnifiedStageGraph.run
async def stopping(self, ctx):
    before = asyncio.all_tasks()
    try:
        return await run(self, ctx)
    finally:
        left = asyncio.all_tasks() - before
        [task.cancel() for task in left]
        await asyncio.gather(*left, return_exceptions=True)
UnifiedStageGraph.run = stopping
"""
A_GRAPH_FOR_EVERY_RUN = """
import copy
from stageflow.pipeline.dag import UnifiedStageGraph
run = UnifiedStageGraph.run
async def alone(self, ctx):
    return await run(copy.copy(self), ctx)
UnifiedStageGraph.run = alone
"""
RETRY_IS_FAILURE = """
import stageflow
stageflow.StageOutput.retry = stageflow.StageOutput.fail
"""
READ_ONLY = """
from types import MappingProxyType
import stageflow
ok = stageflow.StageOutput.ok
stageflow.StageOutput.ok = lambda data=None, **more: ok(data=MappingProxyType(data or {}), **more)
"""
IN_ORDER_OF_NAMES = """
from stageflow.stages.inputs import StageInputs
def get(self, key, default=None):
    found = [out.data[key] for _, out in sorted(self.prior_outputs.items()) if key in out.data]
    return found[0] if found else default
StageInputs.get = get
"""
NOTHING_LEFT = """
from types import SimpleNamespace
from stageflow.helpers.guardrails import PIIDetector
PIIDetector.check = lambda self, text, *_: SimpleNamespace(transformed_content="")
"""
NO_KEYS = """
from stageflow.pipeline.idempotency import IdempotencyInterceptor
IdempotencyInterceptor._default_key_extractor = staticmethod(lambda ctx: None)
"""
NO_WORK = """
from stageflow.pipeline.dag import UnifiedStageGraph
async def run(self, ctx):
    return {}
UnifiedStageGraph.run = run
"""
PATCHES = {
    "after-cancellation": STOP_WHAT_IS_LEFT,
    "after-failure": STOP_WHAT_IS_LEFT,
    "stopped-by-another-run": A_GRAPH_FOR_EVERY_RUN,
    "retry-is-success": RETRY_IS_FAILURE,
    "write-is-seen": READ_ONLY,
    "depends-on-timing": IN_ORDER_OF_NAMES,
    "missed-credit-card": NOTHING_LEFT,
    "missed-ip-address": NOTHING_LEFT,
    "blocked": NO_KEYS,
    "never-done": NO_KEYS,
    "other-answer": NO_KEYS,
    "superlinear": NO_WORK,
}


def replayed(exhibit, law, release, folder):
    """The law's verdict and the history on the release where the evidence was found."""
    if "scenario" not in exhibit:
        return {"summary": "counted"}, ""
    python = prepare(Sut(name=SUT, version=release)).python
    job = "production_testers.experiments.jobs:replay"
    with WorkerPool(python, SUT, size=1) as pool:
        asked = in_folder(str(folder), job, {"scenario": exhibit["scenario"]})
        told = pool.call(IN_FOLDER, asked)
    return told["verdicts"][law], told["history"]


def ended(release, script, patch=""):
    python = prepare(Sut(name=SUT, version=release)).python
    command = [python, script]
    if patch:
        runner = script.with_name("patched.py")
        runner.write_text(f"{patch}\nimport runpy, sys\nrunpy.run_path({str(script)!r})\n")
        command = [python, runner]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("way", "exhibit"), EXHIBITS)
def test_a_script_shows_the_defect_where_it_is_and_nowhere_else(way, exhibit, tmp_path):
    law, release = way["law"], exhibit["found_on"]
    verdict, history = replayed(
        exhibit["exhibit"], law, release, lay_out(tmp_path / "folders", exhibit["recipe"])
    )
    defect = Defect(
        law=law,
        outcome_class=way["outcome_class"],
        component="",
        features=tuple(exhibit["features"]),
        fingerprint="",
        verdict=verdict,
        exhibit=exhibit["exhibit"],
        digest="",
        sut={"name": SUT, "version": release},
    )
    claim = Claim(title=way["title"], source="", sut=f"{SUT}=={release}")
    python = prepare(Sut(name=SUT, version=release)).python
    told = keep_script(python, tmp_path, defect, history, claim)
    assert "file" in told, told  # it was executed there, and ended with 1
    answers = {one["release"]: one["answer"] for one in way["range"]["observed"]}
    outside = [name for name, answer in answers.items() if answer == "holds"]
    for name in outside[-1:]:
        code, said = ended(name, tmp_path / FILE)
        assert code == 0, said
    for name in [name for name, answer in answers.items() if answer == "not_offered"][-1:]:
        code, said = ended(name, tmp_path / FILE)
        assert code == 2, said
    if not outside:
        code, said = ended(release, tmp_path / FILE, PATCHES[way["outcome_class"]])
        assert code == 0, said


def test_there_is_evidence_to_run():
    assert len(EXHIBITS) >= 10
