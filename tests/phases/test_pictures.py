"""Pictures are drawn where there is something to see, once, and attached to what they show."""

import struct
from dataclasses import replace
from functools import partial

import pytest

from production_testers.evidence.defect import Defect
from production_testers.evidence.pipeline import Shown
from production_testers.experiments.environments import Environment, Sut
from production_testers.experiments.recipes import recipe_for
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.history import Event, EventKind, History
from production_testers.model.scenario import Kind, RunRequest, Scenario
from production_testers.model.scenario_format import to_json
from production_testers.phases import pictures
from production_testers.phases.context import Plan, RunContext
from production_testers.phases.findings import record
from production_testers.reports.charts.drawing import draw
from production_testers.workspace.atomic import write_json
from production_testers.workspace.documents import EnvironmentDocument, RunConfig
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_run

ENTRY = "DAG-009"
COSTS = {
    "chain": {
        "points": [[8, 100], [16, 400]],
        "verdicts": {"cost/operations-per-stage": {"state": "broken"}},
    }
}


@pytest.fixture
def context(workspace, tmp_path):
    """A run that is about to record what it found."""
    entry = workspace.roadmap().entry(ENTRY)
    run = RunFolder(workspace.runs_folder / ENTRY / "run-2026-01-14-001")
    run.draft(
        config=RunConfig(
            roadmap_entry_id=ENTRY,
            roadmap_entry_title=entry.title,
            priority=entry.priority,
            risk_class=entry.risk,
            run_id=run.run_id,
            started_at="2026-01-14T09:00:00Z",
        ),
        environment=EnvironmentDocument(
            python_version="3.11.7", os="Linux", cpu="any", memory_gb=8, dependencies={}
        ),
    )
    return RunContext(
        workspace=workspace,
        run=run,
        entry=entry,
        recipe=recipe_for(ENTRY),
        sut=Sut(name="reference"),
        environment=Environment(python=tmp_path, site_packages=None, packages={}),
        description={"version": None, "capabilities": {}, "words": {}},
        plan=Plan(seed=0, schedules={}, cost_sizes={}),
        tell=lambda _line: None,
    )


def never_ran():
    """A defect with a schedule to show."""
    scenario = Scenario(
        kind=Kind.CHAOS,
        pipeline=chain(2),
        requests=(RunRequest(key="r0", input={}, identity=identity_of(0, 0)),),
    )
    history = History(
        (
            Event(seq=0, time_ns=0, kind=EventKind.RUN_STARTED, run="r0"),
            Event(
                seq=1,
                time_ns=1_000_000,
                kind=EventKind.RUN_ENDED,
                run="r0",
                value={"outcome": "completed"},
            ),
        )
    )
    return Shown(
        defect=defect(
            "dag/runs-once",
            "stage-never-ran",
            exhibit={"scenario": to_json(scenario)},
            verdict={"summary": "s1 of r0 never ran", "events": [1], "run": ""},
        ),
        history=history.dump(),
    )


def defect(law, outcome_class, **fields):
    return Defect(
        law=law,
        outcome_class=outcome_class,
        component="engine.run",
        features=(),
        fingerprint=f"{law}{outcome_class}"[:16],
        digest="",
        sut={"name": "reference", "version": None},
        kinds={"chaos": 1},
        **fields,
    ).with_step("verified", "once more")


def superlinear():
    return Shown(
        defect=defect(
            "cost/operations-per-stage",
            "superlinear",
            exhibit={"shape": "chain", "sizes": [8, 16]},
            verdict={"summary": "n^2", "events": [], "run": ""},
        ),
        history="",
    )


def attached(context):
    return {
        finding.id: [file.path for file in finding.attachments if file.type == "screenshot"]
        for finding in context.run.read_findings().findings
    }


def drawn(context):
    return sorted(path.name for path in context.run.screenshots.iterdir())


@pytest.fixture
def without_renderer(monkeypatch):
    """Somebody has installed the package without its renderer."""
    missing = partial(draw, renderer=("no-such-program-anywhere",))
    monkeypatch.setattr(pictures, "draw", missing)


@pytest.mark.slow
def test_a_finding_gets_the_timeline_of_its_schedule_or_the_growth_of_work(context):
    write_json(context.run.metrics / "cost.json", COSTS)
    for name in ("latency", "throughput", "resource_usage"):
        write_json(context.run.metrics / f"{name}.json", {})
    record(context, [never_ran(), superlinear()])
    pictures.draw_pictures(context)
    bug, perf = f"{ENTRY}-BUG-001", f"{ENTRY}-IMP-001"
    assert attached(context) == {
        bug: [f"results/screenshots/timeline_{bug}.png"],
        perf: ["results/screenshots/work.png"],
    }
    for (path,) in attached(context).values():
        image = (context.run.path / path).read_bytes()
        assert image.startswith(b"\x89PNG")
        assert struct.unpack(">I", image[16:20]) == (1_800,)
    assert [picture.subject for picture in context.pictures] == ["work", "timeline"]
    assert context.pictures[1].title == f"{bug}: s1 of r0 never ran"
    assert context.pictures_missing == ""
    assert tuple(context.findings) == context.run.read_findings().findings
    assert validate_run(context.run) == ()


@pytest.mark.slow
def test_drawing_again_replaces_ours_and_keeps_what_a_person_has_put_there(context):
    record(context, [never_ran()])
    pictures.draw_pictures(context)
    first = context.run.screenshots / f"timeline_{ENTRY}-BUG-001.png"
    before = first.read_bytes()
    (context.run.screenshots / "whiteboard.png").write_bytes(b"ours")
    (context.run.screenshots / "latency.png").write_bytes(b"of an attempt that measured")
    record(context, [never_ran()])
    pictures.draw_pictures(context)
    assert drawn(context) == [first.name, "whiteboard.png"]
    assert first.read_bytes() == before
    assert len(attached(context)[f"{ENTRY}-BUG-001"]) == 1
    record(context, [])
    pictures.draw_pictures(context)
    assert drawn(context) == ["whiteboard.png"]


def test_without_anything_to_see_there_is_no_folder(context):
    context.run.screenshots.mkdir(parents=True)
    (context.run.screenshots / "work.png").write_bytes(b"of an earlier attempt")
    record(context, [])
    pictures.draw_pictures(context)
    assert not context.run.screenshots.exists()
    assert context.pictures == ()
    assert context.pictures_missing == ""


def test_a_missing_renderer_is_no_reason_to_stop(context, without_renderer):
    record(context, [never_ran()])
    before = context.run.findings.read_bytes()
    pictures.draw_pictures(context)
    assert "no-such-program-anywhere" in context.pictures_missing
    assert context.pictures == ()
    assert attached(context) == {f"{ENTRY}-BUG-001": []}
    assert context.run.findings.read_bytes() == before
    assert not context.run.screenshots.exists()


def test_a_finding_without_a_history_has_no_timeline(context, without_renderer):
    record(context, [replace(never_ran(), history="")])
    pictures.draw_pictures(context)
    assert context.pictures_missing == ""
