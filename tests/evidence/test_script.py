"""A script is short, valid and says what it claims, or there is a reason why there is none."""

import ast
import json

import pytest

from production_testers.evidence.repro.checks import CHECKS
from production_testers.evidence.repro.script import (
    LINES_MAX,
    Claim,
    NoScriptError,
    write_script,
)
from production_testers.evidence.repro.trying import try_script
from production_testers.experiments.workloads import GIVE
from production_testers.laws import LAWS

CLAIM = Claim(
    title="Stages go on", source='“It """stops""" \\d” (a.py:1)', sut="stageflow-core==1.2.0"
)


def scenario(**changes):
    stage = {"name": "a", "function": GIVE, "kind": "transform", "after": [], "params": {}}
    whole = {
        "kind": "chaos",
        "pipeline": {
            "name": "minimal",
            "stage_timeout_ms": None,
            "stages": [{**stage, "skippable": False}],
        },
        "requests": [
            {"key": "r0", "input": {}, "identity": [], "start_ms": 0.0, "cancel_after_ms": None}
        ],
        "faults": [],
        "latencies": {"seed": 0, "low": 1.0, "high": 1.0, "fixed": {"*": 1.0}},
        "services": {},
    }
    return {**whole, **changes}


@pytest.fixture
def written(defect):
    def write(shown=None, law="dag/runs-once", way="stage-ran-twice", history="", **more):
        broken = defect(
            law=law,
            outcome_class=way,
            exhibit={"scenario": shown or scenario()},
            sut={"name": "stageflow-core", "version": "1.2.0"},
        )
        return write_script(broken, history, CLAIM, **more)

    return write


def changed(**stage):
    whole = scenario()
    whole["pipeline"]["stages"][0].update(stage)
    return whole


@pytest.mark.parametrize(("law", "way"), CHECKS, ids=str)
def test_every_check_gives_a_valid_script_of_under_a_hundred_lines(written, law, way):
    faults = [{"kind": "raise", "stage": "a", "run": None, "milliseconds": 0.0}]
    text = written(scenario(faults=faults), law, way)
    tree = ast.parse(text)
    assert text.count("\n") < LINES_MAX
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"asyncio", "sys", "uuid", "inspect", "stageflow"}
    assert law in "".join(ast.get_docstring(tree).split()) or "…" in ast.get_docstring(tree)


@pytest.mark.parametrize(("law", "way"), CHECKS, ids=str)
def test_every_check_is_about_a_way_that_a_law_declares(law, way):
    assert way in LAWS[law].classes


def test_the_claim_stands_above_the_code(written):
    said = ast.get_docstring(ast.parse(written()))
    assert "Stages go on." in said
    assert "Actual on stageflow-core==1.2.0: s1 ran twice." in said
    assert "(a.py:1)" in said
    assert "0: it does not; 2: cannot tell" in said


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (changed(nested={"stages": []}), "nested pipeline"),
        (changed(skippable=True), "asks for others to be skipped"),
        (changed(function="pipelines.own:stage"), "no history"),
        (scenario(watch=True), "emits and logs"),
        (
            scenario(faults=[{"kind": "mutate_nested", "stage": "a", "run": None}]),
            "the fault mutate_nested",
        ),
        (
            scenario(requests=[{**scenario()["requests"][0], "start_ms": 90_000.0}]),
            "too long to play for real",
        ),
        (scenario(holds=[{"task": "main/r0[0]", "step": 2, "others": None}]), "it is latent"),
    ],
    ids=["nested", "skip", "own stage", "watched", "fault", "long", "latent"],
)
def test_a_scenario_that_has_no_words_gives_the_reason(written, shown, words):
    with pytest.raises(NoScriptError, match=words):
        written(shown)


def test_a_law_without_a_check_gives_the_reason(written):
    with pytest.raises(NoScriptError, match="no script judges scale/width, wide-pipeline-fails"):
        written(law="scale/width", way="wide-pipeline-fails")


def test_a_framework_without_a_dialect_gives_the_reason(defect):
    with pytest.raises(NoScriptError, match="how a pipeline of reference is written"):
        write_script(defect(), "", CLAIM)


def test_stages_that_do_more_last_as_long_as_the_history_shows(written):
    events = [
        {"kind": "stage_started", "run": "r0", "stage": "a", "attempt": 1, "time_ns": 0},
        {"kind": "stage_ended", "run": "r0", "stage": "a", "attempt": 1, "time_ns": 2_500_000},
    ]
    history = "\n".join(["{}", *map(json.dumps, events)])
    text = written(changed(function="pipelines.own:stage"), history=history)
    assert "WORK = {'r0/a/1': 2.5}" in text


def test_an_order_of_sets_is_tried_many_times(written):
    assert "for _ in range(200)" in written(attempts=200)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("print('it shows')\nraise SystemExit(1)", (1, "it shows")),
        ("print('not')", (0, "not")),
        ("raise SystemExit(print('who knows') or 2)", (2, "who knows")),
        ("raise OSError('broken')", (2, "OSError: broken")),
    ],
)
def test_a_script_that_falls_over_shows_nothing(tmp_path, source, expected):
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    (tmp_path / "repro.py").write_text(source)
    tried = try_script(Path(sys.executable), tmp_path / "repro.py")
    assert (tried.exit_code, tried.said) == expected
