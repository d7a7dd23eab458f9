"""What a run must show before a hazard is called confirmed or rejected."""

from dataclasses import replace

import pytest

from production_testers.evidence.repairs import Repair
from production_testers.laws import LAWS
from production_testers.phases.research.decisions import (
    EXPLORED_MIN,
    JUDGED_MIN,
    RULES,
    SCHEDULES_MIN,
    Grown,
    Sampled,
    Seen,
    Shown,
    Standing,
    decide,
)
from production_testers.phases.research.hazard import Hazard, HazardGroup, HazardKind
from production_testers.phases.research.predictions import PREDICTIONS

LAW = "lifecycle/nothing-left-running"
FINDING = "X-001-REL-001"
KEPT = {LAW: Standing(schedules=500, kept=True)}


def group(kind=HazardKind.MISSING_CLEANUP, **fields):
    hazard = Hazard(
        kind=kind,
        file="toyflow/mod.py",
        line=4,
        qualified_name="toyflow.mod.run",
        code_line="start()",
        statement="It goes on.",
        lines=(4, 4),
    )
    return HazardGroup(hazards=(replace(hazard, repair=Repair.STOP_TASKS, **fields),))


def schedules(count, *, features=("caller-cancels",), judged=2, state="holds", law=LAW):
    return tuple(
        Sampled(
            kind="chaos", index=index, features=frozenset(features), laws={law: (state, judged)}
        )
        for index in range(count)
    )


def decided(seen, standings=KEPT, of=None):
    decision = decide(of or group(), seen, standings)
    return decision.result.value, decision.reason


def shown(**fields):
    return Shown(**{"finding": FINDING, "law": LAW, **fields})


def test_a_break_that_goes_away_with_the_repair_confirms():
    seen = Seen(sampled=30, reached=schedules(9), shown=(shown(state="holds"),))
    decision = decide(group(), seen, {LAW: Standing(schedules=500, kept=False)})
    assert decision.result.value == "confirmed"
    assert decision.findings == (FINDING,)
    assert "no longer breaks lifecycle/nothing-left-running when the tasks" in decision.reason


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (shown(state="broken"), f"not the reason of {FINDING}"),
        (shown(state="unknown"), f"consistent with {FINDING}, whose smallest scenario executes"),
        (shown(state="unknown"), "could not be judged"),
        (shown(), "no repair could tell"),
        (shown(state="holds", broken=("dag/runs-once",)), "but break dag/runs-once"),
    ],
)
def test_to_stand_on_the_way_of_a_break_is_not_enough(one, words):
    result, reason = decided(Seen(sampled=30, reached=schedules(30), shown=(one,)))
    assert result == "undecided"
    assert words in reason


def test_one_finding_that_it_explains_is_enough_and_the_others_are_not_claimed():
    other = shown(finding="X-001-REL-002", state="broken")
    decision = decide(group(), Seen(sampled=9, shown=(other, shown(state="holds"))), KEPT)
    assert (decision.result.value, decision.findings) == ("confirmed", (FINDING,))


def test_enough_schedules_under_the_right_circumstances_reject():
    result, reason = decided(Seen(sampled=30, reached=schedules(SCHEDULES_MIN)))
    assert result == "rejected"
    assert f"judged {SCHEDULES_MIN * 2} things in {SCHEDULES_MIN} sampled schedules" in reason
    assert "all 500 of the run" in reason


@pytest.mark.parametrize(
    ("seen", "standings", "words"),
    [
        (Seen(sampled=30), KEPT, "never executed: none of the 30"),
        (Seen(sampled=30, reached=schedules(4, judged=99)), KEPT, "not exercised enough"),
        (Seen(sampled=30, reached=schedules(12, judged=1)), KEPT, "not exercised enough"),
        (Seen(sampled=30, reached=schedules(12, state="unknown")), KEPT, "not exercised enough"),
        (Seen(sampled=30, reached=schedules(12, law="other")), KEPT, "not exercised enough"),
        (Seen(sampled=30, reached=schedules(30, features=())), KEPT, "in none of which a run is"),
        (Seen(sampled=30, reached=schedules(30)), {}, "does not offer"),
        (
            Seen(sampled=30, reached=schedules(30)),
            {LAW: Standing(schedules=EXPLORED_MIN - 1, kept=True)},
            f"{EXPLORED_MIN} are needed",
        ),
        (Seen(sampled=30, reached=schedules(30, features=("fault:fail",))), KEPT, "in none of"),
        (
            Seen(sampled=30, reached=schedules(30)),
            {LAW: Standing(schedules=500, kept=False)},
            "was not kept in this run",
        ),
    ],
)
def test_anything_less_is_undecided_and_says_why(seen, standings, words):
    result, reason = decided(seen, standings)
    assert result == "undecided"
    assert words in reason


def test_every_predicted_law_must_have_been_judged():
    of = group(HazardKind.SHARED_STATE)
    laws = PREDICTIONS[HazardKind.SHARED_STATE].laws
    standings = {law: Standing(schedules=500, kept=True) for law in laws}
    one = schedules(12, features=("concurrent-runs", "fault:raise"), law=laws[0])
    assert decided(Seen(sampled=30, reached=one), standings, of)[0] == "undecided"
    every = tuple(replace(s, laws=dict.fromkeys(laws, ("holds", 5))) for s in one)
    assert decided(Seen(sampled=30, reached=every), standings, of)[0] == "rejected"
    calm = tuple(replace(s, features=frozenset({"concurrent-runs"})) for s in every)
    assert decided(Seen(sampled=30, reached=calm), standings, of)[0] == "undecided"


def test_lines_that_run_whatever_happens_reject_nothing():
    of = group(HazardKind.SWALLOWED_EXCEPTION, tells=False)
    reached = schedules(30, features=("fault:raise",), law="dag/failure-surfaces")
    standings = {"dag/failure-surfaces": Standing(schedules=500, kept=True)}
    result, reason = decided(Seen(sampled=30, reached=reached), standings, of)
    assert result == "undecided"
    assert "whether anything is raised or not" in reason


@pytest.mark.parametrize("kind", [kind for kind in PREDICTIONS if not PREDICTIONS[kind].laws])
def test_a_hazard_that_no_law_speaks_of_is_undecided_and_says_what_is_missing(kind):
    result, reason = decided(Seen(sampled=30, reached=schedules(30)), KEPT, group(kind))
    assert result == "undecided"
    assert PREDICTIONS[kind].why_no_law in reason
    assert "30 of the 30 sampled schedules executed these lines" in reason


def grown(lines, *, total=1000, sizes=(256, 512), findings=(FINDING,)):
    return Grown(shape="chain", sizes=sizes, lines=lines, total=total, findings=findings)


@pytest.mark.parametrize(
    ("one", "result"),
    [
        (grown((100, 400)), "confirmed"),
        (grown((100, 400), findings=()), "undecided"),
        (grown((10, 40)), "undecided"),
        (grown((100, 210)), "rejected"),
        (grown((100, 210), sizes=(8, 16), findings=()), "undecided"),
        (grown((0, 0)), "undecided"),
    ],
    ids=["square", "no finding", "too small a part", "linear", "small pipelines", "never ran"],
)
def test_a_loop_is_judged_by_its_own_lines(one, result):
    of = group(HazardKind.NESTED_SCAN)
    assert decided(Seen(sampled=30, grown=(one,)), {}, of)[0] == result


def test_a_loop_that_was_not_counted_at_all_is_undecided():
    of = group(HazardKind.NESTED_SCAN)
    assert decided(Seen(sampled=30, reached=schedules(30)), {}, of)[0] == "undecided"


def test_every_kind_has_a_prediction_over_laws_that_exist():
    assert set(PREDICTIONS) == set(HazardKind)
    for prediction in PREDICTIONS.values():
        assert set(prediction.laws) <= set(LAWS)
        assert bool(prediction.laws) is not bool(prediction.why_no_law)


def test_the_rules_that_the_reader_is_told_state_the_numbers():
    assert f"least {JUDGED_MIN} things" in " ".join(RULES.split())
    assert f"least {SCHEDULES_MIN} sampled schedules" in " ".join(RULES.split())
    assert f"least {EXPLORED_MIN} of them" in " ".join(RULES.split())
