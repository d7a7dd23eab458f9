"""A minimal scenario is told in words that a maintainer understands."""

import pytest

from production_testers.evidence.growth import measured_in_words, measured_of
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.recipes import RECIPES
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.pipeline import PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)
from production_testers.model.scenario_format import to_json

GIVE = "production_testers.experiments.stages:give"


def told(*, pipeline=None, runs=1, faults=(), cancel_after_ms=None, fixed=None):
    scenario = Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline or chain(2),
        requests=tuple(
            RunRequest(
                key=f"r{i}",
                input={},
                identity=identity_of(i, i),
                start_ms=float(i),
                cancel_after_ms=cancel_after_ms if i == 0 else None,
            )
            for i in range(runs)
        ),
        faults=faults,
        latencies=Latencies(fixed={"*": 1.0, **(fixed or {})}),
    )
    return exhibit_in_words({"scenario": to_json(scenario)})


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_its_own_words(kind):
    (words,) = told(faults=(Fault(kind=kind, stage="s0"),))[2:]
    assert words.startswith("Stage s0 ")
    assert words.endswith(".")
    assert "_" not in words
    others = [
        told(faults=(Fault(kind=other, stage="s0"),))[2] for other in FaultKind if other != kind
    ]
    assert words not in others


def test_a_fault_says_in_which_run_and_for_how_long():
    slow = Fault(kind=FaultKind.SLOW, stage="s1", run="r1", milliseconds=12.5)
    always = Fault(kind=FaultKind.RAISE, stage="s0")
    assert told(runs=2, faults=(slow, always))[2:] == (
        "Stage s1 is slow in run r1 for 12.5 ms.",
        "Stage s0 raises in every run.",
    )


def test_the_pipeline_and_its_runs_come_first():
    pipeline = PipelineSpec(
        name="p",
        stages=(
            StageSpec(name="a", function=GIVE),
            StageSpec(name="b", function=GIVE, after=("a",), skippable=True),
            StageSpec(name="c", function=GIVE, after=("a", "b")),
        ),
        stage_timeout_ms=30.0,
    )
    assert told(pipeline=pipeline) == (
        "Pipeline: 3 stages: a, b (may be skipped) after a, c after a and b."
        " Every stage has a time-out of 30 ms.",
        "One run, r0.",
    )
    assert told(runs=2)[1] == "2 runs of one built pipeline: r0 at 0 ms, r1 at 1 ms."


def test_one_stage_is_no_stages_and_many_are_not_listed():
    assert told(pipeline=chain(1))[0] == "Pipeline: 1 stage: s0."
    assert told(pipeline=chain(40))[0] == "Pipeline: 40 stages, s0 to s39."


def test_cancelling_and_holding_are_told():
    words = told(cancel_after_ms=2.0, fixed={"r0/s1/0": 10.0})
    assert words[2] == "The run's caller cancels r0 2 ms after its start."
    assert words[3] == "Hold s1 of run r0: its work 0 takes 10 ms."


EVERY_SHAPE = {shape for recipe in RECIPES.values() for shape in recipe.cost_sizes}


@pytest.mark.parametrize(
    ("shape", "words", "counts"),
    [
        ("session_turns", "One session of 256 and 512 turns", "turn-count"),
        ("guarded_personal", "looked at by the check personal", "text-length"),
        ("observed_stages", "with somebody who listens", "stage-count"),
        ("runs_failed", "the third of which fails", "run-count"),
        ("requests", "the same few again and again", "run-count"),
    ],
)
def test_whatever_grows_is_told_by_what_was_counted(shape, words, counts):
    (only,) = exhibit_in_words({"shape": shape, "sizes": [256, 512]})
    assert words in only
    assert measured_of(shape).feature == counts
    assert "512" in measured_in_words(shape, [256, 512])


@pytest.mark.parametrize("shape", sorted(EVERY_SHAPE))
def test_every_shape_of_a_recipe_has_words(shape):
    (only,) = exhibit_in_words({"shape": shape, "sizes": [256, 512]})
    assert "256 and 512" in only


@pytest.mark.parametrize(("shape", "words"), [("chain", "a chain"), ("fan_out", "a fan-out")])
def test_measured_work_is_told_by_its_sizes(shape, words):
    (only,) = exhibit_in_words({"shape": shape, "sizes": [256, 512]})
    assert only == f"One run of {words} of 256 and 512 stages, all of them trivial."


def test_what_is_unusual_about_stages_runs_and_inputs_is_told():
    inner = PipelineSpec(name="inner", stages=(StageSpec(name="x", function=GIVE),))
    pipeline = PipelineSpec(
        name="p",
        stages=(
            StageSpec(name="a", function="mine:redact"),
            StageSpec(name="b", function=GIVE, kind=StageKind.WORK, after=("a",)),
            StageSpec(name="c", nested=inner),
        ),
    )
    words, _ = told(pipeline=pipeline)
    assert words == (
        "Pipeline: 3 stages: a (redact), b (kind work) after a, c (runs a pipeline: x)."
    )


@pytest.mark.parametrize(
    ("keys", "inputs", "words"),
    [
        (["k"], {"messages": [1, 2], "note": "x"}, "whose input holds 2 messages, note."),
        (["k"], {}, "One run, r0, with an idempotency key."),
        (["k", "k"], {}, "They carry the same idempotency key."),
        (["k", "l"], {}, "r1 at 0 ms."),
    ],
)
def test_keys_and_inputs_are_told(keys, inputs, words):
    scenario = Scenario(
        kind=Kind.CHAOS,
        pipeline=chain(1),
        requests=tuple(
            RunRequest(key=f"r{n}", input=inputs, identity=identity_of(n, n), idempotency_key=key)
            for n, key in enumerate(keys)
        ),
    )
    assert exhibit_in_words({"scenario": to_json(scenario)})[1].endswith(words)
