"""What is demanded of every law, whatever it says."""

from dataclasses import replace

import pytest

from detection.executors import PLANTED
from detection.test_loads import SLOW
from production_testers.experiments.judging import judge
from production_testers.laws import LAWS, Category, FindingType, Law, Severity
from production_testers.laws.cost.kept_per_run import CLASS_OF
from production_testers.laws.law import Judgement
from production_testers.model.history import Event, EventKind, History
from production_testers.model.observation import CostPoint, Expected, Observation
from production_testers.model.pipeline import Identity, PipelineSpec, StageSpec
from production_testers.model.scenario import Kind, RunRequest, Scenario
from production_testers.model.semantics import Capability
from production_testers.model.verdict import State
from production_testers.suts.reference import ReferenceAdapter

GIVE = "production_testers.experiments.stages:give"
SUT = ReferenceAdapter().describe()
every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
ABOUT_PIPELINES = {law.id: law for law in LAWS.values() if law.units is None}
every_law_about_pipelines = pytest.mark.parametrize(
    "law", ABOUT_PIPELINES.values(), ids=ABOUT_PIPELINES
)


def observation(*events: tuple, outcomes=("completed",), **members) -> Observation:
    """Run r0 of `a` → `b`; an event is (kind, stage, value) or (kind, stage, value, time in ms)."""
    pipeline = PipelineSpec(
        name="two",
        stages=(
            StageSpec(name="a", function=GIVE),
            StageSpec(name="b", function=GIVE, after=("a",)),
        ),
        stage_timeout_ms=members.pop("stage_timeout_ms", None),
    )
    request = RunRequest(key="r0", input={}, identity=Identity(tenant="t", user="u", request="q"))
    made, attempts = [], {}
    for seq, (kind, stage, value, *at) in enumerate(events):
        if kind is EventKind.STAGE_STARTED:
            attempts[stage] = attempts.get(stage, 0) + 1
        time_ns = int((at[0] if at else seq) * 1e6)
        made.append(Event(seq, time_ns, kind, "r0", stage, attempts.get(stage, 0), value))
    return Observation(
        scenario=Scenario(kind=Kind.BASELINE, pipeline=pipeline, requests=(request,)),
        sut=SUT,
        history=History(tuple(made)),
        expected={
            "r0": Expected(
                outcomes=frozenset(outcomes),
                outputs={"a": "A", "b": "B"},
                executed=frozenset({"a", "b"}),
            )
        },
        **members,
    )


RUN = (EventKind.RUN_STARTED, "", {})
OK_A = {"status": "ok", "digest": "A"}
OK_B = {"status": "ok", "digest": "B"}


def started(stage, **value):
    return (EventKind.STAGE_STARTED, stage, value)


def ended(stage, value):
    return (EventKind.STAGE_ENDED, stage, value)


def returned(outcome="completed", stages=None):
    shown = {"a": ["ok", "A", None], "b": ["ok", "B", None]} if stages is None else stages
    return (EventKind.RUN_ENDED, "", {"outcome": outcome, "stages": shown})


GOOD = (
    RUN,
    started("a"),
    ended("a", OK_A),
    started("b", inputs={"a": "A"}),
    ended("b", OK_B),
    returned(),
)


@every_law_about_pipelines
def test_nothing_observed_is_unknown(law: Law):
    assert law.check(observation()).state is State.UNKNOWN


@every_law
def test_a_law_that_crashes_is_unknown(law: Law):
    def crash(_observation):
        raise ZeroDivisionError("planted")

    verdict = judge(observation(*GOOD), [replace(law, check=crash)])[law.id]
    assert verdict.state is State.UNKNOWN
    assert "planted" in verdict.summary


@every_law_about_pipelines
def test_a_good_run_breaks_nothing(law: Law):
    assert law.check(observation(*GOOD)).state is not State.BROKEN


@every_law
def test_a_law_says_what_it_is(law: Law):
    family, _, name = law.id.partition("/")
    assert family
    assert name
    assert law.statement[0].isupper()
    assert law.statement.endswith(".")
    assert law.category in Category
    assert law.capability in Capability
    assert law.classes
    assert set(law.gives_way_to) <= LAWS.keys()


@every_law
def test_every_way_to_break_a_law_has_a_title_a_severity_and_a_reason(law: Law):
    titles = [outcome_class.title for outcome_class in law.classes.values()]
    assert len(set(titles)) == len(titles)
    for slug, outcome_class in law.classes.items():
        assert slug == slug.lower().replace(" ", "-")
        assert outcome_class.title[0].isupper()
        assert outcome_class.severity in Severity
        assert outcome_class.why
        assert outcome_class.type in FindingType


def test_every_way_to_break_a_law_has_a_planted_bug_and_the_other_way_round():
    declared = {(law.id, slug) for law in ABOUT_PIPELINES.values() for slug in law.classes}
    assert {(bug.law, bug.outcome_class) for bug in PLANTED} | SLOW == declared


def test_every_law_stands_under_its_own_id():
    assert all(law.id == law_id for law_id, law in LAWS.items())


A_RAISED = (EventKind.STAGE_RAISED, "a", {"type": "ValueError"})
CANCELLED = (EventKind.RUN_CANCELLED, "", {}, 1)
BROKEN = [
    ("dag/runs-once", "stage-ran-twice", [RUN, started("a"), ended("a", OK_A), started("a")], {}),
    ("dag/runs-once", "stage-never-ran", [RUN, started("a"), ended("a", OK_A), returned()], {}),
    ("dag/dependencies-first", "started-too-early", [RUN, started("a"), started("b")], {}),
    ("dag/outputs-delivered", "output-missing", [*GOOD[:3], started("b", inputs={"a": None})], {}),
    ("dag/outputs-delivered", "output-differs", [*GOOD[:3], started("b", inputs={"a": "X"})], {}),
    ("dag/outputs-in-result", "result-missing", [*GOOD[:5], returned(stages={})], {}),
    (
        "dag/outputs-in-result",
        "result-differs",
        [*GOOD[:5], returned(stages={"a": ["ok", "X", None], "b": ["ok", "B", None]})],
        {},
    ),
    (
        "dag/failure-surfaces",
        "failure-swallowed",
        [RUN, started("a"), A_RAISED, returned()],
        {"outcomes": ["failed:a"]},
    ),
    (
        "dag/failure-surfaces",
        "wrong-stage-named",
        [RUN, started("a"), A_RAISED, returned("failed:b")],
        {"outcomes": ["failed:a"]},
    ),
    ("dag/failed-dependants", "dependant-ran", [RUN, started("a"), A_RAISED, started("b")], {}),
    (
        "dag/status-effect",
        "retry-is-success",
        [RUN, started("a"), ended("a", {"status": "retry"}), returned()],
        {},
    ),
    (
        "dag/status-effect",
        "started-after-cancel",
        [RUN, started("a"), ended("a", {"status": "cancel"}), (*started("b"), 9)],
        {},
    ),
    (
        "dag/status-effect",
        "skip-fails",
        [RUN, started("a"), ended("a", {"status": "skip"}), returned("failed:a")],
        {},
    ),
    (
        "lifecycle/nothing-left-running",
        "after-completion",
        [RUN, started("a"), returned(), ended("a", OK_A)],
        {},
    ),
    (
        "lifecycle/nothing-left-running",
        "after-failure",
        [RUN, started("a"), returned("failed:b")],
        {},
    ),
    (
        "lifecycle/nothing-left-running",
        "after-cancellation",
        [RUN, started("a"), CANCELLED, returned("cancelled"), ended("a", OK_A)],
        {},
    ),
    (
        "lifecycle/nothing-left-running",
        "cancellation-ignored",
        [RUN, CANCELLED, (*started("a"), 9), (*ended("a", OK_A), 9), returned()],
        {},
    ),
    (
        "timing/timeout-enforced",
        "not-stopped",
        [RUN, started("a"), (*ended("a", OK_A), 90)],
        {"stage_timeout_ms": 50.0},
    ),
    ("dag/outcome-allowed", "never-ends", [RUN, started("a")], {}),
    ("dag/outcome-allowed", "completes", [RUN, returned()], {"outcomes": ["failed:a"]}),
    ("dag/outcome-allowed", "fails", [RUN, returned("failed:a")], {}),
    ("dag/outcome-allowed", "cancelled", [RUN, returned("cancelled:a")], {}),
    ("dag/outcome-allowed", "refused", [returned("refused")], {}),
    (
        "cost/operations-per-stage",
        "superlinear",
        [],
        {"costs": (CostPoint(size=256, operations=10), CostPoint(size=512, operations=40))},
    ),
    (
        "cost/longest-step",
        "stalls",
        [],
        {
            "costs": (
                CostPoint(size=256, operations=100, longest=10),
                CostPoint(size=512, operations=200, longest=40),
            )
        },
    ),
    *(
        (
            "cost/kept-per-run",
            outcome_class,
            [],
            {
                "costs": (
                    CostPoint(size=250, operations=1_000, what=way),
                    CostPoint(size=500, operations=1_300, what=way),
                )
            },
        )
        for way, outcome_class in CLASS_OF.items()
    ),
]


@pytest.mark.parametrize(
    ("law", "outcome_class", "events", "members"), BROKEN, ids=[f"{b[0]}-{b[1]}" for b in BROKEN]
)
def test_a_break_is_told_with_its_class_and_its_events(law, outcome_class, events, members):
    verdict = LAWS[law].check(observation(*events, **members))
    assert (verdict.state, verdict.outcome_class) == (State.BROKEN, outcome_class)
    assert verdict.summary
    assert all(0 <= seq < len(events) for seq in verdict.events)


def test_a_retry_that_never_succeeds_may_be_blamed_for_a_failure_beside_it():
    events = [
        RUN,
        started("a"),
        ended("a", {"status": "retry"}),
        started("b"),
        (EventKind.STAGE_RAISED, "b", {}),
        returned("failed:a"),
    ]
    verdict = LAWS["dag/failure-surfaces"].check(
        observation(*events, outcomes=["failed:a", "failed:b"])
    )
    assert verdict.state is State.HOLDS


def test_two_small_pipelines_say_nothing_about_cost():
    costs = (CostPoint(size=10, operations=10), CostPoint(size=20, operations=1000))
    assert LAWS["cost/operations-per-stage"].check(observation(costs=costs)).state is State.UNKNOWN


def test_a_law_tells_every_way_in_which_it_is_broken():
    judgement = Judgement()
    said = [
        ("one", "never said", 0),
        ("two", "first of two", 3),
        ("two", "second of two", 4),
        ("three", "the rare one", 5),
    ]
    for name, summary, event in said:
        judgement.judge(name == "one", name, lambda: summary, event)  # noqa: B023 - called at once
    verdict = judgement.verdict()
    assert verdict.exercised == 4
    assert [way.outcome_class for way in verdict.ways()] == ["two", "three"]
    assert verdict.way("two").summary == "first of two"
    assert verdict.way("three").events == (5,)
    assert verdict.way("one") is None
    assert [way["outcome_class"] for way in verdict.as_json()["also"]] == ["three"]
