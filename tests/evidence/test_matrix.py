"""A cell says holds only where the evidence of all other releases was judged and holds."""

import pytest

from production_testers.evidence.matrix import (
    Exhibit,
    LawTally,
    cell,
    changes,
    check_document,
    seen_everywhere,
    way_of,
)
from production_testers.evidence.ranges import Answer, Observed
from production_testers.laws import Severity
from production_testers.model.errors import InvalidDocumentError

LAW = "dag/runs-once"
KEY = (LAW, "stage-never-ran")
RELEASES = ("1", "2", "3")


def said(answer, release="1"):
    return Observed(release=release, answer=Answer(answer), detail=answer)


def tally(**more):
    return LawTally(**{"schedules": 9, "exercised": 90, "broken": {}, **more})


def way(*answers):
    observed = [said(answer, release) for release, answer in zip(RELEASES, answers, strict=True)]
    return way_of(KEY, (), observed, dict.fromkeys(RELEASES, ()))


@pytest.mark.parametrize(
    ("broken", "answers", "expected"),
    [
        (2, ["holds"], "broken"),
        (0, ["holds", "broken"], "broken"),
        (0, ["holds", "unknown"], "unknown"),
        (0, ["not_offered", "holds"], "holds"),
        (0, ["not_offered", "not_offered"], "not_offered"),
        (0, [], "unknown"),
    ],
)
def test_one_answer_of_what_was_explored_and_what_was_asked(broken, answers, expected):
    (seen,) = seen_everywhere(["1"], {"1": broken}, {"1": [said(a) for a in answers]})
    assert seen.answer == expected


@pytest.mark.parametrize(
    ("ways", "told", "expected"),
    [
        ([], tally(), "holds"),
        ([], tally(exercised=0), "unknown"),
        ([], tally(explained=1), "unknown"),
        ([way("holds", "broken", "broken")], tally(), "holds"),
        ([way("unknown", "broken", "broken")], tally(), "unknown"),
        ([way("broken", "broken", "holds")], tally(exercised=0), "broken"),
    ],
)
def test_the_state_of_a_cell(ways, told, expected):
    assert cell(told, ways, "1", offered=True)["state"] == expected


def test_what_is_not_offered_is_never_broken():
    ways = [way("broken", "broken", "broken")]
    assert cell(tally(), ways, "1", offered=False)["state"] == "not_offered"


def test_recipes_are_added_up():
    one = {"judged": {LAW: {"holds": 3}}, "exercised": {LAW: 30}, "broken": []}
    other = {
        "judged": {LAW: {"holds": 1, "broken": 2, "explained": 1}},
        "exercised": {LAW: 5},
        "broken": [[LAW, "stage-never-ran", 2], ["dag/other", "x", 9]],
    }
    assert LawTally.summed(LAW, [one, other]) == LawTally(
        schedules=7, exercised=35, broken={"stage-never-ran": 2}, explained=1
    )


def test_changes_stand_with_the_release_that_brought_them():
    told = changes(
        RELEASES,
        [way("holds", "broken", "broken"), way("broken", "holds", "holds")],
    )
    assert told["2"] == {
        "fixed": [": ".join(KEY)],
        "came_in": [": ".join(KEY)],
        "came_with_capability": [],
    }
    assert changes(RELEASES, [way("not_offered", "broken", "broken")])["2"] == {
        "fixed": [],
        "came_in": [],
        "came_with_capability": [": ".join(KEY)],
    }
    assert not any(
        any(change.values())
        for change in changes(RELEASES, [way("broken", "broken", "broken")]).values()
    )


def test_an_exhibit_is_kept_whole():
    exhibit = Exhibit(
        found_on="1",
        exhibit={"shape": "chain"},
        recipe="general",
        features=("a",),
        component="engine.run",
        fingerprint="f" * 16,
        attributed=True,
        detail="25 of 25",
    )
    assert exhibit.as_json()["exhibit"] == {"shape": "chain"}


@pytest.mark.parametrize("raw", [[], {"format": "ptest.matrix/0"}])
def test_another_document_is_refused(raw):
    with pytest.raises(InvalidDocumentError):
        check_document(raw, "matrix.json")


def test_what_the_newest_release_with_it_promises_decides_how_bad_it_is():
    key = ("merge/timing-independent", "depends-on-timing")
    observed = [said("broken", "1"), said("broken", "2"), said("holds", "3")]
    promised = {"1": (), "2": ("stable_lookup",), "3": ()}
    assert way_of(key, (), observed, promised).severity is Severity.HIGH
    assert way_of(key, (), observed, dict.fromkeys(RELEASES, ())).severity is Severity.LOW
