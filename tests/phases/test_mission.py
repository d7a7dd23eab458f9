"""A run from its first second to its last, on the reference executor with a tiny plan."""

import errno
import json
import os
import shutil
import textwrap
from collections import Counter
from dataclasses import replace

import pytest

from phases.tiny import ENTRY, damaged_json, digests, kinds_of, silent, use_tiny_plan
from production_testers.cli.app import call
from production_testers.experiments import recipes
from production_testers.experiments.environments import Sut
from production_testers.mocks.datasets import SCENARIOS
from production_testers.model.errors import (
    PtestError,
    RunInterruptedError,
    SutUnavailableError,
    UsageError,
)
from production_testers.model.scenario import Kind
from production_testers.phases import environment, mission, testing
from production_testers.phases import findings as findings_phase
from production_testers.workspace import atomic
from production_testers.workspace.validation import validate_root, validate_run
from production_testers.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

GENERAL = "LLM-OPS-001"
REQUIRED = (
    "README.md",
    "findings.json",
    "FINAL_REPORT.md",
    "config/run_config.json",
    "config/environment.json",
    "dx_evaluation/scores.json",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, pristine):
    """One run with nothing left out but the size of its plan."""
    root = tmp_path_factory.mktemp("whole") / "production-testers"
    shutil.copytree(pristine, root)
    place = Workspace(root)
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_plan(patch, with_experiments=True)
        options = mission.Options(sut=Sut.parse("reference"), seed=3)
        return mission.start(place, place.roadmap().entry(ENTRY), options, silent)


def test_a_whole_run_is_completed_valid_and_passes(whole):
    run = whole.context.run
    assert run.read_findings().metadata.status.value == "completed"
    assert run.read_findings().metadata.completed_at is not None
    assert whole.record.verdict.value == "PASS"
    assert whole.conclusion.conclusive
    assert validate_run(run) == ()
    assert validate_root(whole.context.workspace) == ()


def test_a_whole_run_is_journalled_from_start_to_end(whole):
    kinds = kinds_of(whole.context.run)
    assert kinds[0] == "run_started"
    assert kinds[-1] == "run_completed"
    assert Counter(kinds)["phase_started"] == Counter(kinds)["phase_completed"] == 6
    assert whole.context.run.journal.phases_completed() == {
        *("research", "environment", "pipelines", "tests", "dx", "report"),
    }


def test_findings_reflect_the_journal(whole):
    run = whole.context.run
    recorded = [e["finding"] for e in run.journal.read() if e["kind"] == "finding_recorded"]
    document = run.read_findings()
    assert [finding.id for finding in document.findings] == recorded
    assert document.metadata.total_findings == len(recorded)
    assert f"{len(recorded)} findings logged" in run.readme.read_text()
    aggregate = json.loads(whole.context.workspace.aggregate_file.read_text())
    assert aggregate["total_runs"] == 1


def test_what_was_used_is_what_the_configuration_says(whole):
    parameters = whole.context.run.read_config().test_parameters.as_json()
    assert parameters["seed"] == 3
    assert parameters["schedules"] == {kind.value: 3 for kind in Kind}
    assert parameters["real"] == {"concurrency": 5, "seconds": 0.8}
    assert parameters["duration_seconds"] == 0.8
    variants = SCENARIOS[whole.context.recipe.data].variants
    assert parameters["data_volume"] == f"{20 * len(variants)}_records"


def test_the_folder_s_own_tests_were_run(whole):
    outcomes = Counter(test.outcome for test in whole.record.tests)
    assert outcomes["passed"] > 20
    assert outcomes["failed"] == outcomes["error"] == 0
    assert {test.category for test in whole.record.tests} >= {"correctness", "scalability"}


def test_the_report_shows_the_pictures_that_were_drawn(whole):
    run, report = whole.context.run, whole.context.run.final_report.read_text()
    drawn = {path.name for path in run.screenshots.iterdir()}
    subjects = ("latency", "throughput", "memory", "timeline-of-load", "work", "laws")
    assert drawn == {f"{subject}.png" for subject in subjects}
    assert {picture.path for picture in whole.record.pictures} == {
        f"results/screenshots/{name}" for name in drawn
    }
    for picture in whole.record.pictures:
        assert report.count(f"]({picture.path})") == 1
    assert "Pictures could not be drawn" not in report


def test_the_required_files_are_there_from_the_first_second(workspace, quick, start, monkeypatch):
    seen = {}

    def look(context):
        run = context.run
        seen["files"] = [name for name in REQUIRED if (run.path / name).is_file()]
        seen["status"] = run.read_findings().metadata.status.value
        seen["drafts"] = [
            path.name
            for path in (run.final_report, run.friction_points, run.suggestions)
            if "Draft" in path.read_text()
        ]
        seen["completed"] = "**Completed**: —" in run.readme.read_text()
        seen["problems"] = validate_run(run)
        raise KeyboardInterrupt

    monkeypatch.setattr(mission, "_build", look)
    with pytest.raises(RunInterruptedError):
        start()
    assert seen == {
        "files": list(REQUIRED),
        "status": "in_progress",
        "drafts": ["FINAL_REPORT.md", "friction_points.md", "suggestions.md"],
        "completed": True,
        "problems": (),
    }


def test_one_seed_gives_one_exploration_and_another_gives_another(quick, start):
    first, second, other = (start(seed=seed).context.run for seed in (5, 5, 6))
    assert first.run_id != second.run_id
    assert digests(first) == digests(second)
    assert set(digests(first)) == {kind.value for kind in Kind}
    assert all(digests(first)[kind] != digests(other)[kind] for kind in digests(first))
    assert (first.mock_data / "manifest.json").read_bytes() == (
        second.mock_data / "manifest.json"
    ).read_bytes()


def test_a_longer_plan_begins_with_the_shorter_one(quick, start, monkeypatch):
    short = start(seed=5, kinds=(Kind.CHAOS,)).context.reports[Kind.CHAOS]
    longer = replace(recipes.RECIPES[ENTRY], schedules={Kind.CHAOS: 7})
    monkeypatch.setitem(recipes.RECIPES, ENTRY, longer)
    long = start(seed=5, kinds=(Kind.CHAOS,)).context.reports[Kind.CHAOS]
    assert (short.schedules, long.schedules) == (3, 7)
    assert short.interleavings < long.interleavings


def test_an_entry_without_a_recipe_is_inconclusive(quick, workspace, capsys):
    arguments = ["run", GENERAL, "--sut", "reference", "--json", "--workspace"]
    code = call([*arguments, str(workspace.root)])
    said = json.loads(capsys.readouterr().out)
    assert code == said["exit_code"] == 2
    assert said["conclusive"] is False
    assert said["verdict"] == "PASS_WITH_CONCERNS"
    assert "there is no recipe for it" in said["inconclusive_reasons"][0]


def test_the_json_of_a_run_says_what_it_promises(quick, workspace, capsys):
    code = call(["run", ENTRY, "--sut", "reference", "--json", "--workspace", str(workspace.root)])
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert code == said["exit_code"] == 0
    assert "Tests: exploring schedules" in err
    (run,) = workspace.runs()
    assert said["run_dir"] == str(run.path)
    assert said["sut"] == {"name": "reference", "version": None}
    assert {"entry", "run_id", "status", "verdict", "seed", "duration_s", "findings"} <= set(said)
    exploration = said["exploration"]
    assert exploration["schedules"] == 15
    assert exploration["truncated"] is False
    assert exploration["steps"] > 0
    assert "timing/timeout-enforced" in exploration["laws_exercised"]


def test_a_budget_that_is_used_up_truncates_the_run(quick, workspace, capsys):
    arguments = ["--sut", "reference", "--budget", "0.000001", "--json", "--workspace"]
    code = call(["run", ENTRY, *arguments, str(workspace.root)])
    said = json.loads(capsys.readouterr().out)
    assert code == said["exit_code"] == 2
    assert said["exploration"]["truncated"] is True
    assert "0 of 3 planned schedules" in " ".join(said["inconclusive_reasons"])
    (run,) = workspace.runs()
    assert validate_run(run) == ()


def test_only_the_chosen_kinds_are_executed(quick, start):
    outcome = start(kinds=(Kind.BASELINE,))
    run = outcome.context.run
    assert set(digests(run)) == {"baseline"}
    assert outcome.context.costs == {}  # counting work belongs to stress
    assert run.read_config().test_parameters.as_json()["schedules"] == {"baseline": 3}
    assert validate_run(run) == ()


def test_a_missed_target_has_its_own_exit_code(quick, workspace, capsys):
    arguments = ["--sut", "reference", "--slo", "p99_ms=0.000001", "--json", "--workspace"]
    code = call(["run", ENTRY, *arguments, str(workspace.root)])
    said = json.loads(capsys.readouterr().out)
    assert code == said["exit_code"] == 3
    (missed,) = said["missed_targets"]
    assert missed.startswith("p99_ms is ")
    assert missed.endswith("target 1e-06")


@pytest.mark.parametrize("phase", ["_build", "exploring", "reporting"])
def test_an_interrupted_run_resumes_to_the_same_result(quick, workspace, start, monkeypatch, phase):
    undisturbed = start(seed=4).context.run

    def stop(*_arguments, **_more):
        raise KeyboardInterrupt

    place, name = {
        "_build": (environment, "write_data"),
        "exploring": (findings_phase, "find"),
        "reporting": (mission, "evaluate_experience"),
    }[phase]
    with monkeypatch.context() as broken:
        broken.setattr(place, name, stop)
        with pytest.raises(RunInterruptedError, match="ptest resume") as caught:
            start(seed=4)
    assert caught.value.exit_code == 75
    (run,) = [run for run in workspace.runs() if run.address != undisturbed.address]
    assert run.address in str(caught.value)
    assert run.read_findings().metadata.status.value == "in_progress"
    assert kinds_of(run)[-1] == "run_interrupted"
    assert validate_run(run) == ()

    outcome = mission.resume(workspace, run, silent)
    assert outcome.context.run.address == run.address
    assert run.read_findings().metadata.status.value == "completed"
    assert digests(run) == digests(undisturbed)
    assert kinds_of(run)[-1] == "run_completed"
    assert "run_resumed" in kinds_of(run)
    assert validate_run(run) == ()
    with pytest.raises(UsageError, match="is completed"):
        mission.resume(workspace, run, silent)


def test_an_interrupt_gives_exit_code_75(quick, workspace, monkeypatch, capsys):
    def stop(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(testing, "execute", stop)
    code = call(["run", ENTRY, "--sut", "reference", "--workspace", str(workspace.root)])
    out, err = capsys.readouterr()
    assert (code, out) == (75, "")
    (run,) = workspace.runs()
    assert f"ptest resume {run.address}" in err.splitlines()[-1]


def test_an_error_of_ours_fails_the_run_and_says_so(quick, workspace, start, monkeypatch):
    def fail(*_arguments):
        raise ZeroDivisionError("of ours")

    with monkeypatch.context() as broken:
        broken.setattr(testing, "execute", fail)
        with pytest.raises(PtestError, match="ZeroDivisionError: of ours") as caught:
            start()
    assert caught.value.exit_code == 70
    (run,) = workspace.runs()
    document = run.read_findings()
    assert document.metadata.status.value == "failed"
    assert document.metadata.completed_at is not None
    assert kinds_of(run)[-1] == "run_failed"
    assert "**Status**: failed" in run.readme.read_text()
    assert validate_run(run) == ()
    mission.resume(workspace, run, silent)  # once the error is mended
    assert run.read_findings().metadata.status.value == "completed"


def test_a_framework_that_goes_away_blocks_the_run(quick, workspace, start, monkeypatch):
    def gone(*_arguments):
        raise SutUnavailableError("The registry does not answer.")

    monkeypatch.setattr(findings_phase, "install_clean", gone)
    with pytest.raises(SutUnavailableError):
        start()
    (run,) = workspace.runs()
    assert run.read_findings().metadata.status.value == "blocked"
    assert kinds_of(run)[-1] == "run_blocked"
    assert validate_run(run) == ()


def test_an_edited_pipeline_counts(quick, workspace, start):
    run = start(seed=2, kinds=(Kind.BASELINE,)).context.run
    before = digests(run)
    edited = """
        from random import Random

        from production_testers.testing import (
            Kind, Latencies, Scenario, chain, requests
        )


        def pipeline():
            return chain(5)


        def scenario(random: Random):
            return Scenario(
                kind=Kind.BASELINE,
                pipeline=pipeline(),
                requests=requests(random, 1),
                latencies=Latencies(fixed={"*": 1.0}),
            )
    """
    (run.pipelines / "baseline.py").write_text(textwrap.dedent(edited))
    mission.resume(workspace, run, silent, again=True)
    assert digests(run) != before
    assert (run.pipelines / "baseline.py").read_text() == textwrap.dedent(edited)
    assert run.read_findings().metadata.status.value == "completed"
    traces = [json.loads(path.read_text()) for path in run.traces.iterdir()]
    names = {
        span["name"]
        for trace in traces
        for span in trace["resourceSpans"][0]["scopeSpans"][0]["spans"]
    }
    assert "stage s4" in names


def test_an_edited_template_is_in_the_next_run(quick, workspace, start):
    template = workspace.templates / "pipeline_templates" / "general" / "stress.py"
    template.write_text(template.read_text() + "\n# Mine.\n")
    run = start(kinds=(Kind.BASELINE,)).context.run
    assert (run.pipelines / "stress.py").read_text().endswith("# Mine.\n")


class FullDisk:
    """Files of one name take half of what they are given, from the moment that `full` is set."""

    def __init__(self, monkeypatch, victim):
        self.full = False
        self._victim = victim
        self._replace = atomic._replace
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(atomic, "_replace", self.replace)

    def replace(self, path, data):
        if not self.full or path.name != self._victim:
            return self._replace(path, data)
        fdopen = os.fdopen

        def half(handle, mode):
            file = fdopen(handle, mode, buffering=0)
            file.write(data[: len(data) // 2])
            file.close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with self._monkeypatch.context() as patch:
            patch.setattr(os, "fdopen", half)
            return self._replace(path, data)


@pytest.mark.parametrize("victim", ["exploration.json", "FINAL_REPORT.md", "findings.json"])
def test_a_full_disk_leaves_nothing_half_written(quick, workspace, start, monkeypatch, victim):
    disk = FullDisk(monkeypatch, victim)
    execute = testing.execute

    def fill_and_execute(*arguments):
        disk.full = True
        return execute(*arguments)

    monkeypatch.setattr(testing, "execute", fill_and_execute)
    with pytest.raises(PtestError, match=f"Cannot write .*{victim}: No space left") as caught:
        start(kinds=(Kind.BASELINE,))
    assert caught.value.exit_code == 70
    (run,) = workspace.runs()
    assert damaged_json(run) == []
    assert run.final_report.read_text().startswith("# Final report")
    assert f"Then go on with: ptest resume {run.address}" in str(caught.value)
    status = run.read_findings().metadata.status.value
    assert status == ("in_progress" if victim == "findings.json" else "failed")
    assert (kinds_of(run)[-1] == "run_failed") == (status == "failed")
    assert validate_run(run) == ()


@pytest.mark.parametrize("victim", ["findings.json", "run_config.json", "README.md"])
def test_a_disk_that_is_full_from_the_start_leaves_no_run(
    quick, workspace, start, monkeypatch, victim
):
    FullDisk(monkeypatch, victim).full = True
    with pytest.raises(PtestError, match="No space left") as caught:
        start()
    assert caught.value.exit_code == 70
    assert workspace.runs() == ()


def test_a_broken_findings_file_elsewhere_is_told_before_anything_is_made(quick, workspace, start):
    run = start(kinds=(Kind.BASELINE,)).context.run
    run.findings.write_text("{}")
    with pytest.raises(UsageError, match="metadata"):
        start()
    assert workspace.runs() == (run,)
