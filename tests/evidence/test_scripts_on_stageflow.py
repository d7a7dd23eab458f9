"""Every script ends with 1 on the release that is broken and with 0 where the defect is not.

The scripts are those of `docs/findings/scripts/`, and for what the newest release does not have any
more, those of the evidence in `docs/findings/matrix.json`. Where no release is outside of the
range, the behaviour at fault is patched before the script runs, or taken away.
"""

import json
import shutil
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
DOCS = Path(__file__).parents[2] / "docs" / "findings"
MATRIX = json.loads((DOCS / "matrix.json").read_text())
NEWEST = MATRIX["releases"][-1]
BROKEN = json.loads((DOCS / f"{NEWEST}.json").read_text())["findings"]
ANSWERS = {
    (way["law"], way["outcome_class"]): {
        one["release"]: one["answer"] for one in way["range"]["observed"]
    }
    for way in MATRIX["ways"]
}
SCRIPTS = [
    pytest.param(one, id=f"{one['law']}-{one['outcome_class']}")
    for one in BROKEN
    if "file" in one["script"]
]
GONE = [
    pytest.param(way, way["exhibits"][-1], id=f"{way['law']}-{way['outcome_class']}")
    for way in MATRIX["ways"]
    if ANSWERS[way["law"], way["outcome_class"]][NEWEST] != "broken"
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
ALWAYS_FOUND = """
from types import SimpleNamespace
from stageflow.helpers import guardrails
found = SimpleNamespace(passed=False, violations=["patched"], transformed_content=None)
for check in (guardrails.ContentFilter, guardrails.InjectionDetector, guardrails.PIIDetector):
    check.check = lambda self, *_args, **_named: found
"""
PATCHES = {
    "invisible-missed": ALWAYS_FOUND,
    "lookalike-missed": ALWAYS_FOUND,
    "wide-missed": ALWAYS_FOUND,
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
    "stalls": NO_WORK,
}


TAKEN_AWAY = """
import importlib, inspect, sys, types
class GoneError(Exception):
    pass
def gone(*_args, **_named):
    raise GoneError
name, rest = {component!r}, []
while True:
    try:
        owner = importlib.import_module(name)
        break
    except ImportError:
        name, _, last = name.rpartition(".")
        rest.insert(0, last)
found = owner
for part in rest:
    owner, found = found, getattr(found, part)
if inspect.isclass(found):
    for member, value in list(vars(found).items()):
        if inspect.isfunction(value) and member != "__init__":
            setattr(found, member, gone)
elif inspect.isclass(owner):
    setattr(owner, rest[-1], gone)
else:
    for module in [m for m in list(sys.modules.values()) if m.__name__.startswith("stageflow")]:
        if getattr(module, rest[-1], None) is found:
            setattr(module, rest[-1], gone)
"""


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


INTERCEPTORS = "stageflow.pipeline.interceptors.run_with_interceptors"
OUTER = dict.fromkeys(("lets-through", "gives-up-early", "change-passes"), INTERCEPTORS)
"""What is taken away where a caller sees no difference between the component's fault and its
absence: without a retry nothing is tried again, and what a check raises is swallowed."""


def on_others(script, answers):
    """What it ends with where the defect is not, and where there is nothing that could have it."""
    ends = {}
    for answer in ("holds", "not_offered"):
        for name in [one for one, told in answers.items() if told == answer][-1:]:
            ends[answer] = ended(name, script)
    return ends


def check_others(ends, shown=""):
    """A release that does not promise it may behave so, too: then to the letter as it shows."""
    for answer, (code, said) in ends.items():
        alike = answer == "not_offered" and (code, said) == (1, shown)
        assert alike or code == {"holds": 0, "not_offered": 2}[answer], said


@pytest.mark.parametrize("finding", SCRIPTS)
def test_a_script_of_the_page_shows_the_defect_where_it_is_and_nowhere_else(finding, tmp_path):
    script = tmp_path / FILE
    shutil.copy(DOCS / finding["script"]["file"], script)
    code, said = ended(NEWEST, script)
    assert code == 1, said
    ends = on_others(script, ANSWERS[finding["law"], finding["outcome_class"]])
    if finding["type"] == "improvement":
        ends.pop("not_offered", None)  # it does not promise it, and may well behave so
    check_others(ends)
    if "holds" not in ends:
        way = finding["outcome_class"]
        taken = TAKEN_AWAY.format(component=OUTER.get(way, finding["component"]))
        code, said = ended(NEWEST, script, PATCHES.get(way, taken))
        assert code == 0 or (way not in PATCHES and code == 2), said


@pytest.mark.parametrize(("way", "exhibit"), GONE)
def test_a_script_of_what_was_mended_shows_it_where_it_was(way, exhibit, tmp_path):
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
    if "file" not in told:
        assert told["why_not"]
        return
    ends = on_others(tmp_path / FILE, ANSWERS[law, way["outcome_class"]])
    assert "holds" in ends
    _, shown = ended(release, tmp_path / FILE)
    check_others(ends, shown)


def test_there_is_evidence_to_run():
    assert len(SCRIPTS) >= 60
