"""Observability: what callers are told when something fails."""

import pytest

from production_testers.testing import Kind, laws_of, needs_costs


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("law", [law for law in laws_of("observability") if not needs_costs(law)])
def test_law_holds(lab, law, kind):
    """No schedule of the kind breaks the law; a law that had nothing to judge is skipped."""
    if kind not in lab.kinds:
        pytest.skip(f"this run leaves {kind} out")
    result = lab.result(law, kind)
    if result.state == "unknown":
        pytest.skip(result.summary)
    assert result.state == "holds", result.summary


@pytest.mark.parametrize("law", [law for law in laws_of("observability") if needs_costs(law)])
def test_work_does_not_grow_faster_than_allowed(lab, law):
    """Executed lines of the framework, counted for growing numbers of stages."""
    result = lab.result(law, Kind.STRESS.value)
    if result.state == "unknown":
        pytest.skip(result.summary)
    assert result.state == "holds", result.summary
