"""What has to be closed is closed when everybody else is done, however small the usage gets."""

from random import Random

from production_testers.evidence.usages import STEPS, usage_in_words
from production_testers.experiments.judging import run_and_judge
from production_testers.laws.usage import calls_of
from production_testers.model.scenario import Kind, Latencies, using
from production_testers.model.scenario_format import to_json
from production_testers.model.usage import LAST, Call, Usage
from production_testers.suts.reference import ReferenceAdapter
from production_testers.units import UNITS


def sink(*calls):
    closing = Call(key="last.0", client=LAST, operation="stop")
    settings = {"capacity": 2, "drain_ms": 1_000}
    return Usage(unit="event_sink", settings=settings, calls=(*calls, closing))


def offer(key, client, after_ms=0.0):
    arguments = {"event": key}
    return Call(key=key, client=client, operation="offer", arguments=arguments, after_ms=after_ms)


def test_the_last_client_calls_when_all_others_have_made_their_calls():
    usage = sink(offer("a", "c0", 50.0), offer("b", "c1", 500.0))
    adapter = ReferenceAdapter()
    judged = run_and_judge(adapter, adapter.describe(), using(Kind.STRESS, usage))
    *others, last = calls_of(judged.observation)
    assert all(line.ended.seq < last.started.seq for line in others)
    assert judged.broken == {}


def test_a_usage_that_is_made_smaller_is_still_closed_last():
    unit = UNITS["event_sink"]
    for seed in range(5):
        scenario = using(
            Kind.STRESS, unit.draw(Random(seed), Kind.STRESS), latencies=Latencies(seed=seed)
        )
        smaller = [one for step in STEPS for one in step(scenario)]
        assert smaller
        assert {one.usage.calls[-1].operation for one in smaller} == {"stop"}
        assert {one.usage.calls[-1].client for one in smaller} == {LAST}


def test_an_event_sink_that_nobody_stops_is_no_proper_use():
    usage = sink(offer("a", "c0"))
    unit = UNITS["event_sink"]
    assert unit.is_proper(usage)
    left_open = Usage(unit=usage.unit, settings=usage.settings, calls=usage.calls[:-1])
    assert not unit.is_proper(left_open)


def test_the_last_call_is_told_as_such():
    usage = to_json(using(Kind.STRESS, sink(offer("a", "c0"))))["usage"]
    assert usage_in_words(usage)[-1].startswith("When all of these have ended, call stop(")
