"""A run ranges its findings itself: the most severe first, and it says what it did not reach."""

import json
from dataclasses import replace

import pytest

from phases.test_mission_findings import context, shown  # noqa: F401 - a fixture
from production_testers.evidence.ranges import Answer, Observed, range_of
from production_testers.experiments.environments import Sut
from production_testers.experiments.releases import releases_of
from production_testers.model.errors import SutUnavailableError
from production_testers.phases import findings, ranging
from production_testers.phases.findings import record
from production_testers.phases.ranging import range_findings
from production_testers.workspace.proposals import (
    ProposalSource,
    ProposalState,
    new_proposal,
    proposals_of,
)
from production_testers.workspace.states import StateLog

SUT, VERSION = "stageflow-core", "1.2.0"
TOLD = {"name": SUT, "version": VERSION}
RELEASES = releases_of(SUT)
WORDS = "Last good 0.7.0, first bad 0.8.0; still in 1.2.0."
LAWS = {  # law, way → severity: critical, high, low
    "critical": ("dag/runs-once", "stage-never-ran"),
    "high": ("lifecycle/nothing-left-running", "after-failure"),
    "medium": ("cost/operations-per-stage", "superlinear"),
}


def ago(release):
    return Answer.HOLDS if release < "0.8" else Answer.BROKEN


@pytest.fixture
def asked(monkeypatch):
    """Fingerprints in the order in which they are ranged; nothing is executed nor installed."""
    seen = []

    def found(defect, releases, _tell, *, stop):
        if stop():
            return None
        seen.append(defect.fingerprint)
        answers = [
            releases.ask(one, None)
            if one in releases._absent
            else Observed(release=one, answer=ago(one))
            for one in releases.names
        ]
        return range_of(answers, VERSION)

    monkeypatch.setattr(ranging, "find_range", found)
    monkeypatch.setattr(ranging, "is_at_hand", lambda _sut: True)
    return seen


@pytest.fixture
def found(context, monkeypatch):  # noqa: F811
    """A run that has recorded defects of some severities, and tried no script for them."""
    monkeypatch.setattr(findings, "keep_script", lambda *_: {"why_not": "none was tried"})

    def make(*severities, day=14, budget_s=None):
        run = context(day=day)
        run.sut, run.description = (
            Sut(name=SUT, version=VERSION),
            {**TOLD, "capabilities": {}, "words": {}},
        )
        run.plan = replace(run.plan, budget_s=budget_s)
        defects = [
            shown(
                f"{severity:>016}".replace(" ", "0"),
                component=f"engine.{severity}",
                law=LAWS[severity][0],
                outcome_class=LAWS[severity][1],
                sut=TOLD,
            )
            for severity in severities
        ]
        record(run, defects)
        return run

    return make


def written(run):
    document = run.run.read_findings()
    return {one.severity.value: one for one in document.findings}


def test_every_finding_gets_its_range_the_most_severe_first(found, asked):
    run = found("medium", "critical", "high")
    range_findings(run, lambda: 0.0)
    assert [one.lstrip("0") for one in asked] == ["critical", "high", "medium"]
    for finding in written(run).values():
        told = finding.evidence["range"]
        assert (told["words"], finding.evidence["state"]) == (WORDS, "ranged")
        folder = run.run.evidence_of(finding.id)
        assert json.loads((folder / "range.json").read_text()) == told
        last = StateLog(folder).read()[-1]
        assert (last.state, last.detail) == ("ranged", f"{WORDS} Confidence high.")
        assert last.at.endswith("Z")
    events = [one for one in run.run.journal.read() if one["kind"] == "finding_ranged"]
    assert {one["finding"] for one in events} == {f.id for f in written(run).values()}


def test_what_the_plan_does_not_reach_is_verified_and_not_ranged(found, asked, monkeypatch):
    monkeypatch.setattr(ranging, "FINDINGS_MAX", 1)
    run = found("high", "critical")
    range_findings(run, lambda: 0.0)
    assert [one.lstrip("0") for one in asked] == ["critical"]
    evidence = written(run)["high"].evidence
    assert (evidence["state"], "range" in evidence) == ("verified", False)
    assert evidence["not_ranged"] == "a run ranges 1 findings within 60 s"
    assert "not_ranged" not in written(run)["critical"].evidence


@pytest.mark.parametrize(("spent", "ranged"), [(4.0, True), (5.0, False), (9.0, False)])
def test_the_budget_of_the_run_is_a_ceiling(found, asked, spent, ranged):
    run = found("high", budget_s=5.0)
    range_findings(run, lambda: spent)
    assert bool(asked) is ranged
    why = written(run)["high"].evidence.get("not_ranged")
    assert why == (None if ranged else "the budget of 5 s was used up")


def test_releases_that_cannot_be_installed_are_unknown_and_one_failure_is_enough(
    found, asked, monkeypatch
):
    tried = []

    def prepare(sut, *, seconds_max):
        tried.append((sut.version, seconds_max))
        raise SutUnavailableError("no registry answers")

    monkeypatch.setattr(ranging, "prepare", prepare)
    monkeypatch.setattr(ranging, "is_at_hand", lambda sut: sut.version >= "0.9")
    run = found("high")
    range_findings(run, lambda: 0.0)
    assert tried == [("0.2.0", ranging.INSTALLING_SECONDS_MAX)]
    told = written(run)["high"].evidence["range"]
    assert told["words"] == "Present in 0.9.0; unknown before it; still in 1.2.0."
    assert told["confidence"] == "low"
    unknown = [one for one in told["observed"] if one["answer"] == "unknown"]
    assert {one["detail"] for one in unknown} == {"not installed: no registry answers"}


def test_with_one_release_at_hand_there_is_no_range(found, asked, monkeypatch):
    def prepare(_sut, *, seconds_max):
        raise SutUnavailableError("no registry answers")

    monkeypatch.setattr(ranging, "prepare", prepare)
    monkeypatch.setattr(ranging, "is_at_hand", lambda sut: sut.version == VERSION)
    run = found("high")
    range_findings(run, lambda: 0.0)
    assert asked == []
    why = written(run)["high"].evidence["not_ranged"]
    assert why == "no other release is at hand; not installed: no registry answers"


def test_installing_releases_ends_with_its_share_of_the_allowance(found, asked, monkeypatch):
    installed = []
    monkeypatch.setattr(ranging, "prepare", lambda sut, **_: installed.append(sut.version))
    monkeypatch.setattr(ranging, "is_at_hand", lambda sut: sut.version == VERSION)
    monkeypatch.setattr(ranging, "stopwatch", lambda: lambda: 7.0 * len(installed))
    run = found("high")
    range_findings(run, lambda: 0.0)
    assert installed == ["0.2.0", "0.3.0", "0.5.0"]
    told = written(run)["high"].evidence["range"]
    assert {one["release"] for one in told["observed"] if one["answer"] == "unknown"} == {
        *RELEASES[3:-1]
    }


def test_a_range_that_was_asked_earlier_on_that_release_stands(found, asked, monkeypatch):
    first = found("high", day=14)
    range_findings(first, lambda: 0.0)
    monkeypatch.setattr(ranging, "FINDINGS_MAX", 0)
    later = found("high", day=15)
    range_findings(later, lambda: 0.0)
    finding = written(later)["high"]
    assert finding.evidence["range"] == written(first)["high"].evidence["range"]
    assert "not_ranged" not in finding.evidence
    last = StateLog(later.run.evidence_of(finding.id)).read()[-1]
    assert last.detail == f"{WORDS} Confidence high. Asked in {first.run.address}."


def test_of_another_release_it_does_not_stand(found, asked, monkeypatch):
    range_findings(found("high", day=14), lambda: 0.0)
    monkeypatch.setattr(ranging, "FINDINGS_MAX", 0)
    later = found("high", day=15)
    later.description = {"version": "1.1.0", "capabilities": {}, "words": {}}
    (later.run.evidence_of(later.findings[0].id) / "range.json").write_text("{}")
    range_findings(later, lambda: 0.0)
    assert "range" not in written(later)["high"].evidence
    assert not (later.run.evidence_of(later.findings[0].id) / "range.json").exists()


def test_what_has_no_releases_says_so(found, asked):
    run = found("high")
    run.sut = Sut(name="reference")
    range_findings(run, lambda: 0.0)
    assert written(run)["high"].evidence["not_ranged"] == ("'reference' has no releases to compare")


def test_a_proposal_is_a_duplicate_once_its_finding_turned_out_to_be_one(found, asked):
    run = found()
    both = [
        shown("aaaaaaaaaaaaaaaa", sut=TOLD),
        shown("bbbbbbbbbbbbbbbb", component="a script", features=("script:0123",), sut=TOLD),
    ]
    record(run, both)
    ours, scripts = sorted(run.findings, key=lambda one: str(one.fingerprint))
    promoted = new_proposal(run.run, ProposalSource.COMMAND, law="dag/runs-once").judged(
        ProposalState.PROMOTED, "it ended with 1", finding=scripts.id
    )
    run.proposals = [promoted]
    range_findings(run, lambda: 0.0)
    (told,) = run.proposals
    assert (told.state, told.finding) == (ProposalState.DUPLICATE, ours.id)
    assert proposals_of(run.run) == (told,)


def test_findings_of_one_cause_have_one_range(found, monkeypatch):
    """What one scenario cannot tell the other can, and nothing is good that one of them breaks."""
    run = found("critical", "high", "medium")
    critical, high, medium = sorted(run.findings, key=lambda one: one.severity.rank)
    cause = {**high.evidence, "same_cause": {"finding": critical.id}}
    at = run.findings.index(high)
    run.findings[at] = high.model_copy(update={"evidence": cause})
    first = {critical.fingerprint: "1.2.0", high.fingerprint: "1.0.0"}

    def asked(defect, releases, _tell, *, stop):
        known = first.get(defect.fingerprint)
        answers = [
            Observed(release=one, answer=Answer.BROKEN if one >= known else Answer.UNKNOWN)
            if known
            else Observed(release=one, answer=ago(one))
            for one in releases.names
        ]
        return range_of(answers, VERSION)

    monkeypatch.setattr(ranging, "find_range", asked)
    monkeypatch.setattr(ranging, "is_at_hand", lambda _sut: True)
    range_findings(run, lambda: 0.0)
    ranged = {one.id: one.evidence["range"]["words"] for one in run.run.read_findings().findings}
    both = "Present in 1.0.0; unknown before it; still in 1.2.0."
    assert ranged == {critical.id: both, high.id: both, medium.id: WORDS}
    last = StateLog(run.run.evidence_of(critical.id)).read()[-1]
    assert last.detail.endswith(f"Together with what {high.id} shows.")
