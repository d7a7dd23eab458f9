"""Halving revisions asks few of them, passes over what cannot tell, and never invents an edge."""

import subprocess

import pytest

from production_testers.evidence.bisecting import Revisions, halve
from production_testers.evidence.ranges import Answer, Observed, range_of
from production_testers.model.errors import UsageError

SIGNS = {"B": Answer.BROKEN, ".": Answer.HOLDS, "?": Answer.UNKNOWN}


def halved(signs):
    """The answers of halving, and which revisions were asked in which order."""
    asked = []

    def ask(revision):
        asked.append(int(revision))
        return Observed(release=revision, answer=SIGNS[signs[int(revision)]])

    return halve([str(number) for number in range(len(signs))], ask), asked


def test_few_of_many_revisions_are_asked():
    observed, asked = halved("." * 700 + "B" * 300)
    found = range_of(observed, "999")
    assert (found.last_good, found.first_bad, found.confidence) == ("699", "700", "high")
    assert len(asked) <= 12
    assert [int(one.release) for one in observed] == sorted(asked)


def test_a_revision_that_cannot_tell_is_passed_over_and_named():
    observed, _ = halved("....??BBB")
    found = range_of(observed, "8")
    assert (found.last_good, found.first_bad, found.confidence) == ("3", "6", "low")
    assert any("4, 5" in reason for reason in found.reasons)


@pytest.mark.parametrize("signs", ["BBBBB", "?BBBB", ".....", "....?"])
def test_without_a_good_and_a_bad_end_there_is_nothing_to_halve(signs):
    observed, asked = halved(signs)
    assert len(asked) == 2
    found = range_of(observed, "4")
    assert found.last_good is None


@pytest.fixture
def repository(tmp_path):
    def git(*arguments):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True)

    git("init", "--quiet", "--initial-branch=main")
    for number in range(4):
        (tmp_path / "file").write_text(str(number))
        git("add", "file")
        git("commit", "--quiet", "-m", str(number))
        git("tag", f"v{number}")
    return tmp_path


def test_revisions_are_read_oldest_first_with_the_good_one(repository):
    found = Revisions.read(repository, "v1..v3")
    assert len(found.names) == 3
    sut = found.sut("stageflow-core", found.names[0])
    assert sut.source == f"git+{repository.as_uri()}@{found.names[0]}"


@pytest.mark.parametrize(
    ("between", "words"),
    [
        ("v1", "cannot be read"),
        ("..v1", "cannot be read"),
        ("v3..v1", "nothing lies there"),
        ("nowhere..v1", "no such revision"),
        ("v1..nowhere", "nowhere"),
    ],
)
def test_revisions_that_do_not_exist_are_told(repository, between, words):
    with pytest.raises(UsageError, match=words):
        Revisions.read(repository, between)


def test_a_folder_that_is_no_repository_is_told(tmp_path):
    with pytest.raises(UsageError, match="not a git repository"):
        Revisions.read(tmp_path, "a..b")
