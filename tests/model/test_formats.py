"""Files of today are read tomorrow: the formats are guarded by golden files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model import scenario_format
from production_testers.model.errors import InvalidDocumentError
from production_testers.model.history import Event, EventKind, History
from production_testers.model.pipeline import Identity, PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
)

GOLDEN = Path(__file__).parent / "golden"

SCENARIO = Scenario(
    kind=Kind.CHAOS,
    pipeline=PipelineSpec(
        name="golden",
        stage_timeout_ms=50.0,
        stages=(
            StageSpec(name="a", function="m:f", kind=StageKind.ROUTE, params={"n": [1, None]}),
            StageSpec(name="b", function="m:g", after=("a",), skippable=True),
            StageSpec(
                name="c",
                after=("b",),
                nested=PipelineSpec(name="inner", stages=(StageSpec(name="x", function="m:h"),)),
            ),
        ),
    ),
    requests=(
        RunRequest(
            key="r0",
            input={"text": "é", "deep": {"x": 1.5}},
            identity=Identity(tenant="t", user="u", request="q"),
            start_ms=1.5,
            cancel_after_ms=20.0,
        ),
    ),
    faults=(
        Fault(kind=FaultKind.SLOW, stage="a", run="r0", milliseconds=12.5),
        Fault(kind=FaultKind.RAISE, stage="b"),
    ),
    latencies=Latencies(seed=7, low=1.0, high=4.5, fixed={"*": 1.0, "r0/a/1": 3.25}),
    services={"llm": "m:make"},
    limit_ms=1000.0,
)

HISTORY = History(
    tuple(
        Event(
            seq,
            seq * 1_000,
            kind,
            "r0",
            "a",
            1,
            {"kind": kind.value, "n": [seq, None]},
            seq - 1 if seq else None,
        )
        for seq, kind in enumerate(EventKind)
    )
)

WORDS = st.text(max_size=6)
NUMBERS = st.floats(min_value=0, max_value=1e6)
JSON = st.dictionaries(WORDS, st.none() | st.integers() | WORDS | st.lists(st.booleans()))


INNER = PipelineSpec(name="inner", stages=(StageSpec(name="x", function="m:h"),))
WORK = st.fixed_dictionaries({"function": st.text(min_size=1, max_size=6)}) | st.just(
    {"nested": INNER}
)


@st.composite
def scenarios(draw):
    names = [f"s{i}" for i in range(draw(st.integers(1, 5)))]
    stages = tuple(
        StageSpec(
            name=name,
            **draw(WORK),
            kind=draw(st.sampled_from(StageKind)),
            after=tuple(draw(st.sets(st.sampled_from(names[:index])))) if index else (),
            params=draw(JSON),
            skippable=draw(st.booleans()),
        )
        for index, name in enumerate(names)
    )
    request = st.builds(
        RunRequest,
        key=WORDS,
        input=JSON,
        identity=st.builds(Identity, tenant=WORDS, user=WORDS, request=WORDS),
        start_ms=NUMBERS,
        cancel_after_ms=st.none() | NUMBERS,
    )
    fault = st.builds(
        Fault,
        kind=st.sampled_from(FaultKind),
        stage=st.sampled_from(names),
        run=st.none() | WORDS,
        milliseconds=NUMBERS,
    )
    return Scenario(
        kind=draw(st.sampled_from(Kind)),
        pipeline=PipelineSpec(
            name=draw(WORDS), stages=stages, stage_timeout_ms=draw(st.none() | NUMBERS)
        ),
        requests=tuple(draw(st.lists(request, max_size=3))),
        faults=tuple(draw(st.lists(fault, max_size=3))),
        latencies=draw(
            st.builds(
                Latencies,
                seed=st.integers(min_value=0),
                low=NUMBERS,
                high=NUMBERS,
                fixed=st.dictionaries(WORDS, NUMBERS),
            )
        ),
        services=draw(st.dictionaries(WORDS, WORDS)),
        limit_ms=draw(NUMBERS),
    )


EVENTS = st.builds(
    Event,
    seq=st.integers(min_value=0),
    time_ns=st.integers(min_value=0),
    kind=st.sampled_from(EventKind),
    run=st.text(max_size=6),
    stage=st.text(max_size=6),
    attempt=st.integers(0, 9),
    value=JSON,
    cause=st.none() | st.integers(0, 9),
)


def test_a_scenario_is_written_as_the_golden_file_has_it():
    written = json.dumps(scenario_format.to_json(SCENARIO), indent=2, sort_keys=True) + "\n"
    assert written == (GOLDEN / "scenario-1.json").read_text()


def test_the_golden_scenario_can_still_be_read():
    raw = json.loads((GOLDEN / "scenario-1.json").read_text())
    assert scenario_format.from_json(raw) == SCENARIO


def test_a_history_is_written_as_the_golden_file_has_it():
    assert HISTORY.dump() == (GOLDEN / "history-2.jsonl").read_text()


def test_the_golden_history_can_still_be_read():
    assert History.load((GOLDEN / "history-2.jsonl").read_text()) == HISTORY
    assert HISTORY.digest() == "9e797f7486d4e0bb"


@pytest.mark.slow
@given(scenarios())
def test_a_scenario_comes_back_from_json_as_it_was(scenario):
    raw = json.loads(json.dumps(scenario_format.to_json(scenario)))
    assert scenario_format.from_json(raw) == scenario


@pytest.mark.slow
@given(st.lists(EVENTS, max_size=6))
def test_a_history_comes_back_from_its_file_as_it_was(events):
    history = History(tuple(events))
    loaded = History.load(history.dump())
    assert loaded == history
    assert loaded.digest() == history.digest()


def changed_scenario(**changes):
    return {**scenario_format.to_json(SCENARIO), **changes}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({}, "format: None is not 'ptest.scenario/1'"),
        (changed_scenario(format="ptest.scenario/9"), "'ptest.scenario/9' is not"),
        (changed_scenario(kind="calm"), "'calm' is not a valid Kind"),
        (changed_scenario(faults=[{"kind": "flood", "stage": "a"}]), "'flood' is not a valid"),
        (changed_scenario(faults=[{"kind": "raise", "place": "a"}]), "place"),
        (changed_scenario(requests=[{"key": "r0"}]), "identity"),
        (changed_scenario(pipeline={"name": "p"}), "stage"),
        (changed_scenario(latencies=None), "TypeError"),
    ],
)
def test_a_scenario_of_another_kind_is_refused_with_what_is_wrong(raw, problem):
    with pytest.raises(InvalidDocumentError, match=problem) as caught:
        scenario_format.from_json(raw, path="x.json")
    assert caught.value.path == "x.json"


EVENT = json.dumps(HISTORY.events[0].as_json())
HEADER = '{"format":"ptest.history/2"}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not a history"),
        ('{"format":"ptest.history/1"}', "'ptest.history/1' is not 'ptest.history/2'"),
        ("[]", "not a history"),
        (f"{HEADER}\n{EVENT.replace('run_started', 'run_dreamt')}", "run_dreamt"),
        (f"{HEADER}\n{EVENT[:-5]}", "not a history"),
        (f'{HEADER}\n{{"kind":"deadlock"}}', "seq"),
        (f"{HEADER}\n3", "not a history"),
    ],
)
def test_a_history_of_another_kind_is_refused_with_what_is_wrong(text, problem):
    with pytest.raises(InvalidDocumentError, match=problem):
        History.load(text)


def test_a_history_that_was_cut_off_is_refused():
    text = HISTORY.dump()
    whole_lines_less_one = "".join(text.splitlines(keepends=True)[:-1])
    with pytest.raises(InvalidDocumentError, match="events"):
        History.load(whole_lines_less_one)


def test_events_are_found_by_kind_and_run():
    events = (
        Event(0, 0, EventKind.STAGE_STARTED, "r0", "a"),
        Event(1, 0, EventKind.STAGE_STARTED, "r1", "a"),
        Event(2, 0, EventKind.STAGE_ENDED, "r0", "a"),
    )
    history = History(events)
    assert [e.seq for e in history.of(EventKind.STAGE_STARTED)] == [0, 1]
    assert [e.seq for e in history.of(EventKind.STAGE_STARTED, run="r1")] == [1]
    assert [e.seq for e in history.of(EventKind.STAGE_STARTED, EventKind.STAGE_ENDED)] == [0, 1, 2]
    assert len(history) == 3


def test_the_first_fault_that_applies_to_a_stage_of_a_run_counts():
    assert SCENARIO.fault_of("r0", "a") is SCENARIO.faults[0]
    assert SCENARIO.fault_of("r1", "a") is None
    assert SCENARIO.fault_of("r1", "b") is SCENARIO.faults[1]
