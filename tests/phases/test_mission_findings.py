"""A known defect keeps its id within an entry; another entry gives its own, and a link."""

import json
from dataclasses import replace
from typing import ClassVar

import pytest

from production_testers.evidence.defect import Defect, load_defect
from production_testers.evidence.pipeline import Shown
from production_testers.experiments.environments import Environment, Sut
from production_testers.experiments.exploration import CANDIDATES_PER_CLASS, KindReport
from production_testers.experiments.recipes import recipe_for
from production_testers.model.scenario import Kind
from production_testers.phases.allowance import Allowance, for_findings
from production_testers.phases.context import Plan, RunContext
from production_testers.phases.findings import minimised, record
from production_testers.phases.reporting import conclude
from production_testers.reports.finding_rows import AT_MOST_IN_FULL
from production_testers.reports.verdict import counted
from production_testers.workspace.documents import (
    EnvironmentDocument,
    FindingStatus,
    RunConfig,
)
from production_testers.workspace.run_folder import RunFolder

EXHIBIT = {"shape": "chain", "sizes": [8, 16]}
HERE, ELSEWHERE = "DAG-009", "CORE-001"


class Shrinking:
    """A pool that makes the scenario of schedule i small as the i-th answer says."""

    sut: ClassVar = {"name": "reference", "version": None}

    def __init__(self, *features):
        self.features = features

    def call(self, _job, arguments):
        needed = self.features[arguments["scenario"]["index"] % len(self.features)]
        return {
            "reproduced": True,
            "scenario": arguments["scenario"],
            "verdict": {"state": "broken", "summary": "s1 ran twice"},
            "executions": 12,
            "work": 1,
            "complete": True,
            "features": [needed],
            "component": "engine.run",
            "cures": [],
            "also_breaks": [],
            "fingerprint": f"{sum(map(ord, needed)):016x}",
        }


def explored(context, schedules):
    """The run's report of chaos, in which so many schedules broke one law in one way."""
    way = ("dag/runs-once", "stage-ran-twice")
    report = KindReport(kind=Kind.CHAOS, planned=schedules, schedules=schedules)
    report.broken[way] = schedules
    report.candidates += [
        {
            "law": way[0],
            "verdict": {"outcome_class": way[1], "summary": "s1 ran twice"},
            "index": index,
            "kind": "chaos",
            "scenario": {"index": index},
        }
        for index in range(min(schedules, CANDIDATES_PER_CLASS))
    ]
    context.reports[Kind.CHAOS] = report
    return context


@pytest.fixture
def context(workspace, tmp_path):
    """Makes a run that has explored and is about to record what it found."""

    def make(entry_id=HERE, day=14):
        entry = workspace.roadmap().entry(entry_id)
        run = RunFolder(workspace.runs_folder / entry_id / f"run-2026-01-{day}-001")
        run.draft(
            config=RunConfig(
                roadmap_entry_id=entry_id,
                roadmap_entry_title=entry.title,
                priority=entry.priority,
                risk_class=entry.risk,
                run_id=run.run_id,
                started_at=f"2026-01-{day}T09:00:00Z",
            ),
            environment=EnvironmentDocument(
                python_version="3.11.7", os="Linux", cpu="any", memory_gb=8, dependencies={}
            ),
        )
        return RunContext(
            workspace=workspace,
            run=run,
            entry=entry,
            recipe=recipe_for(entry_id),
            sut=Sut(name="reference"),
            environment=Environment(python=tmp_path, site_packages=None, packages={}),
            description={"version": None, "capabilities": {}, "words": {}},
            plan=Plan(seed=0, schedules={}, cost_sizes={}),
            tell=lambda _line: None,
        )

    return make


def shown(fingerprint="aaaaaaaaaaaaaaaa", features=("dependency",), **fields):
    defect = Defect(
        **{
            "law": "dag/runs-once",
            "outcome_class": "stage-ran-twice",
            "component": "engine.run",
            "features": features,
            "fingerprint": fingerprint,
            "verdict": {"state": "broken", "summary": "s1 ran twice"},
            "exhibit": EXHIBIT,
            "digest": "d",
            "sut": {"name": "reference", "version": None},
            "kinds": {"chaos": 3},
            **fields,
        }
    )
    return Shown(defect=defect.with_step("verified", "once more"), history="{}\n")


def ids(context):
    return [finding.id for finding in context.findings]


def test_a_new_defect_is_confirmed_and_gets_the_next_id(context):
    run = context()
    record(run, [shown(), shown("bbbbbbbbbbbbbbbb", component="other")])
    assert len(set(ids(run))) == 2
    assert run.new_ids == set(ids(run))
    assert {finding.status for finding in run.findings} == {FindingStatus.CONFIRMED}
    assert run.run.read_findings().findings == tuple(run.findings)
    assert run.run.read_findings().metadata.total_findings == 2


def test_a_known_defect_keeps_its_id_and_is_not_new(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown()])
    record(second, [shown()])
    assert ids(second) == ids(first)
    assert second.findings[0].created_at == first.findings[0].created_at
    assert second.new_ids == set()


def test_a_known_defect_in_a_larger_disguise_keeps_its_id(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown(features=("dependency",))])
    record(second, [shown("bbbbbbbbbbbbbbbb", features=("dependency", "fault:raise"))])
    assert ids(second) == ids(first)


def test_what_needs_less_than_a_known_defect_is_new(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown(features=("dependency", "fault:raise"))])
    record(second, [shown("bbbbbbbbbbbbbbbb", features=("dependency",))])
    assert ids(second) != ids(first)
    assert second.new_ids == set(ids(second))


def test_what_a_user_decided_about_a_known_defect_stays(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown()])
    document = first.run.read_findings()
    decided = document.findings[0].model_copy(update={"status": FindingStatus.WONT_FIX})
    first.run.write_findings(document.with_findings([decided]))
    record(second, [shown()])
    assert second.findings[0].status is FindingStatus.WONT_FIX


def test_a_defect_of_another_entry_gets_its_own_id_status_and_link(context):
    first, other = context(), context(ELSEWHERE)
    record(first, [shown()])
    record(other, [shown()])
    (duplicate,) = other.findings
    assert duplicate.id.startswith(f"{ELSEWHERE}-")
    assert duplicate.status is FindingStatus.DUPLICATE
    assert duplicate.related_findings == (first.findings[0].id,)
    assert other.new_ids == set()
    aggregate = first.workspace.aggregate()
    assert [finding.id for finding in aggregate.findings] == ids(first)


def test_a_third_entry_links_to_the_original_not_to_a_duplicate(context):
    contexts = [context(name) for name in (HERE, ELSEWHERE, "DAG-006")]
    for one in contexts:
        record(one, [shown()])
    original = contexts[0].findings[0].id
    assert [one.findings[0].related_findings for one in contexts] == [(), (original,), (original,)]


def test_one_known_id_never_tells_two_defects_of_a_run(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown(features=("dependency",))])
    larger = [
        shown("bbbbbbbbbbbbbbbb", features=("dependency", "fault:raise")),
        shown("cccccccccccccccc", features=("caller-cancels", "dependency")),
        shown(features=("dependency",)),
    ]
    record(second, larger)
    assert len(set(ids(second))) == 3
    by_fingerprint = {finding.fingerprint: finding.id for finding in second.findings}
    assert by_fingerprint["aaaaaaaaaaaaaaaa"] == ids(first)[0]
    evidence = {path.name for path in second.run.evidence.iterdir() if path.is_dir()}
    assert evidence == set(ids(second))


def test_two_disguises_of_a_known_defect_do_not_share_its_id(context):
    first, second = context(day=14), context(day=15)
    record(first, [shown(features=("dependency",))])
    raised = shown("bbbbbbbbbbbbbbbb", features=("dependency", "fault:raise"))
    cancelled = shown("cccccccccccccccc", features=("caller-cancels", "dependency"))
    record(second, [raised, cancelled])
    assert len(set(ids(second))) == 2
    assert second.new_ids == set(ids(second)) - set(ids(first))


def test_recording_again_gives_the_same_ids_and_drops_what_is_gone(context):
    run = context()
    record(run, [shown(), shown("bbbbbbbbbbbbbbbb", component="other")])
    before = {finding.fingerprint: finding.id for finding in run.findings}
    record(run, [shown("bbbbbbbbbbbbbbbb", component="other")])
    (kept,) = run.findings
    assert kept.id == before["bbbbbbbbbbbbbbbb"]
    assert [path.name for path in run.run.evidence.iterdir() if path.is_dir()] == [kept.id]


def recorded(run, workers):
    small = minimised(run, workers, for_findings(None))
    defects = [replace(one, exhibit=EXHIBIT) for one in small]
    record(run, [Shown(defect=one.with_step("verified", "once more")) for one in defects])
    return run.run.read_findings().findings


def test_thirty_schedules_of_one_bug_are_one_finding_with_their_count(context):
    (finding,) = recorded(explored(context(), 30), Shrinking("dependency"))
    assert finding.evidence["seen"] == {"kinds": {"chaos": 30}, "schedules": 30}


def test_thirty_runs_with_other_seeds_give_one_id(context):
    given = set()
    for day in range(1, 31):
        (finding,) = recorded(explored(context(day=f"{day:02d}"), 1), Shrinking("dependency"))
        given.add((finding.id, finding.fingerprint))
    assert len(given) == 1


def test_two_bugs_behind_one_way_of_breaking_a_law_do_not_both_claim_its_schedules(context):
    two = recorded(explored(context(), 30), Shrinking("dependency", "caller-cancels"))
    assert len(two) == 2
    for finding in two:
        assert finding.evidence["seen"] == {
            "kinds": {"chaos": 2},
            "schedules": 2,
            "broken_so": 30,
        }


def test_findings_json_holds_all_however_many_the_report_tells_in_full(context):
    run = context()
    count = AT_MOST_IN_FULL + 5
    record(run, [shown(f"{n:016x}", component=f"engine.part{n}") for n in range(count)])
    written = run.run.read_findings().findings
    assert len(written) == len({finding.id for finding in written}) == count
    assert all(run.run.evidence_of(finding.id).is_dir() for finding in written)


def test_evidence_stands_where_the_finding_says_and_reads_back(context):
    run = context()
    one = shown()
    record(run, [one])
    (finding,) = run.findings
    file = run.run.path / finding.attachments[0].path
    assert json.loads(file.read_text())["finding"] == finding.id
    assert load_defect(file) == load_defect(file.parent) == one.defect
    assert (file.parent / "history.jsonl").read_text() == "{}\n"
    assert finding.reproduction.steps[0] == f"ptest replay {finding.id}"


def test_what_a_gate_turned_down_is_kept_with_the_reason(context):
    run = context()
    run.rejected.append(shown().defect.with_step("attributed", "the reference, too", passed=False))
    record(run, [])
    (rejected,) = json.loads((run.run.evidence / "rejected.json").read_text())["rejected"]
    assert rejected["steps"][-1]["detail"] == "the reference, too"
    assert run.run.read_findings().findings == ()


SPENT = Allowance(0.0, "the allowance for findings, 0 s, was used up")


def explored_twice(run):
    """Two ways of breaking laws."""
    report = explored(run, 30).reports[Kind.CHAOS]
    less = ("dag/status-effect", "retry-is-success")
    report.broken[less] = 7
    report.candidates.append(
        {**report.candidates[0], "law": less[0], "verdict": {"outcome_class": less[1]}}
    )
    return run


def test_without_time_only_the_worst_is_made_small_and_the_rest_is_told(context):
    run = explored_twice(context())
    (worst,) = minimised(run, Shrinking("dependency", "caller-cancels"), SPENT)
    assert (worst.law, worst.kinds) == ("dag/runs-once", {"chaos": 30})
    (other,) = run.unreached
    assert (other.law, other.state, other.kinds) == ("dag/status-effect", "proposed", {"chaos": 7})


def test_with_time_nothing_is_left(context):
    run = explored_twice(context())
    assert len(minimised(run, Shrinking("dependency"), for_findings(None))) == 2
    assert run.unreached == []


def test_what_was_not_reached_is_kept_told_and_makes_a_run_inconclusive(context):
    run = context()
    before = conclude(run)
    run.unreached.append(shown().defect.with_step("reproduced", "3 of 3 new processes"))
    run.unreached_why = SPENT.why
    after = conclude(run)
    assert (before.truncated, after.truncated, after.conclusive) == (False, True, False)
    (reason,) = set(after.reasons) - set(before.reasons)
    assert reason.endswith(f"reproduced, not verified, because {SPENT.why}.")
    record(run, [])
    kept = json.loads((run.run.evidence / "rejected.json").read_text())
    assert [one["steps"][-1]["state"] for one in kept["not_reached"]] == ["reproduced"]
    assert kept["rejected"] == []


@pytest.mark.parametrize(("budget", "seconds"), [(None, 300.0), (20.0, 20.0), (900.0, 300.0)])
def test_proving_takes_no_longer_than_exploring_may(budget, seconds):
    assert for_findings(budget).seconds == seconds


LEFT = "lifecycle/nothing-left-running"
CURE = "stop_tasks engine.run"


def of_one_cause(**fields):
    """Two defects of which an experiment tells that they have one cause, the larger one first."""
    common = {"law": LEFT, "cures": (CURE,), **fields}
    larger = shown(
        "bbbbbbbbbbbbbbbb",
        features=("caller-cancels", "idempotency-key"),
        outcome_class="cancellation-ignored",
        also_breaks=((LEFT, "after-cancellation"),),
        **common,
    )
    return larger, shown(features=("caller-cancels",), outcome_class="after-cancellation", **common)


def test_two_ways_to_one_attribute_that_runs_share_are_one_finding(context):
    run = context()
    common = {"cures": ("keep_per_run engine.run self.token",)}
    more = shown("bbbbbbbbbbbbbbbb", features=("dependency", "reordering"), **common)
    record(run, [more, shown(features=("fault:raise",), **common)])
    simple, larger = sorted(run.findings, key=lambda one: str(one.fingerprint))
    assert (larger.status, larger.related_findings) == (FindingStatus.DUPLICATE, (simple.id,))
    assert (
        f"Same cause as {simple.id}: the law holds in both smallest scenarios when every run has"
        " its own value of self.token in `engine.run`."
    ) in larger.description
    assert counted(run.findings) == (simple,)


def test_a_finding_with_the_cause_of_another_one_is_its_duplicate_and_says_why(context):
    run = context()
    record(run, of_one_cause())
    assert [one.defect.fingerprint for one in of_one_cause()] == ["b" * 16, "a" * 16]
    by_fingerprint = {finding.fingerprint: finding for finding in run.findings}
    simple, larger = by_fingerprint["a" * 16], by_fingerprint["b" * 16]
    assert simple.status is FindingStatus.CONFIRMED
    assert "same_cause" not in simple.evidence
    assert larger.status is FindingStatus.DUPLICATE
    assert larger.related_findings == (simple.id,)
    assert larger.evidence["same_cause"]["finding"] == simple.id
    assert larger.evidence["same_cause"]["cure"] == CURE
    assert f"Same cause as {simple.id}" in larger.description
    assert "the tasks that `engine.run` starts are stopped" in larger.description
    assert [finding.id for finding in counted(run.findings)] == [simple.id]
    aggregate = run.workspace.aggregate()
    assert [finding.id for finding in aggregate.findings] == [simple.id]


def test_the_cause_may_be_known_from_another_entry(context):
    first, other = context(), context(ELSEWHERE)
    larger, simple = of_one_cause()
    record(first, [simple])
    record(other, [larger])
    (finding,) = other.findings
    assert finding.status is FindingStatus.DUPLICATE
    assert finding.related_findings == (first.findings[0].id,)
    again = context("DAG-006")
    record(again, of_one_cause())
    assert {one.related_findings for one in again.findings} == {(first.findings[0].id,)}
    assert [finding.id for finding in counted(again.findings)] == [
        one.id for one in again.findings if one.fingerprint == "a" * 16
    ]
    aggregate = first.workspace.aggregate()
    assert [finding.id for finding in aggregate.findings] == ids(first)


@pytest.mark.parametrize("status", [FindingStatus.RESOLVED, FindingStatus.WONT_FIX])
def test_a_closed_finding_stands_for_no_other(context, status):
    first, other = context(), context(ELSEWHERE)
    larger, simple = of_one_cause()
    record(first, [simple])
    document = first.run.read_findings()
    closed = document.findings[0].model_copy(update={"status": status})
    first.run.write_findings(document.with_findings([closed]))
    record(other, [larger])
    assert other.findings[0].status is FindingStatus.CONFIRMED


def test_what_a_person_decided_stays_though_the_cause_is_another_one_s(context):
    first, second = context(day=14), context(day=15)
    larger, simple = of_one_cause()
    record(first, [larger])
    document = first.run.read_findings()
    decided = document.findings[0].model_copy(update={"status": FindingStatus.WONT_FIX})
    first.run.write_findings(document.with_findings([decided]))
    record(second, [larger, simple])
    by_fingerprint = {finding.fingerprint: finding for finding in second.findings}
    assert by_fingerprint["b" * 16].status is FindingStatus.WONT_FIX
    assert by_fingerprint["b" * 16].related_findings == (by_fingerprint["a" * 16].id,)


def timing_dependent():
    return shown(law="merge/timing-independent", outcome_class="depends-on-timing")


def test_what_no_framework_promises_is_a_matter_of_taste(context):
    run = context()
    promise = {"quote": "in insertion order", "file": "inputs.py", "line": 3}
    run.description["capabilities"]["merged_lookup"] = promise
    record(run, [timing_dependent()])
    (finding,) = run.findings
    assert (finding.type.value, finding.severity.value) == ("improvement", "low")
    assert finding.id == f"{HERE}-IMP-001"
    assert (
        "does not promise that. The nearest words are “in insertion order”" in finding.description
    )
    assert "matter of taste" in finding.evidence["why_severity"]
    assert finding.evidence["expected_source"] == ""


def test_the_same_is_a_defect_of_a_framework_that_promises_it(context):
    run = context()
    run.description["capabilities"]["stable_lookup"] = None
    record(run, [timing_dependent()])
    (finding,) = run.findings
    assert (finding.type.value, finding.severity.value) == ("bug", "high")
