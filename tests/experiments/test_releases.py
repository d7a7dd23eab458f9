"""A user names releases one by one, as a range, or not at all."""

import pytest

from production_testers.experiments.releases import RELEASES, parse_releases
from production_testers.model.errors import UsageError

SUT = "stageflow-core"


def test_without_a_word_every_known_release_is_meant_oldest_first():
    assert parse_releases(SUT, None) == RELEASES[SUT]
    assert (RELEASES[SUT][0], RELEASES[SUT][-1], len(RELEASES[SUT])) == ("0.2.0", "1.2.0", 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.0,0.9.6", ("0.9.6", "1.2.0")),
        ("0.9.4..1.0", ("0.9.4", "0.9.5", "0.9.6", "1.0.0")),
        ("..0.3.0", ("0.2.0", "0.3.0")),
        ("1.1.0..", ("1.1.0", "1.2.0")),
        ("1.2, 0.2.0..0.3.0, 1.2.0", ("0.2.0", "0.3.0", "1.2.0")),
        ("9.9.9", ("9.9.9",)),
    ],
)
def test_releases_are_read_once_each_and_in_order(text, expected):
    assert parse_releases(SUT, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("new", "'new' is no version"),
        ("2.0.0..3.0.0", "no release lies there"),
        ("1.2.0..1.0.0", "no release lies there"),
        (" , ", "names none"),
    ],
)
def test_what_cannot_be_read_is_told(text, words):
    with pytest.raises(UsageError, match=words):
        parse_releases(SUT, text)


def test_the_reference_has_no_releases():
    with pytest.raises(UsageError, match="'reference' has no releases"):
        parse_releases("reference", None)
