"""Fault plans are read as they were written, and every mistake has its place."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model import fault_plan_format, scenario_format
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.fault_plan import Burst, FaultPlan, Place, Rule, Target, When
from production_testers.model.pipeline import Identity, PipelineSpec, StageSpec
from production_testers.model.scenario import Kind, RunRequest, Scenario

GOLDEN = Path(__file__).parent / "golden" / "faults-1.json"


def golden():
    return json.loads(GOLDEN.read_text())


def test_the_golden_plan_is_read_and_written_as_it_stands():
    plan = fault_plan_format.from_json(golden())
    assert fault_plan_format.to_json(plan) == golden()
    storm = plan.rules[0]
    assert storm.at == Target(
        place=Place.SERVICE, name="llm", operation="chat", run="r0", stage="ask"
    )
    assert storm.when.burst == Burst(group="rack", length=100.0, share=0.25)
    assert [rule.at.place for rule in plan.rules[1:]] == [
        Place.STAGE, Place.PROCESS, Place.DNS, Place.PORT, Place.HOST,
    ]  # fmt: skip


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)
WHENS = st.builds(
    When,
    share=st.floats(0, 1),
    first=st.integers(1, 9),
    every=st.integers(1, 9),
    at_most=st.none() | st.integers(1, 9),
    from_ms=st.floats(0, 1e6),
    until_ms=st.none() | st.floats(0, 1e6),
    burst=st.none() | st.builds(Burst, group=NAMES, length=st.floats(1, 9), share=st.floats(0, 1)),
    calls=st.lists(NAMES, max_size=2).map(tuple),
)


@given(
    st.integers(),
    st.lists(
        st.builds(
            Rule,
            id=NAMES,
            fault=NAMES,
            at=st.builds(Target, place=st.just(Place.SERVICE), name=NAMES, operation=NAMES),
            when=WHENS,
            params=st.dictionaries(NAMES, st.integers() | NAMES, max_size=2),
        ),
        max_size=3,
        unique_by=lambda rule: rule.id,
    ),
)
def test_every_plan_survives_a_file(seed, rules):
    plan = FaultPlan(seed=seed, rules=tuple(rules))
    written = json.loads(json.dumps(fault_plan_format.to_json(plan)))
    assert fault_plan_format.from_json(written) == plan


RULE = {"fault": "http-500", "at": {"service": "llm"}}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"seed": "x"}, "seed: 'x' is no whole number"),
        ({"rules": None}, "rules: None is no list"),
        ({"rules": [3]}, r"rules\[0\]: 3 is no object"),
        ({"more": 1}, "more: there is no such member"),
        ({"rules": [{**RULE, "fault": 3}]}, r"rules\[0\].fault: 3 is no kind of fault"),
        ({"rules": [{**RULE, "id": ""}]}, r"rules\[0\].id: '' is no text"),
        ({"rules": [{**RULE, "at": {}}]}, r"rules\[0\].at: {} names none of service, stage"),
        ({"rules": [{**RULE, "at": {"port": "x", "run": "r"}}]}, r"rules\[0\].at.run: there is no"),
        ({"rules": [{**RULE, "at": {"service": 3}}]}, r"rules\[0\].at.service: 3 is no name"),
        ({"rules": [{**RULE, "when": 3}]}, r"rules\[0\].when: 3 is no object"),
        (
            {"rules": [{**RULE, "when": {"sometimes": 1}}]},
            r"rules\[0\].when.sometimes: there is no",
        ),
        (
            {"rules": [{**RULE, "when": {"share": 1.5}}]},
            r"rules\[0\].when.share: 1.5 is not from 0",
        ),
        ({"rules": [{**RULE, "when": {"first": 0}}]}, r"rules\[0\].when.first: 0 is no whole"),
        ({"rules": [{**RULE, "when": {"at_most": True}}]}, r"at_most: True is no whole number"),
        ({"rules": [{**RULE, "when": {"from_ms": -1}}]}, r"from_ms: -1 is no number from 0"),
        ({"rules": [{**RULE, "when": {"calls": [1]}}]}, r"calls: \[1\] is no list of names"),
        (
            {"rules": [{**RULE, "when": {"burst": {"group": "g"}}}]},
            r"burst.length: None is no number",
        ),
        ({"rules": [{**RULE, "when": {"burst": 3}}]}, r"burst: 3 is no object"),
        ({"rules": [{**RULE, "params": []}]}, r"rules\[0\].params: \[\] is no object"),
        ({"rules": [{**RULE, "id": "a"}, {**RULE, "id": "a"}]}, r"rules\[1\].id: 'a' stands twice"),
    ],
)
def test_a_mistake_is_told_with_its_place(changes, problem):
    raw = {"format": "ptest.faults/1", "rules": [], **changes}
    with pytest.raises(InvalidDocumentError, match=problem):
        fault_plan_format.from_json(raw, path="p.json")


@pytest.mark.parametrize("raw", [None, [], {}, {"format": "ptest.faults/2"}])
def test_another_format_is_refused(raw):
    with pytest.raises(InvalidDocumentError, match=r"is not 'ptest\.faults/1'"):
        fault_plan_format.from_json(raw)


def scenario(plan=None):
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="p", stages=(StageSpec(name="a", function="m:f"),)),
        requests=(
            RunRequest(key="r0", input={}, identity=Identity(tenant="t", user="u", request="q")),
        ),
        plan=plan,
    )


def test_a_scenario_carries_its_plan_and_says_so_in_its_version():
    plan = fault_plan_format.from_json(golden())
    written = json.loads(json.dumps(scenario_format.to_json(scenario(plan))))
    assert written["format"] == "ptest.scenario/4"
    assert scenario_format.from_json(written) == scenario(plan)


def test_a_scenario_without_a_plan_is_written_as_before():
    written = scenario_format.to_json(scenario())
    assert written["format"] == "ptest.scenario/1"
    assert "plan" not in written
    assert scenario_format.from_json(written) == scenario()


def test_a_scenario_whose_plan_is_none_is_refused():
    written = {**scenario_format.to_json(scenario(FaultPlan(seed=1))), "plan": {"format": "x"}}
    with pytest.raises(InvalidDocumentError, match=r"is not 'ptest\.faults/1'"):
        scenario_format.from_json(written)
    assert replace(scenario(), plan=FaultPlan()).writes is False
