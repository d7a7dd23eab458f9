"""A range says what is known: no fix and no regression without a good release."""

import pytest

from production_testers.evidence.ranges import (
    Answer,
    Observed,
    Range,
    outside_of,
    range_of,
    together,
)
from production_testers.model.errors import InvalidDocumentError

SIGNS = {"B": "broken", ".": "holds", "?": "unknown", "-": "not_offered"}


def seen(signs, **more):
    """Releases 1, 2, 3 … that answer so."""
    return tuple(
        Observed(release=str(number), answer=Answer(SIGNS[sign]), timings=61, **more)
        for number, sign in enumerate(signs, start=1)
    )


def ranged(signs, found_on, retested=()):
    found = range_of(seen(signs), str(found_on), retested)
    return found.last_good, found.first_bad, found.last_bad, found.fixed_in, found.confidence


@pytest.mark.parametrize(
    ("signs", "found_on", "expected"),
    [
        ("..BB", 4, ("2", "3", "4", None, "high")),
        (".BB.", 3, ("1", "2", "3", "4", "high")),
        ("BBBB", 4, (None, "1", "4", None, "high")),
        ("--BB", 4, (None, "3", "4", None, "high")),
        ("??BB", 4, (None, "3", "4", None, "low")),
        (".?BB", 4, ("1", "3", "4", None, "low")),
        (".-BB", 4, ("1", "3", "4", None, "low")),
        ("BB?.", 2, (None, "1", "2", "4", "low")),
        ("BB??", 2, (None, "1", "2", None, "low")),
        ("B?BB", 4, (None, "1", "4", None, "low")),
        (".B.B", 4, ("3", "4", "4", None, "low")),
        ("....", 4, (None, None, None, None, "low")),
    ],
)
def test_the_range_is_what_the_answers_allow(signs, found_on, expected):
    assert ranged(signs, found_on) == expected


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ("..BB", "Last good 2, first bad 3; still in 4."),
        (".BB.", "Last good 1, first bad 2; fixed in 4."),
        ("BBBB", "Present since the first release, 1; still in 4."),
        ("--BB", "Present since the first release that has the capability, 3; still in 4."),
        ("??BB", "Present in 3; unknown before it; still in 4."),
        ("BB??", "Present since the first release, 1; last seen in 2, unknown after it."),
        ("B---", "Present since the first release, 1; last seen in 1, unknown after it."),
        ("?..?", "No release is known to have it."),
    ],
)
def test_a_range_in_words_never_says_more_than_is_known(signs, words):
    found_on = signs.rfind("B") + 1
    assert range_of(seen(signs), str(found_on)).words == words


def test_a_replay_out_of_step_makes_the_edge_unsure_and_says_how_it_was_explored_again():
    good = Observed(release="1", answer=Answer.HOLDS, timings=61, out_of_step=("r0/a/1", "r0/b/1"))
    found = range_of((good, *seen("..B")[2:]), "3")
    assert found.confidence == "low"
    assert "2 choices of the evidence do not exist" in found.reasons[0]
    assert "61 timings" in found.reasons[0]


def test_a_release_that_shows_it_when_asked_again_has_it():
    again = Observed(release="2", answer=Answer.BROKEN)
    found = range_of(seen("..BB"), "4", (again,))
    assert (found.last_good, found.first_bad) == ("1", "2")
    assert found.confidence == "low"
    assert found.reasons == ("2 said holds first and broken when asked again",)


def test_a_defect_that_does_not_show_where_it_was_found_says_so():
    found = range_of(seen("BB.."), "4")
    assert (found.first_bad, found.fixed_in, found.confidence) == ("1", "3", "low")
    assert "4 does not show it again" in found.reasons


def test_other_intervals_are_named():
    assert range_of(seen("B..B"), "4").also_broken == ("1",)


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ("...BB..", ("3", "6")),
        ("...BBBB", ("3", "2")),
        ("BBBB...", ("5", "6")),
        ("BBBBBBB", ()),
        ("-.?BBB?", ("2",)),
    ],
)
def test_the_releases_next_to_the_edges_are_asked_again(signs, expected):
    found = range_of(seen(signs), str(signs.rfind("B") + 1))
    assert outside_of(found) == expected


def test_a_range_comes_back_as_it_was_written():
    found = range_of(seen(".BB."), "3", seen(".")[:1])
    assert Range.from_json(found.as_json()) == found


@pytest.mark.parametrize("change", [{"format": "ptest.range/0"}, {"observed": [{}]}])
def test_a_range_of_another_form_is_refused(change):
    with pytest.raises(InvalidDocumentError):
        Range.from_json({**range_of(seen("B"), "1").as_json(), **change})


def signs_of(found):
    names = {answer: sign for sign, answer in SIGNS.items()}
    return "".join(names[one.answer.value] for one in found.observed)


def test_two_scenarios_of_one_defect_are_good_together_only_where_both_are():
    one, other = (range_of(seen(signs), "6") for signs in ("-?.?.B", "-...BB"))
    assert signs_of(together([one, other], "6")) == "-?.?BB"
    assert together([one, other], "6").words == "Last good 3, first bad 5; still in 6."
    assert together([one], "6") == one


def test_what_was_asked_again_counts_where_it_says_the_same_or_more():
    again = seen(".B")
    found = range_of(seen("..BB"), "4", again)
    unsure = range_of(seen("?.BB"), "4")
    both = together([found, unsure], "4")
    assert signs_of(both) == "?BBB"
    assert [one.release for one in both.retested] == ["2"]
