"""A finding is told with the words that are nearest to what is broken."""

import pytest

from production_testers.evidence.defect import Defect
from production_testers.evidence.promised import promised

CAPABILITIES = {
    "cleanup": {"quote": "Callbacks are called.", "file": "cleanup.py", "line": 3},
    "units": {"quote": "All works.", "file": "README.md", "line": 1},
    "dag": None,
}
TAKEN_BACK = {"quote": "True if it was removed", "file": "cleanup.py", "line": 9}
WORDS = {"cancellation/cleanup: called-in-spite": TAKEN_BACK}
ON_CLEANUP = {"scenario": {"usage": {"unit": "cleanup"}}}


@pytest.mark.parametrize(
    ("law", "outcome_class", "exhibit", "quote"),
    [
        ("cancellation/cleanup", "called-in-spite", ON_CLEANUP, "True if it was removed"),
        ("cancellation/cleanup", "called-twice", ON_CLEANUP, "Callbacks are called."),
        ("units/calls-end", "cancellation-hidden", ON_CLEANUP, "Callbacks are called."),
        ("units/calls-end", "cancellation-hidden", {"scenario": {"usage": {"unit": "lint"}}},
         "All works."),
        ("dag/runs-once", "stage-never-ran", {"scenario": {}}, None),
        ("cost/longest-step", "stalls", {"shape": "chain"}, None),
    ],
)  # fmt: skip
def test_the_nearest_words_are_of_the_way_then_of_the_unit_then_of_the_law(
    law, outcome_class, exhibit, quote
):
    defect = Defect(
        law=law,
        outcome_class=outcome_class,
        component="",
        features=(),
        fingerprint="",
        verdict={},
        exhibit=exhibit,
        digest="",
        sut={},
    )
    cited = promised(defect, CAPABILITIES, WORDS)
    assert (cited and cited["quote"]) == quote
