"""Which findings have one cause, decided from what experiments told of each."""

import pytest

from production_testers.evidence.identity import Break, merged_into, same_causes

LAW = "lifecycle/nothing-left-running"
STOP, KEEP = "stop_tasks engine.run", "keep_per_run engine.run self.token"
ON, START = (LAW, "after-cancellation"), (LAW, "cancellation-ignored")


def one(way, fingerprint, *, severity=1, cures=(STOP,), also=(), **more):
    law, outcome_class = way
    return Break(
        law=law,
        outcome_class=outcome_class,
        severity=severity,
        fingerprint=fingerprint,
        cures=cures,
        also_breaks=also,
        **more,
    )


def stands_for(known=(), new=()):
    return {name: cause.fingerprint for name, cause in same_causes(known, new).items()}


def test_one_cure_and_one_scenario_that_shows_both_are_one_cause():
    simple = one(ON, "simple")
    larger = one(START, "larger", features=("idempotency-key",), also=(ON,))
    assert stands_for(new=[larger, simple]) == {"larger": "simple"}
    assert same_causes([], [larger, simple])["larger"].cure == STOP


@pytest.mark.parametrize(
    "other",
    [
        one(START, "b", cures=(KEEP,), also=(ON,)),  # they occur together, and nothing mends both
        one(START, "b"),  # one repair mends both, and neither scenario shows both
        one(START, "b", cures=(), also=(ON,)),  # nothing mends it
        one(ON, "b", also=(ON,)),  # of one law and way: only an attribute tells
    ],
)
def test_less_than_that_leaves_them_apart(other):
    assert stands_for(new=[one(ON, "a"), other]) == {}


def test_one_attribute_that_runs_share_is_one_cause_however_the_law_is_broken_by_it():
    simple = one(ON, "simple", cures=(KEEP,))
    larger = one(ON, "larger", cures=(STOP, KEEP), features=("fault:raise",))
    assert stands_for(new=[larger, simple]) == {"larger": "simple"}
    elsewhere = one(ON, "elsewhere", cures=(f"{KEEP}s",), features=("fault:raise",))
    assert stands_for(new=[elsewhere, simple]) == {}


def test_it_does_not_matter_which_scenario_shows_both():
    assert stands_for(new=[one(ON, "a", also=(START,)), one(START, "b", features=("f",))]) == {
        "b": "a"
    }


def test_the_worse_one_stands_for_the_other():
    low = one(ON, "low", severity=3, also=(START,))
    high = one(START, "high", severity=1, features=("a", "b"))
    assert stands_for(new=[low, high]) == {"low": "high"}


def test_of_equally_bad_ones_the_known_one_stands_for_the_new_one():
    known = one(START, "known", features=("a", "b"), also=(ON,))
    assert stands_for([known], [one(ON, "new")]) == {"new": "known"}
    worse = one(ON, "worse", severity=0)
    assert stands_for([known], [worse]) == {"known": "worse"}


def test_who_stands_for_others_stands_for_himself():
    third = ("dag/outcome-allowed", "never-ends")
    breaks = [
        one(ON, "a"),
        one(START, "b", features=("x",), also=(ON,)),
        one(third, "c", features=("x", "y"), also=(START,)),
    ]
    found = stands_for(new=breaks)
    assert found["b"] == "a"
    assert "c" not in found  # only `b` shows with it, and that is nobody's cause


def test_a_finding_that_tells_too_little_has_no_cause_in_common():
    told = {"law": LAW, "outcome_class": ON[1], "fingerprint": "a", "cures": [STOP]}
    assert Break.told(told, 1) == one(ON, "a")
    for change in ({"law": "no/law"}, {"outcome_class": "no-way"}, {"also_breaks": [1]}):
        assert Break.told({**told, **change}, 1) is None
    assert Break.told({}, 1) is None


def test_of_equal_candidates_the_smaller_one_is_kept_with_the_counts_of_both(defect, exhibit):
    large = defect(exhibit=exhibit(stages=3), kinds={"chaos": 2})
    small = defect(exhibit=exhibit(stages=2), kinds={"chaos": 1, "stress": 1})
    for order in ((large, small), (small, large)):
        kept = []
        for one in order:
            kept = merged_into(kept, one)
        assert [one.exhibit for one in kept] == [small.exhibit]
        assert kept[0].kinds == {"chaos": 3, "stress": 1}


def test_a_larger_one_with_another_fingerprint_does_not_take_its_place(defect, exhibit):
    needed = defect(exhibit=exhibit(stages=2), features=("dependency",))
    more = {"features": ("dependency", "nested"), "fingerprint": "fedcba9876543210"}
    for stages, count in ((3, 1), (2, 1), (1, 2)):  # in the last one it cannot be hidden
        assert len(merged_into([needed], defect(exhibit=exhibit(stages=stages), **more))) == count
