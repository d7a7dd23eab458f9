"""`ptest findings add`: the machine runs what somebody proposes, and says why it is no finding."""

import json

import pytest

from phases.tiny import ENTRY, kinds_of
from production_testers.phases import mission
from production_testers.workspace.documents import FindingStatus
from production_testers.workspace.proposals import ProposalState, proposals_of
from production_testers.workspace.validation import validate_root, validate_run

pytestmark = pytest.mark.slow

LAW = "dag/runs-once"


# A stage after which the next one is executed twice, whatever the executor; COUNT can spare one.
POISON = """
import asyncio
from production_testers.experiments.stages import give
from production_testers.suts.reference import executor

right, spoilt = executor.Execution._in_time, []

async def own(port):
    count = COUNT
    if count != 3:
        spoilt[:] = [asyncio.get_running_loop()]
    return await give(port)

async def twice(self, stage, call):
    if spoilt and spoilt[0] is asyncio.get_running_loop():
        await right(self, stage, call)
    return await right(self, stage, call)

executor.Execution._in_time = twice
"""


@pytest.fixture
def right_run(quick, ptest, workspace):
    """A scaffolded run of a system under test that is right."""
    assert ptest("new", ENTRY, "--sut", "reference").code == 0
    return workspace.runs()[0]


@pytest.fixture
def run(wrong_sut, right_run):
    """A scaffolded run of a system under test that is wrong."""
    return right_run


@pytest.fixture
def add(ptest, workspace, tmp_path, scenario):
    def propose(raw=None, law=LAW, *more, to=None):
        file = tmp_path / "scenario.json"
        file.write_text(json.dumps(scenario() if raw is None else raw))
        address = to or workspace.runs()[0].address
        return ptest("findings", "add", address, "--law", law, "--scenario", file, *more)

    return propose


def files(run):
    return {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def check(run, workspace):
    """Nothing of a run, or of its workspace, contradicts anything else."""
    assert validate_run(run) == ()
    assert validate_root(workspace) == ()
    recorded = {e["finding"] for e in run.journal.read() if e["kind"] == "finding_recorded"}
    ids = [finding.id for finding in run.read_findings().findings]
    assert set(ids) == recorded
    assert f"{len(ids)} findings logged" in run.readme.read_text()
    aggregate = json.loads(workspace.aggregate_file.read_text())
    assert {one["id"] for one in aggregate["findings"]} == set(ids)


def test_a_proposal_that_passes_every_gate_is_a_finding(add, run, workspace, ptest, monkeypatch):
    monkeypatch.chdir(run.path)
    more = ("--title", "All run twice", "--note", "Seen by eye", "--json")
    said = add(None, LAW, *more, to=".")
    assert said.code == 0
    assert said.json["state"] == "promoted"
    assert said.json["finding"] == f"{ENTRY}-BUG-001"
    (finding,) = run.read_findings().findings
    assert (finding.title, finding.status) == ("All run twice", FindingStatus.CONFIRMED)
    assert finding.evidence["proposal"] == "proposal-001"
    assert finding.evidence["note"] == "Seen by eye"
    states = [step["state"] for step in finding.evidence["states"]]
    assert states == ["proposed", "minimised", "reproduced", "attributed", "verified"]
    assert kinds_of(run)[-2:] == ["finding_recorded", "proposal_judged"]
    check(run, workspace)
    shown = ptest("replay", finding.id, "--json")  # here `reference` is the right one
    assert (shown.code, shown.json["shows"]) == (0, False)


def test_the_same_defect_is_not_added_twice(add, run, workspace, scenario):
    add()
    larger = scenario(faults=[{"kind": "slow", "stage": "b", "milliseconds": 5}])
    for raw in (None, larger):
        said = add(raw, LAW, "--json")
        assert (said.code, said.json["state"]) == (1, "duplicate")
        assert said.json["finding"] == f"{ENTRY}-BUG-001"
    assert len(run.read_findings().findings) == 1
    assert [one.state for one in proposals_of(run)] == ["promoted", "duplicate", "duplicate"]
    check(run, workspace)


def test_a_defect_that_an_earlier_run_recorded_keeps_its_id(add, run, workspace, ptest):
    add()
    ptest("new", ENTRY, "--sut", "reference")
    later = workspace.runs()[-1]
    said = add(None, LAW, "--json", to=later.address)
    assert (said.code, said.json["state"]) == (1, "duplicate")
    assert [f.id for f in later.read_findings().findings] == [f"{ENTRY}-BUG-001"]
    assert workspace.aggregate().total_findings == 1
    assert validate_run(later) == ()


def test_what_does_not_break_the_law_is_rejected_and_kept(add, run, workspace):
    said = add(None, "dag/dependencies-first", "--json")
    assert (said.code, said.json["state"], said.json["finding"]) == (1, "rejected", None)
    assert "it holds in 5 of 5 replays" in said.json["reason"]
    (kept,) = proposals_of(run)
    assert kept.state is ProposalState.REJECTED
    assert kept.scenario["pipeline"]["name"] == "two"
    assert run.read_findings().findings == ()
    check(run, workspace)


def test_what_a_law_has_nothing_to_say_about_cannot_be_told(add, run):
    said = add(None, "dag/status-effect", "--json")
    assert (said.code, said.json["state"]) == (2, "undecided")
    assert "nothing to judge" in said.json["reason"]


def poisoned(run, scenario, count):
    """A scenario with a stage of the run folder's own that spoils what comes after it."""
    custom = run.stages / "custom_stages.py"
    custom.write_text(custom.read_text() + POISON.replace("COUNT", count))
    raw = scenario()
    raw["pipeline"]["stages"][0]["function"] = "pipelines.stages.custom_stages:own"
    return raw


def test_what_the_reference_breaks_too_is_rejected(add, right_run, scenario):
    said = add(poisoned(right_run, scenario, "0"), LAW, "--json")
    assert (said.code, said.json["state"]) == (1, "rejected")
    assert "not attributed" in said.json["reason"]
    assert "(25 broken, 0 not exercised)" in said.json["reason"]
    assert right_run.read_findings().findings == ()
    assert validate_run(right_run) == ()


def test_what_shows_only_sometimes_is_flaky(add, right_run, scenario, tmp_path):
    file = tmp_path / "count"
    file.touch()
    count = f"open({str(file)!r}, 'a').write('x') and len(open({str(file)!r}).read())"
    said = add(poisoned(right_run, scenario, count), LAW, "--json")
    assert (said.code, said.json["state"]) == (1, "rejected")
    assert said.json["reason"] == "flaky: 4 of 5 replays"


@pytest.mark.parametrize(
    ("law", "change", "expected"),
    [
        ("dag/runs-onec", {}, "Did you mean dag/runs-once?"),
        (LAW, {"kind": "chaso"}, "kind: 'chaso' is unknown; did you mean 'chaos'"),
        (
            LAW,
            {"pipeline": {"name": "p", "stages": [{"name": "a", "function": "no.such:stage"}]}},
            "Cannot import 'no.such:stage'",
        ),
    ],
)
def test_a_mistake_is_one_line_and_keeps_nothing(add, run, scenario, law, change, expected):
    before = files(run)
    said = add(scenario(**change), law)
    assert (said.code, said.out) == (64, "")
    assert expected in said.err.splitlines()[-1]
    assert files(run) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("broken!", "SyntaxError"),
        ("import os; os._exit(3)", "exit 3"),
    ],
)
def test_a_module_that_cannot_be_imported_keeps_nothing(add, right_run, scenario, text, expected):
    raw = poisoned(right_run, scenario, "0")
    (right_run.stages / "custom_stages.py").write_text(text)
    said = add(raw, LAW)
    assert (said.code, said.out) == (64, "")
    assert expected in said.err.splitlines()[-1]
    assert proposals_of(right_run) == ()


def test_a_file_that_is_not_there_is_named(ptest, run):
    said = ptest("findings", "add", run.address, "--law", LAW, "--scenario", "no.json")
    assert said.code == 64
    assert "no.json" in said.err


def test_a_completed_run_tells_a_finding_that_is_added(add, run, blind, workspace):
    mission.resume(workspace, run, lambda _line: None)
    assert "PASS" in run.readme.read_text()
    assert add().code == 0
    report, readme = run.final_report.read_text(), run.readme.read_text()
    (finding,) = run.read_findings().findings
    for text in (report, readme, run.read_findings().metadata.summary):
        assert finding.id in text
    assert "1 proposal: 1 promoted" in report
    assert "**Verdict**: **FAIL**" in report or "**Verdict**: **NEEDS_WORK**" in report
    assert run.read_findings().metadata.status.value == "completed"
    assert kinds_of(run).count("run_completed") == 1
    check(run, workspace)


def test_a_mission_judges_every_proposal_again(add, run, blind, workspace):
    add()
    add(None, "dag/dependencies-first")
    outcome = mission.resume(workspace, run, lambda _line: None)
    states = [(one.state, one.finding) for one in proposals_of(run)]
    assert states == [("promoted", f"{ENTRY}-BUG-001"), ("rejected", None)]
    assert [one.id for one in outcome.record.proposals] == ["proposal-001", "proposal-002"]
    assert "2 proposals: 1 promoted, 1 rejected" in run.final_report.read_text()
    assert f"{ENTRY}-BUG-001" in [finding.id for finding in outcome.context.findings]
    assert validate_run(run) == ()


def test_the_number_of_a_proposal_is_never_given_again(add, right_run):
    add(None, "dag/dependencies-first")
    (right_run.evidence / "proposal-001.json").unlink()
    said = add(None, "dag/dependencies-first", "--json")
    assert said.json["proposal"] == "proposal-002"
