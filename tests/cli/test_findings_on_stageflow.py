"""A finding on a real release: verified, ranged, shrunk, resolved, exported; all of it is kept."""

import json
import shutil
import subprocess

import junitparser
import pytest

from production_testers.evidence.defect import Defect, Step
from production_testers.evidence.jobs import fingerprint
from production_testers.evidence.pipeline import Shown
from production_testers.experiments import environments
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.recipes import recipe_for
from production_testers.experiments.worker import Worker
from production_testers.experiments.workloads import GIVE, identity_of, pipeline_of
from production_testers.model.errors import SutUnavailableError
from production_testers.model.pipeline import StageSpec
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.scenario_format import to_json
from production_testers.phases.context import Plan, RunContext
from production_testers.phases.findings import record
from production_testers.workspace.documents import EnvironmentDocument, RunConfig
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace
from reports import official

pytestmark = [pytest.mark.registry, pytest.mark.slow]

ENTRY, ID = "DAG-009", "DAG-009-REL-001"
RUN = f"{ENTRY}/run-2026-01-14-001"
VERSION = "1.2.0"
LAW, WAY = "lifecycle/nothing-left-running", "after-failure"
SCENARIO = Scenario(
    kind=Kind.CHAOS,
    pipeline=pipeline_of(
        "minimal",
        [StageSpec(name="a", function=GIVE), StageSpec(name="b", function=GIVE)],
    ),
    requests=(RunRequest(key="r0", input={}, identity=identity_of(0, 0)),),
    faults=(Fault(kind=FaultKind.FAIL, stage="a"),),
    latencies=Latencies(fixed={"r0/b/1": 9.0, "*": 1.0}),
)
PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "stageflow-core"
version = "0.0.1"
description = "A copy"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["pydantic>=2,<3", "uuid6"]

[tool.hatch.build.targets.wheel]
packages = ["stageflow"]
"""
STOPS_WHAT_IS_LEFT = """

_run = UnifiedStageGraph.run


async def _stopping(self, ctx):
    before = asyncio.all_tasks()
    try:
        return await _run(self, ctx)
    finally:
        left = asyncio.all_tasks() - before
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


UnifiedStageGraph.run = _stopping
"""
README = "Built on asyncio for high-performance concurrent execution\n"


def shown():
    """The defect as a run's gates leave it."""
    exhibit = {"scenario": to_json(SCENARIO)}
    with Worker(
        prepare(Sut.parse(f"stageflow-core=={VERSION}")).python, "stageflow-core"
    ) as worker:
        told = worker.call(
            "production_testers.experiments.jobs:replay", {"scenario": exhibit["scenario"]}
        )
    needed = fingerprint.features(SCENARIO)
    defect = Defect(
        law=LAW,
        outcome_class=WAY,
        component="stageflow.pipeline.dag.UnifiedStageGraph.run",
        features=needed,
        fingerprint=fingerprint.fingerprint(LAW, "run", WAY, needed),
        verdict=told["verdicts"][LAW],
        exhibit=exhibit,
        digest=told["digest"],
        sut={"name": "stageflow-core", "version": VERSION},
        kinds={"chaos": 3},
        steps=(Step(state="proposed", passed=True, detail="schedule 0"),),
    )
    return Shown(defect=defect.with_step("verified", "once more"), history=told["history"])


@pytest.fixture(scope="session")
def found(pristine, tmp_path_factory):
    """A workspace with one run that has one finding."""
    root = tmp_path_factory.mktemp("found") / "production-testers"
    shutil.copytree(pristine, root)
    workspace = Workspace(root)
    entry, sut = workspace.roadmap().entry(ENTRY), Sut.parse(f"stageflow-core=={VERSION}")
    run = RunFolder(workspace.runs_folder / RUN)
    run.draft(
        config=RunConfig(
            roadmap_entry_id=ENTRY,
            roadmap_entry_title=entry.title,
            priority=entry.priority,
            risk_class=entry.risk,
            run_id=run.run_id,
            started_at="2026-01-14T09:00:00Z",
            sut={"name": sut.name, "version": VERSION, "source": None},
        ),
        environment=EnvironmentDocument(
            python_version="3.11.7", os="Linux", cpu="any", memory_gb=8, dependencies={}
        ),
    )
    context = RunContext(
        workspace=workspace,
        run=run,
        entry=entry,
        recipe=recipe_for(ENTRY),
        sut=sut,
        environment=prepare(sut),
        description={"version": VERSION, "capabilities": {}, "words": {}},
        plan=Plan(seed=0, schedules={}, cost_sizes={}),
        tell=lambda _line: None,
    )
    record(context, [shown()])
    return root


@pytest.fixture
def workspace(found, tmp_path):
    root = tmp_path / "production-testers"
    shutil.copytree(found, root)
    return Workspace(root)


def evidence(workspace):
    return RunFolder(workspace.runs_folder / RUN).evidence_of(ID)


def finding(workspace):
    (only,) = RunFolder(workspace.runs_folder / RUN).read_findings().findings
    return only


def states(workspace):
    kept = json.loads((evidence(workspace) / "states.json").read_text())["states"]
    assert all(state["at"].endswith("Z") for state in kept[1:])
    return [(state["state"], state["passed"]) for state in kept]


def ended(python, script):
    return subprocess.run([python, script], capture_output=True, check=False).returncode


def test_ten_of_ten_replays_in_a_fresh_environment_verify(ptest, workspace):
    said = ptest("verify", ID, "--json")
    assert said.code == 0, said.out
    assert (said.json["shown"], said.json["replays"], said.json["histories"]) == (10, 10, 1)
    assert said.json["same_history"]
    assert states(workspace)[-1] == ("verified", True)
    assert finding(workspace).evidence["verification"]["verified"] is True


def test_without_a_registry_the_cache_is_used_and_that_is_said(ptest, monkeypatch):
    install = environments._uv

    def unreachable(sut, *arguments):
        if "install" in arguments and "--offline" not in arguments:
            raise SutUnavailableError("no route to host")
        return install(sut, *arguments)

    monkeypatch.setattr(environments, "_uv", unreachable)
    said = ptest("verify", ID)
    assert said.code == 0
    assert "made from the cache, no registry answered" in said.out


def test_the_script_shows_it_on_the_release_and_not_outside_of_the_range(workspace):
    script = evidence(workspace) / "repro.py"
    told = finding(workspace).evidence["repro"]
    assert told["lines"] < 100
    assert "its stage went on" in told["said"]
    for version, code in ((VERSION, 1), ("0.8.0", 1), ("0.7.0", 0)):
        python = prepare(Sut.parse(f"stageflow-core=={version}")).python
        assert ended(python, script) == code, version


def test_the_range_is_found_kept_and_shown(ptest, workspace):
    said = ptest("bisect", ID, "--releases", "0.5.1..0.9.0,1.2.0", "--json")
    assert said.code == 0
    assert said.json["words"] == "Last good 0.7.0, first bad 0.8.0; still in 1.2.0."
    assert said.json["confidence"] == "high"
    assert [one["release"] for one in said.json["retested"]] == ["0.7.0", "0.5.1"]
    kept = json.loads((evidence(workspace) / "range.json").read_text())
    assert kept == finding(workspace).evidence["range"]
    assert states(workspace)[-1] == ("ranged", True)
    told = ptest("findings", "show", ID).out
    assert "Last good 0.7.0, first bad 0.8.0" in told
    assert "ranged" in told
    listed = ptest("findings", "export", ID, "--format", "csv").out
    assert "0.8.0" in listed


def test_it_is_gone_before_it_came_and_not_after(ptest, workspace):
    assert ptest("verify", ID, "--fixed-in", "0.7.0").code == 0
    assert ptest("verify", ID, "--fixed-in", "1.1.0").code == 1
    assert ptest("verify", ID, "--fixed-in", "99.9.9").code == 2
    assert states(workspace)[-3:] == [("fixed", True), ("fixed", False), ("fixed", False)]


def test_fixed_is_refused_while_the_evidence_still_shows(ptest, workspace):
    refused = ptest("findings", "resolve", ID, "--release", VERSION)
    assert refused.code == 1
    assert "its evidence still shows" in refused.out
    assert finding(workspace).status == "confirmed"
    assert ptest("findings", "resolve", ID, "--type", "cannot_reproduce").code == 1
    done = ptest(
        "findings", "resolve", ID, "--release", "0.7.0", "--commit", "abc1234", "--link", "a/b#1"
    )
    assert done.code == 0
    resolved = finding(workspace)
    assert resolved.status == "resolved"
    assert resolved.resolution.release_version == "0.7.0"
    assert resolved.resolution.commit_hash == "abc1234"
    assert resolved.resolution.pr_link == "a/b#1"
    assert workspace.aggregate().findings[0].status == "resolved"


def test_shrinking_drops_what_is_not_needed_and_keeps_the_id(ptest, workspace):
    before = json.loads((evidence(workspace) / "evidence.json").read_text())
    assert ptest("shrink", ID).code == 0
    after = json.loads((evidence(workspace) / "evidence.json").read_text())
    assert after["finding"] == ID
    fixed = after["exhibit"]["scenario"]["latencies"]["fixed"]
    assert fixed == {"r0/b/1": 2.0, "*": 1.0}
    assert after["digest"] != before["digest"]
    assert ptest("replay", ID, "--json").json["same_history"]


@pytest.fixture
def repository(tmp_path):
    """The sources of releases as commits."""
    place = tmp_path / "repository"
    place.mkdir()

    def git(*arguments):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", "-C", place, *identity, *arguments], check=True)

    git("init", "--quiet")
    (place / "pyproject.toml").write_text(PYPROJECT)
    (place / "README.md").write_text(README)
    for version in ("0.7.0", "0.8.0", "0.9.0"):
        site = prepare(Sut.parse(f"stageflow-core=={version}")).site_packages
        shutil.rmtree(place / "stageflow", ignore_errors=True)
        shutil.copytree(
            site / "stageflow", place / "stageflow", ignore=shutil.ignore_patterns("__pycache__")
        )
        git("add", "--all")
        git("commit", "--quiet", "-m", version)
        git("tag", f"v{version}")
    return place


def test_the_revision_that_brought_it_is_found(ptest, repository, workspace):
    said = ptest("bisect", ID, "--git", "v0.7.0..v0.9.0", "--repo", repository, "--json")
    named = subprocess.run(
        ["git", "-C", repository, "rev-list", "-1", "v0.8.0"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert named.startswith(said.json["first_bad"])
    assert said.json["confidence"] == "high"
    assert "range" not in finding(workspace).evidence  # that one is about releases
    assert (evidence(workspace) / "revisions.json").is_file()


def test_code_that_is_not_released_is_tested_and_an_edit_counts(ptest, repository, workspace):
    folder = f"stageflow-core@{repository}"
    assert ptest("replay", ID, "--sut", folder).code == 1
    assert (
        ptest("replay", ID, "--sut", f"stageflow-core@git+{repository.as_uri()}#v0.7.0").code == 0
    )
    with (repository / "stageflow" / "pipeline" / "dag.py").open("a") as source:
        source.write(STOPS_WHAT_IS_LEFT)
    assert ptest("replay", ID, "--sut", folder).code == 0
    assert ptest("verify", ID, "--fixed-in", folder).code == 0
    patched = prepare(Sut.parse(folder)).python
    assert ended(patched, evidence(workspace) / "repro.py") == 0  # the behaviour is patched


def test_every_format_keeps_its_schema_and_says_the_same_finding(ptest, tmp_path):
    sarif = ptest("findings", "export", "--format", "sarif").json
    assert official.problems(official.sarif(), sarif) == []
    (result,) = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["properties"]["id"]) == (LAW, ID)
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [step["location"]["message"]["text"] for step in flow["locations"]]
    assert steps[:3] == [
        "Pipeline: 2 stages: a, b.",
        "One run, r0.",
        "Stage a ends with status fail.",
    ]
    assert steps[-1].split()[2:] == ["stage_ended", "r0/b"]
    assert flow["locations"][-1]["importance"] == "essential"
    junit = tmp_path / "junit.xml"
    assert ptest("findings", "export", "--format", "junit", "--out", junit).code == 0
    assert [one.reason for one in official.junit().iter_errors(str(junit))] == []
    suites = list(junitparser.JUnitXml.fromfile(str(junit)))
    assert [(suite.name, suite.tests, suite.failures, suite.skipped) for suite in suites] == [
        ("findings", 1, 1, 0),
        ("candidates", 0, 0, 0),
        (RUN, 1, 0, 1),
    ]
    (listed,) = ptest("findings", "export", "--json").json
    assert listed["id"] == ID
    assert ptest("findings", "export", "--format", "osv").out == "[]\n"
    issue = ptest("findings", "export", ID).out
    for words in ("## Expected", "## Actual", "```python", "import stageflow", f"{ID}*"):
        assert words in issue
