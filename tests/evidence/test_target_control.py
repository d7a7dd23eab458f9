"""The control of a team's application: which way of breaking a law counts against the team."""

from random import Random

import pytest

from production_testers.evidence import jobs
from production_testers.evidence.controls import CONTROLS
from production_testers.experiments.judging import Judged
from production_testers.laws import LAWS
from production_testers.model import scenario_format
from production_testers.model.scenario import Kind, using
from production_testers.model.verdict import State, Verdict
from production_testers.suts.reference import ReferenceAdapter
from production_testers.suts.reference.adapter import COMPONENT
from production_testers.units.target import SAMPLE, draw_target


@pytest.mark.parametrize(
    ("law", "asked", "seen", "state"),
    [
        ("target/as-alone", "stays-broken", "stays-broken", "broken"),
        ("target/as-alone", "stays-broken", "answer-differs", "holds"),
        ("target/as-alone", None, "answer-differs", "broken"),
        ("target/in-time", "too-late", "never", "broken"),
    ],
)
def test_another_fault_of_the_team_s_is_not_this_one(monkeypatch, law, asked, seen, state):
    broken = Verdict(state=State.BROKEN, outcome_class=seen, summary="it is")

    def judged(*_given):
        return Judged(observation=None, session=None, verdicts={law: broken})

    monkeypatch.setattr(jobs, "run_and_judge", judged)
    usage = draw_target(Random(0), Kind.BASELINE, SAMPLE)
    arguments = {
        "scenario": scenario_format.to_json(using(Kind.BASELINE, usage)), "law": law, "count": 1,
        **({} if asked is None else {"outcome_class": asked}),
    }  # fmt: skip
    states = jobs.control(ReferenceAdapter(), arguments, print)["states"]
    assert {name for name, count in states.items() if count} == {state}
    assert law in LAWS


@pytest.mark.parametrize(
    ("broken_in", "whose"), [(0, "framework"), (1, "team"), (CONTROLS, "team")]
)
def test_the_team_s_code_is_at_fault_where_the_control_breaks_the_law_in_any_timing(
    monkeypatch, broken_in, whose
):
    """Directives that name the framework's tasks do nothing in the control's own first timing."""
    law, way = LAWS["target/tenants-apart"], "mixed"
    states = [State.HOLDS] * (CONTROLS - broken_in) + [State.BROKEN] * broken_in

    def judged(*_given):
        verdict = Verdict(state=states.pop(0), outcome_class=way)
        return Judged(observation=None, session=None, verdicts={law.id: verdict})

    monkeypatch.setattr(jobs, "run_and_judge", judged)
    adapter = ReferenceAdapter()
    scenario = using(Kind.BASELINE, draw_target(Random(0), Kind.BASELINE, SAMPLE))
    broken = Verdict(state=State.BROKEN, outcome_class=way)
    found = jobs._at_fault(adapter, adapter.describe(), scenario, law, broken)
    assert found == {"team": SAMPLE.object.replace(":", "."), "framework": COMPONENT}[whose]
    assert states == []
