"""Reliability: failures, time-outs, cancellation, and runs beside one another."""

import pytest

from production_testers.testing import Kind, laws_of


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("law", laws_of("reliability"))
def test_law_holds(lab, law, kind):
    """No schedule of the kind breaks the law; a law that had nothing to judge is skipped."""
    if kind not in lab.kinds:
        pytest.skip(f"this run leaves {kind} out")
    result = lab.result(law, kind)
    if result.state == "unknown":
        pytest.skip(result.summary)
    assert result.state == "holds", result.summary
