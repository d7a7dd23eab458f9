"""Every fault shows its effect in the history, and the history says what was received and given."""

import asyncio
import sys
import types
from dataclasses import replace

import pytest

from production_testers.experiments.factors import Factors
from production_testers.experiments.instruments import Instruments, fault_marker
from production_testers.experiments.jobs import draw
from production_testers.experiments.recorder import Recorder
from production_testers.experiments.values import canaries, digest_of, origin_of
from production_testers.experiments.workloads import identity_of
from production_testers.mocks.services.contract import ServiceError
from production_testers.model.errors import UsageError
from production_testers.model.history import EventKind
from production_testers.model.pipeline import ORIGIN, Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import FaultKind, Kind, Latencies, RunRequest, Scenario
from production_testers.suts.contract import StageCall
from production_testers.suts.reference import ReferenceAdapter

CHAIN = ("a", "b < a")


def told(observation, stage=None):
    """Kinds of events of a stage, in order."""
    return [
        event.kind.value
        for event in observation.history
        if event.stage and stage in (None, event.stage)
    ]


def outcome(observation, run="r0"):
    (ended,) = observation.history.of(EventKind.RUN_ENDED, run=run)
    return ended.value["outcome"]


def ended(observation, stage):
    (event,) = (e for e in observation.history.of(EventKind.STAGE_ENDED) if e.stage == stage)
    return event


@pytest.mark.parametrize(
    ("fault", "events_of_a", "ends"),
    [
        (FaultKind.RAISE, ["stage_started", "fault_fired", "stage_raised"], "failed:a"),
        (FaultKind.FAIL, ["stage_started", "fault_fired", "stage_ended"], "failed:a"),
        (FaultKind.RETRY, ["stage_started", "fault_fired", "stage_ended"], "failed:a"),
        (FaultKind.CANCEL, ["stage_started", "fault_fired", "stage_ended"], "cancelled:a"),
        (FaultKind.SKIP, ["stage_started", "fault_fired", "stage_ended"], "completed"),
        (FaultKind.HANG, ["stage_started", "fault_fired", "stage_stopped"], "failed:a"),
        (FaultKind.SLOW, ["stage_started", "fault_fired", "stage_ended"], "completed"),
        (FaultKind.MUTATE_INPUTS, ["stage_started", "fault_fired", "stage_ended"], "completed"),
        (FaultKind.MUTATE_NESTED, ["stage_started", "fault_fired", "stage_ended"], "completed"),
        (FaultKind.RETURN_NONE, ["stage_started", "fault_fired", "stage_ended"], "completed"),
        (FaultKind.RETURN_OTHER, ["stage_started", "fault_fired", "stage_ended"], "failed:a"),
        (FaultKind.SLOW_CLEANUP, ["stage_started", "fault_fired", "stage_ended"], "completed"),
    ],
)
def test_a_fault_shows_in_the_history(lab, fault, events_of_a, ends):
    observation = lab.run(lab.scenario(*CHAIN, faults=[(fault, "a", 30.0)], timeout_ms=50.0))
    assert told(observation, "a") == events_of_a
    assert outcome(observation) == ends
    assert ("b" in {e.stage for e in observation.history}) == (ends == "completed")
    (fired,) = observation.history.of(EventKind.FAULT_FIRED)
    assert fired.value == {"fault": fault.value}


def test_every_kind_of_fault_is_tested():
    (mark,) = (m for m in test_a_fault_shows_in_the_history.pytestmark if m.name == "parametrize")
    assert {case[0] for case in mark.args[1]} == set(FaultKind)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (FaultKind.FAIL, "fail"),
        (FaultKind.CANCEL, "cancel"),
        (FaultKind.RETRY, "retry"),
        (FaultKind.SKIP, "skip"),
        (FaultKind.SLOW, "ok"),
        (FaultKind.RETURN_OTHER, "no_output"),
    ],
)
def test_the_status_that_a_stage_gave_is_told(lab, fault, status):
    observation = lab.run(lab.scenario("a", faults=[(fault, "a", 1.0)]))
    assert ended(observation, "a").value["status"] == status


def test_a_hang_without_a_time_out_is_a_deadlock(lab):
    observation = lab.run(lab.scenario("a", faults=[(FaultKind.HANG, "a")]))
    kinds = [event.kind for event in observation.history]
    assert kinds[-1] is EventKind.DEADLOCK
    assert EventKind.RUN_ENDED not in kinds
    assert EventKind.STAGE_STOPPED not in kinds  # clean-up is no history
    detail = observation.history.events[-1].value["detail"]
    assert any("Instruments._fault" in line for line in detail)


def test_the_limit_of_a_scenario_is_told(lab):
    slow = lab.scenario("a", faults=[(FaultKind.SLOW, "a", 500.0)], limit_ms=100.0)
    observation = lab.run(slow)
    last = observation.history.events[-1]
    assert (last.kind, last.time_ns) == (EventKind.LIMIT_REACHED, 100_000_000)


def test_a_slow_stage_takes_the_time_it_was_told_to(lab):
    def duration_ms(*faults):
        return ended(lab.run(lab.scenario("a", faults=faults)), "a").time_ns / 1e6

    assert duration_ms() == pytest.approx(1, abs=0.1)
    assert duration_ms((FaultKind.SLOW, "a", 40.0)) == pytest.approx(42, abs=0.1)


def test_a_fault_of_one_run_leaves_the_others_alone(lab):
    made = lab.scenario("a", faults=[(FaultKind.RAISE, "a")], runs=2)
    made = replace(made, faults=(replace(made.faults[0], run="r1"),))
    observation = lab.run(made)
    assert (outcome(observation, "r0"), outcome(observation, "r1")) == ("completed", "failed:a")


def test_a_cause_is_recognised_as_the_stages_own(lab):
    observation = lab.run(lab.scenario("a", faults=[(FaultKind.RAISE, "a")]))
    (event,) = observation.history.of(EventKind.RUN_ENDED)
    assert event.value["own_exception"] is True
    assert event.value["says_why"] is True
    assert event.value["error"] == "InjectedFaultError"


def test_a_cause_that_was_replaced_is_recognised(lab):
    class Replacing(ReferenceAdapter):
        async def run(self, built, pipeline, request):
            result = await super().run(built, pipeline, request)
            return replace(result, error=ValueError("other"), message="other")

    observation = lab.run(lab.scenario("a", faults=[(FaultKind.RAISE, "a")]), Replacing())
    (event,) = observation.history.of(EventKind.RUN_ENDED)
    assert event.value["own_exception"] is False
    observation = lab.run(lab.scenario("a", faults=[(FaultKind.FAIL, "a")]), Replacing())
    (event,) = observation.history.of(EventKind.RUN_ENDED)
    assert event.value["says_why"] is False


def test_a_pipeline_that_is_refused_ends_every_run_with_the_refusal(lab):
    class Refusing(ReferenceAdapter):
        def build(self, pipeline, body):
            raise ValueError("no such thing")

    observation = lab.run(lab.scenario("a", runs=2), Refusing())
    assert [
        (e.run, e.value["outcome"], e.value["message"])
        for e in observation.history.of(EventKind.RUN_ENDED)
    ] == [("r0", "refused", "no such thing"), ("r1", "refused", "no such thing")]


def test_a_caller_that_gives_up_is_told_and_its_stages_are_stopped(lab):
    request = replace(lab.scenario("a").requests[0], cancel_after_ms=0.5)
    observation = lab.run(lab.scenario("a", "b < a", requests=(request,)))
    assert [e.kind.value for e in observation.history] == [
        "run_started",
        "stage_started",
        "run_cancelled",
        "stage_stopped",
        "run_ended",
    ]
    assert outcome(observation) == "cancelled"


def test_what_a_stage_receives_is_what_its_dependencies_gave(lab):
    observation = lab.run(lab.scenario("a", "b < a", "c < a b"))
    starts = {e.stage: e.value for e in observation.history.of(EventKind.STAGE_STARTED)}
    for stage, dependencies in (("a", ""), ("b", "a"), ("c", "ab")):
        gave = {name: ended(observation, name).value["digest"] for name in dependencies}
        assert starts[stage]["inputs"] == gave
        assert starts[stage]["origins"] == dict.fromkeys(dependencies, "r0")
        assert starts[stage]["extra"] == []


class ForgetfulAdapter(ReferenceAdapter):
    """Hands over nothing of `a`, too much of everything else, and another run's identity."""

    def build(self, pipeline, body):
        def forgetful(spec, call):
            outputs = {k: v for k, v in call.outputs.items() if k != "a"} | {"stranger": {"x": 1}}
            return body(spec, StageCall(input=call.input, outputs=outputs, identity=None))

        return super().build(pipeline, forgetful)


def test_what_was_not_handed_over_shows(lab):
    observation = lab.run(lab.scenario("a", "b < a"), ForgetfulAdapter())
    start = list(observation.history.of(EventKind.STAGE_STARTED))[-1]
    assert start.value["inputs"] == {"a": None}
    assert start.value["extra"] == ["stranger"]
    assert start.value["identity"] is None


def test_a_write_into_received_values_reaches_whoever_shares_them(lab):
    class Sharing(ReferenceAdapter):
        def build(self, pipeline, body):
            given = {}

            async def shared(spec, call):
                outputs = {name: given[name] for name in spec.after}
                made = await body(
                    spec, StageCall(input=call.input, outputs=outputs, identity=call.identity)
                )
                given[spec.name] = dict(made.value)
                return made

            return super().build(pipeline, shared)

    made = lab.scenario("a", "b < a", "c < a b", faults=[(FaultKind.MUTATE_INPUTS, "b")])

    def seen_by_c(adapter):
        observation = lab.run(made, adapter)
        start = list(observation.history.of(EventKind.STAGE_STARTED))[-1]
        return start.value["inputs"]["a"] == ended(observation, "a").value["digest"]

    assert seen_by_c(ReferenceAdapter()) is True
    assert seen_by_c(Sharing()) is False


def test_attempts_are_counted(lab):
    class Twice(ReferenceAdapter):
        def build(self, pipeline, body):
            async def twice(spec, call):
                await body(spec, call)
                return await body(spec, call)

            return super().build(pipeline, twice)

    starts = lab.run(lab.scenario("a"), Twice()).history.of(EventKind.STAGE_STARTED)
    assert [event.attempt for event in starts] == [1, 2]


def test_latencies_are_named_by_meaning(lab):
    def end_ms(fixed):
        made = lab.scenario("a", "b < a", latencies=Latencies(fixed={"*": 1.0, **fixed}))
        return [round(ended(lab.run(made), name).time_ns / 1e6) for name in "ab"]

    assert end_ms({}) == [1, 2]
    assert end_ms({"r0/a/1": 10.0}) == [10, 11]
    assert end_ms({"r0/b/1": 10.0}) == [1, 11]
    assert end_ms({"r1/a/1": 10.0}) == [1, 2]


class Clock:
    """A service that answers and one that refuses."""

    name = "clock"

    def handle(self, operation, payload, random):
        if operation == "refuse":
            raise ServiceError("rate_limited", "slow down", retryable=True)
        return {"operation": operation, "drawn": random.randrange(1000), **payload}


async def ask(port):
    answer = await port.call("clock", "now", zone="UTC")
    try:
        await port.call("clock", "refuse")
    except ServiceError as error:
        return {"answer": answer, "code": error.code}
    return {}


def test_a_service_call_is_told_takes_time_and_is_seeded(lab, monkeypatch):
    module = types.ModuleType("clock_stages")
    module.ask, module.make = ask, lambda _seed: Clock()
    monkeypatch.setitem(sys.modules, "clock_stages", module)
    spec = lab.StageSpec(name="a", function="clock_stages:ask")

    def observe(seed):
        made = lab.scenario(
            stage_specs=[spec],
            services={"clock": "clock_stages:make"},
            latencies=Latencies(seed=seed, fixed={"*": 4.0}),
        )
        return lab.run(made)

    observation = observe(1)
    assert told(observation, "a") == [
        "stage_started",
        "service_called",
        "service_returned",
        "service_called",
        "stage_ended",
    ]
    called, refused = observation.history.of(EventKind.SERVICE_CALLED)
    assert called.value["call"] == "r0/a/clock.now/1"
    assert refused.value["call"] == "r0/a/clock.refuse/1"
    assert refused.time_ns - called.time_ns == pytest.approx(4e6, abs=1e4)
    assert observe(1).history.digest() == observation.history.digest()
    assert observe(2).history.digest() != observation.history.digest()


def test_a_closed_recorder_adds_nothing():
    recorder = Recorder(lambda: 1.5)
    recorder.add(EventKind.RUN_STARTED, "r0", extra=1)
    recorder.close()
    recorder.add(EventKind.RUN_ENDED, "r0")
    (event,) = recorder.history()
    assert (event.seq, event.time_ns, event.value) == (0, 1_500_000_000, {"extra": 1})


def test_canaries_and_origins_are_found_in_values():
    assert canaries({"a": ["x CANARY-0123abcd y"], "b": "CANARY-0123abcd"}) == ["CANARY-0123abcd"]
    assert canaries({"a": "CANARY-short"}) == []
    assert origin_of({ORIGIN: ["r3", "a", 1]}) == "r3"
    assert origin_of({"x": 1}) is origin_of(None) is origin_of({ORIGIN: []}) is None


def test_our_own_mark_and_foreign_keys_are_no_part_of_a_digest():
    value = {"x": 1, ORIGIN: ["r0", "a", 1]}
    assert digest_of(value, None) == digest_of({"x": 1}, None)
    assert digest_of({**value, "added": 2}, frozenset({"x", ORIGIN})) == digest_of(value, None)
    assert digest_of({}, frozenset({"x"})) != digest_of(value, None)


def test_a_stage_may_return_an_outcome_a_mapping_or_nothing(lab, monkeypatch):
    module = types.ModuleType("three_stages")

    async def outcome_stage(_port):
        return Outcome(status=Status.SKIP, value={"x": 1}, reason="so")

    async def mapping_stage(_port):
        return {"x": 1}

    async def nothing_stage(_port):
        return None

    module.outcome, module.mapping, module.nothing = outcome_stage, mapping_stage, nothing_stage
    monkeypatch.setitem(sys.modules, "three_stages", module)
    made = lab.scenario("a")
    call = StageCall(input={"run": "r0"}, outputs={}, identity=None)

    def performed(name):
        instruments = Instruments(made, Recorder(lambda: 0.0), Factors(seed=0, low=1.0, high=1.0))
        spec = lab.StageSpec(name="a", function=f"three_stages:{name}")
        return asyncio.run(instruments.body(spec, call))

    assert performed("outcome").status is Status.SKIP
    assert performed("outcome").value == {"x": 1, ORIGIN: ["r0", "a", 1]}
    assert performed("mapping").value == {"x": 1, ORIGIN: ["r0", "a", 1]}
    assert performed("nothing").value == {ORIGIN: ["r0", "a", 1]}


def test_the_marker_names_stage_and_run():
    assert fault_marker("r0", "a") == "injected into a of r0"


def test_a_slow_clean_up_delays_the_end_of_a_stage_that_is_cancelled(lab):
    made = lab.scenario(*CHAIN, faults=[(FaultKind.SLOW_CLEANUP, "a", 30.0)])
    (request,) = made.requests
    observation = lab.run(replace(made, requests=(replace(request, cancel_after_ms=1.5),)))
    (cancelled,) = observation.history.of(EventKind.RUN_CANCELLED)
    (stopped,) = observation.history.of(EventKind.STAGE_STOPPED)
    assert round((stopped.time_ns - cancelled.time_ns) / 1e6) == 30
    assert outcome(observation) == "cancelled"


def test_a_stage_function_that_is_not_there_is_a_mistake_of_the_run_folder(monkeypatch):
    module = types.ModuleType("pipelines.chaos")
    made = scenario_with_function("nowhere:nothing")
    monkeypatch.setattr(module, "scenario", lambda _random: made, raising=False)
    monkeypatch.setitem(sys.modules, "pipelines.chaos", module)
    with pytest.raises(UsageError, match="nowhere:nothing"):
        draw(Kind.CHAOS, 0, 0)


def scenario_with_function(function):
    stage = StageSpec(name="a", function=function)
    request = RunRequest(key="r0", input={}, identity=identity_of(0, 0))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=PipelineSpec(name="p", stages=(stage,)),
        requests=(request,),
    )
