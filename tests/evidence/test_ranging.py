"""Releases that are asked keep their processes, and nothing that happens to one is an answer."""

import pytest

from production_testers.evidence import ranging
from production_testers.evidence.ranges import Answer
from production_testers.evidence.ranging import Question, Releases, find_range
from production_testers.experiments.environments import Sut
from production_testers.model.errors import SutUnavailableError

pytestmark = pytest.mark.slow
NAMES = ("1.0", "2.0", "3.0")


@pytest.fixture
def releases():
    """Three releases, all of them the reference."""
    with Releases(
        {name: Sut(name="reference") for name in NAMES}, (), absent={"2.0": "not installed"}
    ) as places:
        yield places


def test_one_process_a_release_answers_every_question_and_a_dead_one_is_replaced(releases, defect):
    question = Question.of(defect())
    assert releases.ask("1.0", question).answer is Answer.HOLDS
    first = releases._workers["1.0"]
    assert releases.ask("1.0", question.again()).answer is Answer.HOLDS
    assert releases._workers["1.0"] is first
    first.close()
    assert releases.ask("1.0", question).answer is Answer.HOLDS
    assert releases._workers["1.0"] is not first


def test_what_is_not_at_hand_or_cannot_be_installed_is_unknown(releases, defect, monkeypatch):
    question = Question.of(defect())
    seen = releases.ask("2.0", question)
    assert (seen.answer, seen.detail) == (Answer.UNKNOWN, "not installed")

    def prepare(sut):
        raise SutUnavailableError(f"{sut} is gone")

    monkeypatch.setattr(ranging, "prepare", prepare)
    seen = releases.ask("3.0", question)
    assert (seen.answer, seen.detail) == (Answer.UNKNOWN, "reference is gone")


def test_a_question_that_takes_too_long_is_unknown(defect):
    with Releases({"1.0": Sut(name="reference")}, (), timeout_s=0.0) as places:
        seen = places.ask("1.0", Question.of(defect()))
    assert seen.answer is Answer.UNKNOWN
    assert "gave no answer" in seen.detail


@pytest.mark.parametrize("asked", [0, 2, 4])
def test_half_a_range_is_none(releases, defect, asked):
    left = [asked]

    def stop():
        left[0] -= 1
        return left[0] < 0

    assert find_range(defect(), releases, lambda _line: None, stop=stop) is None


def test_a_range_has_every_release_and_two_outside_of_it_twice(releases, defect):
    found = find_range(defect(), releases, lambda _line: None)
    assert [one.release for one in found.observed] == list(NAMES)
    assert [one.release for one in found.retested] == ["1.0", "3.0"]
    assert found.first_bad is None
