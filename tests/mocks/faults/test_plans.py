"""What a plan decides follows from its seed and from names; a dry run tells it before."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from random import Random
from statistics import mean

import pytest

from mocks.hosted import REFUND, host
from production_testers.mocks.faults import CATALOGUE, Decider, Occasion, Way, checked, kind_of
from production_testers.mocks.faults.distributions import DISTRIBUTIONS, draw, wrong
from production_testers.mocks.faults.dry_run import Load, foresee
from production_testers.mocks.faults.kinds import Layer
from production_testers.mocks.faults.words import rule_in_words
from production_testers.mocks.host import Host
from production_testers.mocks.line import acts_on_calls
from production_testers.mocks.servers import conductor
from production_testers.mocks.services import MockLlm, ServiceError
from production_testers.mocks.stock import stock_services
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.fault_plan import Burst, FaultPlan, Place, Rule, Target, When


def rule(name="one", fault="http-500", place=Place.SERVICE, target="llm", **members):
    params = members.pop("params", {})
    where = {k: members.pop(k) for k in ("operation", "run", "stage") if k in members}
    return Rule(
        id=name,
        fault=fault,
        at=Target(place=place, name=target, **where),
        when=When(**members),
        params=params,
    )


def decided(*rules, seed=1, calls=200, caller=("", ""), now=lambda nth: 0.0):
    """At which of its calls a caller's `llm.chat` is disturbed, by rule."""
    moment = [0.0]
    decider = Decider(checked(FaultPlan(seed=seed, rules=rules)), lambda: moment[0])
    found = {one.id: [] for one in rules}
    for nth in range(1, calls + 1):
        moment[0] = now(nth)
        occasion = Occasion(
            place=Place.SERVICE,
            name="llm",
            operation="chat",
            run=caller[0],
            stage=caller[1],
            nth=nth,
        )
        for firing in decider.at(occasion):
            found[firing.rule].append(nth)
    return found


def test_there_are_enough_kinds_in_every_layer_and_each_says_what_it_does():
    assert len(CATALOGUE) >= 60
    assert {kind.layer for kind in CATALOGUE.values()} == set(Layer)
    for name, kind in CATALOGUE.items():
        assert name == kind.name
        assert kind.what.endswith(".")
        assert kind.ends.endswith(".")
        assert kind.places
        assert acts_on_calls(kind) == (Place.SERVICE in kind.places)
        for param in kind.params.values():
            assert param.choices or isinstance(param.default, str) or param.low is not None
            if param.low is not None and param.high is not None:
                assert param.low <= param.default <= param.high


def test_always_and_sometimes():
    assert decided(rule())["one"] == list(range(1, 201))
    half = decided(rule(share=0.5))["one"]
    assert 70 < len(half) < 130
    assert half == decided(rule(share=0.5))["one"]
    assert half != decided(rule(share=0.5), seed=2)["one"]


def test_first_every_at_most_and_named_calls():
    assert decided(rule(first=5, every=10, at_most=3))["one"] == [5, 15, 25]
    assert decided(rule(calls=("llm.chat/4", "llm.chat/9")))["one"] == [4, 9]
    named = rule(calls=("r0/a/llm.chat/2",))
    assert decided(named, caller=("r0", "a"))["one"] == [2]
    assert decided(named)["one"] == []


def test_windows_in_time():
    within = rule(from_ms=100, until_ms=200)
    assert decided(within, now=lambda nth: nth * 10.0)["one"] == list(range(10, 20))


def test_leaving_a_rule_out_changes_nothing_for_the_others():
    one, two = rule("one", share=0.3), rule("two", "latency", share=0.3)
    both = decided(one, two)
    assert both["one"] == decided(one)["one"]
    assert both["two"] == decided(two)["two"]
    assert both["one"] != both["two"]


def test_callers_are_decided_for_apart():
    seen = {run: decided(rule(share=0.5), caller=(run, "a"))["one"] for run in ("r0", "r1")}
    assert seen["r0"] != seen["r1"]
    only = rule(run="r0", stage="a")
    assert decided(only, caller=("r0", "a"))["one"]
    assert not decided(only, caller=("r0", "b"))["one"]


def test_a_burst_is_all_or_nothing_in_a_window_and_shared_by_its_group():
    burst = Burst(group="rack", length=10, share=0.3, of="calls")
    both = decided(rule("one", burst=burst), rule("two", "latency", burst=burst))
    assert both["one"] == both["two"]
    windows = {(nth - 1) // 10 for nth in both["one"]}
    assert len(both["one"]) == 10 * len(windows)
    assert 1 < len(windows) < 15
    other = replace(burst, group="other")
    assert decided(rule(burst=other))["one"] != both["one"]
    timed = rule(burst=replace(burst, of="ms", length=100))
    assert timed.when.looks_at_time
    assert len(decided(timed, now=lambda nth: nth * 10.0)["one"]) % 10 == 0


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"distribution": "constant", "value": 4}, 4),
        ({"distribution": "uniform", "low": 10, "high": 20}, 15),
        ({"distribution": "exponential", "mean": 30}, 30),
        ({"distribution": "normal", "mean": 50, "sd": 5}, 50),
        ({"distribution": "lognormal", "median": 20, "sigma": 0.5}, 22.7),
        ({"distribution": "pareto", "scale": 10, "shape": 3}, 15),
        ({"distribution": "weibull", "scale": 10, "shape": 1}, 10),
        ({"distribution": "bimodal", "low": 0, "high": 100, "share": 0.2}, 20),
        ({"distribution": "choice", "values": [1, 3]}, 2),
    ],
    ids=DISTRIBUTIONS,
)
def test_a_distribution_has_the_mean_that_it_states(spec, expected):
    assert list(wrong(spec, "p")) == []
    random = Random(1)
    drawn = [draw(spec, random) for _ in range(4000)]
    assert mean(drawn) == pytest.approx(expected, rel=0.12)
    assert min(drawn) >= 0
    bounded = {**spec, "least": expected, "most": expected + 1}
    assert all(expected <= draw(bounded, random) <= expected + 1 for _ in range(50))


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"distribution": "strange"}, "p.distribution: 'strange'; known: constant"),
        ({"distribution": "uniform", "low": 1}, "p.high: None is no number"),
        ({"distribution": "exponential", "mean": 0}, "p.mean: 0 is not above 0"),
        ({"distribution": "choice", "values": []}, r"p.values: \[\] is no list"),
        ({"distribution": "constant"}, "p.value: is missing"),
        ({"distribution": "constant", "value": 1, "sd": 2}, "p.sd: constant has no such member"),
        ({"distribution": "constant", "value": 1, "most": "x"}, "p.most: 'x' is no number"),
    ],
)
def test_a_distribution_that_is_none_is_told(spec, problem):
    with pytest.raises(InvalidDocumentError, match=problem.replace("p.", r"rules\[0\].params.ms.")):
        checked(FaultPlan(rules=(rule(fault="latency", params={"ms": spec}),)))


@pytest.mark.parametrize(
    ("wrong_rule", "problem"),
    [
        (rule(fault="http-5000"), "Did you mean http-500"),
        (
            rule(fault="http-500", place=Place.STAGE),
            "http-500 cannot be at a stage; it can be at: service",
        ),
        (
            rule(fault="llm-empty", target="db"),
            r"happens at llm.chat, llm.chat_stream, which db.\* never is",
        ),
        (
            rule(fault="latency", params={"seconds": 1}),
            "latency has no such parameter; known: ms, side",
        ),
        (rule(fault="latency", params={"ms": -1}), "-1 is not from 0 to"),
        (
            rule(fault="latency", params={"ms": "soon"}),
            "'soon' is neither a number nor a distribution",
        ),
        (rule(fault="latency", params={"side": "left"}), "'left' is none of answer, request"),
        (rule(fault="llm-other-model", params={"model": 3}), "3 is no text"),
        (rule(every_ms=5), "a service has occasions; say `every` instead"),
        (
            rule(
                fault="stage-raises",
                place=Place.STAGE,
                params={"error": {"distribution": "choice", "values": ["Oops"]}},
            ),
            "'Oops' is none of RuntimeError",
        ),
        (
            rule(fault="process-paused", place=Place.PROCESS, calls=("a/1",)),
            "a process has moments, no calls",
        ),
    ],
)
def test_a_rule_that_cannot_happen_is_refused(wrong_rule, problem):
    with pytest.raises(InvalidDocumentError, match=problem):
        checked(FaultPlan(rules=(wrong_rule,)))


def test_a_kind_knows_in_which_way_it_can_be_where():
    refused = FaultPlan(rules=(rule(fault="connection-refused"),))
    assert checked(refused, Way.SIMULATED) is refused
    with pytest.raises(InvalidDocumentError, match="at a service is simulated only, not real"):
        checked(refused, Way.REAL)
    with pytest.raises(UsageError, match="Did you mean latency"):
        kind_of("lateny")


def test_what_is_drawn_belongs_to_the_occasion_and_keeps_to_the_range():
    spec = {"distribution": "uniform", "low": 0, "high": 5}
    plan = FaultPlan(seed=1, rules=(rule(fault="llm-wrong-usage", params={"factor": spec}),))
    decider = Decider(plan, lambda: 0.0)

    def at(nth):
        (firing,) = decider.at(Occasion(place=Place.SERVICE, name="llm", operation="chat", nth=nth))
        return firing.params["factor"]

    drawn = [at(nth) for nth in range(1, 50)]
    assert max(drawn) == 1.0  # the parameter ends there
    assert len(set(drawn)) > 5
    assert at(7) == drawn[6]


def test_a_dry_run_tells_what_a_run_does():
    plan = FaultPlan(
        seed=5,
        rules=(
            rule("some", share=0.3),
            rule(
                "tokens",
                "llm-truncated",
                share=0.2,
                params={"tokens": {"distribution": "uniform", "low": 1, "high": 9}},
            ),
            rule("never", share=0.0),
        ),
    )
    told = foresee(plan, Load(operations={"llm": ("chat",)}, calls=40))
    made = host(plan)

    async def work():
        for _ in range(40):
            with suppress(ServiceError):
                await made.call("llm", "chat", REFUND)

    asyncio.run(work())
    happened = [(f.rule, f.at, f.params) for f in made.firings]
    foreseen = [(f.rule, f.at, f.params) for one in told for f in one.firings]
    hidden = {f.at for one in told if one.rule.id == "some" for f in one.firings}
    foreseen = [f for f in foreseen if f[0] == "some" or f[1] not in hidden]  # it was refused
    assert sorted(map(str, happened)) == sorted(map(str, foreseen))
    assert [(one.rule.id, one.occasions) for one in told] == [
        ("some", 40),
        ("tokens", 40),
        ("never", 40),
    ]
    assert told[2].firings == ()


def test_a_dry_run_knows_every_place():
    rules = (
        rule("stage", "stage-raises", Place.STAGE, "a"),
        rule("port", "latency", Place.PORT, "app"),
        rule("dns", "dns-timeout", Place.DNS, "db.internal"),
        rule("process", "process-paused", Place.PROCESS, "app", every_ms=1000, at_most=3),
        rule("host", "cpu-hog", Place.HOST, "*"),
    )
    told = foresee(FaultPlan(rules=rules), Load(operations={}, calls=4, seconds=10))
    assert {one.rule.id: len(one.firings) for one in told} == {
        "stage": 4, "port": 4, "dns": 4, "process": 3, "host": 1,
    }  # fmt: skip
    assert conductor.HOST == "host"


def test_the_stock_services_have_every_operation_that_a_kind_is_about():
    operations = {name: service.operations for name, service in stock_services(0).items()}
    for kind in CATALOGUE.values():
        if Place.SERVICE in kind.places:
            (told,) = foresee(
                FaultPlan(rules=(rule(fault=kind.name, target="*"),)),
                Load(operations=operations, calls=1),
            )
            assert told.firings, kind.name


def test_a_rule_in_words():
    burst = Burst(group="rack", length=100, share=0.25)
    whole = rule(
        fault="latency", operation="chat", run="r0", stage="ask", share=0.5, first=2, every=3,
        at_most=4, from_ms=10, until_ms=900, burst=burst,
        params={"ms": {"distribution": "uniform", "low": 1, "high": 5}},
    )  # fmt: skip
    assert rule_in_words(whole) == (
        "At service llm.chat called by stage ask in run r0, at 0.5 of all occasions, from occasion"
        " 2 on, every 3th time, at most 4 times for each caller, from 10 ms on, until 900 ms, in"
        " bursts of group rack (0.25 of all 100 ms): The request or the answer comes later, by a"
        " time of any distribution (ms uniform(low 1, high 5))."
    )
    named = rule(fault="stage-hangs", place=Place.STAGE, target="*", calls=("r0/a/1",))
    assert rule_in_words(named).startswith("In every stage, at r0/a/1: The stage never ends")
    assert rule_in_words(rule(fault="latency", place=Place.PORT, target="db")).startswith(
        "At port db, always:"
    )


def test_who_calls_a_service_that_is_not_there_is_told_which_are():
    with pytest.raises(Exception, match="There is no service 'db'; there are llm"):
        asyncio.run(Host({"llm": MockLlm(1)}).call("db", "query", {}))
