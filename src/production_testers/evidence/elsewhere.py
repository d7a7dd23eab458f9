"""Asks evidence on another release: a job of a worker, standard library only.

A replay answers for one timing only. Choices are named by what they decide, so most of them mean
the same elsewhere; where some do not exist there, or the break does not show, the scenario is
explored again within a bound. So nothing is ever called absent because a replay went out of step.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from production_testers.evidence import scripted
from production_testers.evidence.ranges import OTHER_TIMINGS
from production_testers.experiments import jobs
from production_testers.experiments.execution import execute, factors_for, needs
from production_testers.experiments.judging import run_and_judge
from production_testers.laws import LAWS
from production_testers.model import scenario_format
from production_testers.model.ordering import Order
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import Capability, SutDescription
from production_testers.model.verdict import State, Verdict
from production_testers.suts.contract import Adapter

Emit = Callable[[dict[str, Any]], None]

WORK_MAX = 6_000
"""Bound on these, in stages times runs: a large scenario is asked less often."""

TIMINGS_MIN = 2

SPREADS = (1.0, 2.0, 10.0)
"""Largest latency factors of the other timings, in turn: nearly even, uneven, very uneven."""


def ask(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Whether a law is broken in one way here.

    Args of the job: exhibit, law, outcome_class; optional timings (how many beside its own) and
    first (number of the first of them).

    Returns:
        answer: broken, holds, unknown or not_offered; detail: in words; timings: how many were
        executed; broken: in how many it was; own: whether the evidence's own timing shows it;
        out_of_step: the choices of the evidence that do not exist here; digest: of the history of
        the evidence's own timing.
    """
    sut = adapter.describe()
    if missing := _missing(sut, arguments):
        return _answer("not_offered", f"not offered: {', '.join(missing)}")
    if "script" in arguments["exhibit"]:
        return _answer(**scripted.ask(arguments["exhibit"]))
    if "scenario" not in arguments["exhibit"]:
        return _measured(adapter, arguments)
    scenario = scenario_format.from_json(arguments["exhibit"]["scenario"])
    return _Inquiry(adapter, sut, arguments["law"], arguments["outcome_class"]).answer(
        scenario, arguments.get("timings", OTHER_TIMINGS), arguments.get("first", 1)
    )


def _missing(sut: SutDescription, arguments: Mapping[str, Any]) -> list[str]:
    """What the law, this way of breaking it and the scenario need and this release lacks."""
    law = LAWS[arguments["law"]]
    declared = law.classes[arguments["outcome_class"]]
    needed: set[Capability] = {law.capability}
    if declared.capability is not None:
        needed.add(declared.capability)
    if "scenario" in arguments["exhibit"]:
        needed |= needs(scenario_format.from_json(arguments["exhibit"]["scenario"]))
    return sorted(capability.value for capability in needed if not sut.offers(capability))


def _answer(answer: str, detail: str, **more: Any) -> dict[str, Any]:
    plain = {"timings": 0, "broken": 0, "own": False, "out_of_step": [], "digest": ""}
    return {"answer": answer, "detail": detail, **plain, **more}


def _measured(adapter: Adapter, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Work by size is counted and not timed, so once is enough."""
    verdict = jobs.cost(adapter, dict(arguments["exhibit"]), lambda _event: None)["verdicts"].get(
        arguments["law"]
    )
    if verdict is None:
        return _answer("not_offered", "the law does not apply here")
    shows = verdict["state"] == "broken" and verdict["outcome_class"] == arguments["outcome_class"]
    state = "broken" if shows else verdict["state"]
    detail = verdict["summary"] or f"{verdict['exercised']} sizes compared"
    return _answer(state, detail, timings=1, broken=int(shows), own=shows)


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """One law, one way of breaking it, one release."""

    adapter: Adapter
    sut: SutDescription
    law: str
    outcome_class: str

    def answer(self, scenario: Scenario, timings: int, first: int) -> dict[str, Any]:
        """Ask the scenario in its own timing, then in others until one breaks the law."""
        judged = run_and_judge(self.adapter, self.sut, scenario)
        verdict = judged.verdicts[self.law]
        shared: dict[str, Any] = {"digest": judged.observation.history.digest()}
        if (way := verdict.way(self.outcome_class)) is not None:
            return _answer("broken", way.summary, timings=1, broken=1, own=True, **shared)
        shared["out_of_step"] = self._out_of_step(scenario)
        said = Counter([self._says(verdict)])
        summaries = {self._says(verdict): verdict.summary}
        for varied in _other_timings(scenario, _bounded(timings, scenario), first):
            verdict = run_and_judge(self.adapter, self.sut, varied).verdicts[self.law]
            says = self._says(verdict)
            said[says] += 1
            summaries.setdefault(says, verdict.summary)
            if says == "broken":
                break
        return _concluded(said, summaries, shared)

    def _says(self, verdict: Verdict) -> str:
        if verdict.way(self.outcome_class) is not None:
            return "broken"
        if verdict.state is State.BROKEN:
            return "otherwise"
        if verdict.explained:
            return "explained"
        return verdict.state.value

    def _out_of_step(self, scenario: Scenario) -> list[str]:
        """Choices that the evidence states and that nothing asked for here."""
        factors = factors_for(scenario)
        execute(self.adapter, scenario, self.sut, factors=factors)
        stated = scenario.latencies.fixed
        return sorted(name for name in stated if name != "*" and name not in factors.taken)


def _concluded(
    said: Counter[str], summaries: Mapping[str, str], shared: Mapping[str, Any]
) -> dict[str, Any]:
    """Broken where one timing shows it; holds only where it was judged and nothing else is wrong.

    A law that is broken in another way, or whose break another law explains, is not kept.
    """
    timings = sum(said.values())
    counted = {"timings": timings, "broken": said["broken"], **shared}
    if said["broken"]:
        detail = f"{summaries['broken']} (in another timing than that of the evidence)"
        return _answer("broken", detail, **counted)
    for state, words in (
        ("otherwise", "broken in another way"),
        ("explained", "not kept"),
    ):
        if said[state]:
            detail = f"{words} in {said[state]} of {timings} timings: {summaries[state]}"
            return _answer("unknown", detail, **counted)
    if said["holds"]:
        return _answer("holds", f"holds in {said['holds']} of {timings} timings", **counted)
    return _answer("unknown", summaries["unknown"] or "nothing was judged", **counted)


def _bounded(timings: int, scenario: Scenario) -> int:
    size = max(1, len(scenario.pipeline.stages) * len(scenario.requests))
    return min(timings, max(TIMINGS_MIN, WORK_MAX // size))


def _other_timings(scenario: Scenario, count: int, first: int) -> Iterator[Scenario]:
    """The same scenario; every second timing keeps what the evidence states and draws the rest.

    Where the evidence holds tasks of the release that it was found on, any order may show the same.
    """
    fixed = {name: f for name, f in scenario.latencies.fixed.items() if name != "*"}
    for number in range(first, first + count):
        high = SPREADS[number % len(SPREADS)]
        kept = fixed if number % 2 else {}
        timing = replace(scenario.latencies, seed=number, low=1.0, high=high, fixed=kept)
        varied = replace(scenario, latencies=timing)
        if not scenario.feasible:
            varied = replace(varied, holds=(), order=Order(strategy="walk", seed=number))
        yield varied
