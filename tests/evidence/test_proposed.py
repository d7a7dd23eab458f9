"""A scenario by hand: what is left out has a default, and a mistake is told with its place."""

import pytest

from production_testers.evidence.proposed import law_of, scenario_of
from production_testers.experiments.workloads import GIVE, identity_of
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.scenario_format import from_json

IDENTITY = list(identity_of(0, 0).__getstate__())


def smallest(**changes):
    return {
        "format": "ptest.scenario/1",
        "kind": "chaos",
        "pipeline": {"name": "two", "stages": [stage("a"), stage("b", after=["a"])]},
        "requests": [request()],
        **changes,
    }


def stage(name, **changes):
    return {"name": name, "function": GIVE, **changes}


def request(**changes):
    return {"key": "r0", "input": {"n": [1, {"deep": None}]}, "identity": IDENTITY, **changes}


def test_what_is_left_out_is_what_the_model_says():
    whole = scenario_of(smallest(), "f.json")
    scenario = from_json(whole)
    assert scenario.faults == ()
    assert scenario.limit_ms == 600_000
    assert scenario.pipeline.stage("b").after == ("a",)
    assert scenario_of(whole, "f.json") == whole


def test_a_written_scenario_comes_back_as_it_was(exhibit):
    scenario = exhibit()["scenario"]
    assert (
        scenario_of({**scenario, "requests": [request()]}, "f.json")["latencies"]
        == (scenario["latencies"])
    )


def test_evidence_gives_its_scenario(defect):
    evidence = defect(exhibit={"scenario": smallest()}).as_json()
    assert scenario_of(evidence, "f.json") == scenario_of(smallest(), "f.json")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], "format: expected 'ptest.scenario/1' or 'ptest.evidence/1', saw []"),
        (smallest(format="ptest.scenario/9"), "saw 'ptest.scenario/9'"),
        (smallest(kind="chaso"), "kind: 'chaso' is unknown; did you mean 'chaos'"),
        (smallest(requests=[]), "requests: at least one is needed"),
        (smallest(requests=[request(), request()]), "requests[1].key: 'r0' stands twice"),
        (smallest(requests=[request(start_ms="3")]), "requests[0].start_ms: expected a number"),
        (smallest(requests=[request(start_ms=-3)]), "requests[0].start_ms: -3 is before"),
        (smallest(requests=[{"key": "r0"}]), "requests[0].input: is missing"),
        (smallest(requests=[request(inptu={})]), "requests[0].inptu: unknown; did you mean"),
        (smallest(requests=[request(identity=["a", "b", "c"])]), "requests[0].identity: expected"),
        (smallest(requests={}), "requests: expected a list, saw {}"),
        (smallest(faults=[{"kind": "raise", "stage": "c"}]), "faults[0].stage: there is no stage"),
        (
            smallest(faults=[{"kind": "raise", "stage": "a", "run": "r1"}]),
            "faults[0].run: there is no request 'r1'",
        ),
        (smallest(services={"llm": 3}), "services.llm: expected text, saw 3"),
        (smallest(limit_ms=True), "limit_ms: expected a number, saw True"),
        (smallest(pipeline={"name": "p", "stages": []}), "pipeline.stages: at least one"),
        (
            smallest(pipeline={"name": "p", "stages": [stage("a", nested={"name": 3})]}),
            "pipeline.stages[0].nested.name: expected text, saw 3",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(raw, expected):
    with pytest.raises(InvalidDocumentError) as caught:
        scenario_of(raw, "f.json")
    assert expected in str(caught.value)
    assert str(caught.value).startswith("f.json ")


def test_stages_that_do_not_fit_together_are_told():
    pipeline = {"name": "p", "stages": [stage("a", after=["b"])]}
    with pytest.raises(UsageError, match="depends on 'b', which does not exist"):
        scenario_of(smallest(pipeline=pipeline), "f.json")


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("dag/runs-onec", "Did you mean dag/runs-once?"),
        ("xyz", "Known: dag/runs-once"),
        ("cost/operations-per-stage", "judges measured work"),
    ],
)
def test_a_law_that_cannot_be_proposed_is_named_with_the_way_out(law, expected):
    with pytest.raises(UsageError) as caught:
        law_of(law)
    assert expected in str(caught.value)
    assert law in str(caught.value)
