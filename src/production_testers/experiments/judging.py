"""Laws over one execution: every verdict, and the breaks that stand."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath

from production_testers.experiments.execution import execute
from production_testers.laws import LAWS, Law
from production_testers.model.canonical import Json
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription
from production_testers.model.verdict import State, Verdict
from production_testers.simulation import Session
from production_testers.suts.contract import Adapter

ALREADY_TOLD = "already told by"
"""Begins the summary of a break that gives way to the one it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One execution with the verdict of every law."""

    observation: Observation
    verdicts: dict[str, Verdict]
    session: Session

    @property
    def steps(self) -> int:
        """Callbacks that ran."""
        return self.session.steps

    @property
    def broken(self) -> dict[str, Verdict]:
        """The laws that are broken."""
        return {law: v for law, v in self.verdicts.items() if v.state is State.BROKEN}


def applicable(sut: SutDescription, scenario: Scenario) -> list[Law]:
    """The laws that judge such a scenario's history, and whose capability this release offers."""
    return [
        law
        for law in LAWS.values()
        if law.judges(scenario) and sut.offers(law.capability) and not law.needs_costs
    ]


def run_and_judge(
    adapter: Adapter, sut: SutDescription, scenario: Scenario, laws: Iterable[Law] | None = None
) -> Judged:
    """Execute once, ask every law, and drop breaks that have another reason than they say."""
    observation, session = execute(adapter, scenario, sut)
    chosen = applicable(sut, scenario) if laws is None else list(laws)
    if session.refused:
        unknown = Verdict(state=State.UNKNOWN, summary=session.refused[0])
        verdicts = dict.fromkeys((law.id for law in chosen), unknown)
        return Judged(observation=observation, verdicts=verdicts, session=session)
    verdicts = {law.id: _ask(law, observation) for law in chosen}
    for law in chosen:
        if law.vanishes_alone:
            verdicts[law.id] = _beside_others(adapter, observation, verdicts[law.id])
    # only now: a break that did not stand must not silence the general law that tells it rightly
    return Judged(observation=observation, verdicts=_give_way(verdicts), session=session)


def judge(observation: Observation, laws: Iterable[Law]) -> dict[str, Verdict]:
    """Ask each law; one that crashes is *unknown* and says so; general laws give way to others."""
    return _give_way({law.id: _ask(law, observation) for law in laws})


def _give_way(verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
    broken = [law_id for law_id, verdict in verdicts.items() if verdict.state is State.BROKEN]
    special = [law_id for law_id in broken if not LAWS[law_id].catch_all]
    for law_id in broken:
        law = LAWS[law_id]
        stronger = special if law.catch_all else [o for o in law.gives_way_to if o in broken]
        if stronger:
            verdicts[law_id] = Verdict(
                state=State.UNKNOWN, summary=f"{ALREADY_TOLD} {stronger[0]}", explained=True
            )
    return verdicts


def _ask(law: Law, observation: Observation) -> Verdict:
    try:
        return law.check(observation)
    except Exception as error:  # noqa: BLE001 - silence is not success, and a crash is no break
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{PurePath(where.filename).name}:{where.lineno}"
        told = f"{type(error).__name__}: {error} ({place})"
        return Verdict(state=State.UNKNOWN, summary=told, crashed=True)


def _beside_others(adapter: Adapter, observation: Observation, verdict: Verdict) -> Verdict:
    """The verdict without the ways in which its run, executed alone, ends just so."""
    if verdict.state is not State.BROKEN:
        return verdict
    kept, dropped = [], ""
    for way in verdict.ways():
        alone = _alone(observation.scenario, way.run) if way.run else None
        if alone is not None and _end(execute(adapter, alone, observation.sut)[0], way.run) == _end(
            observation, way.run
        ):
            dropped = way.run
        else:
            kept.append(replace(way, also=()))
    if not kept:
        return Verdict(state=State.UNKNOWN, summary=f"run {dropped} ends so when alone, too")
    return replace(kept[0], exercised=verdict.exercised, also=tuple(kept[1:]))


def _alone(scenario: Scenario, run: str) -> Scenario | None:
    root = run.partition("/")[0]
    requests = tuple(request for request in scenario.requests if request.key in (run, root))
    alone = 0 < len(requests) < len(scenario.requests)
    return replace(scenario, requests=requests) if alone else None


def _end(observation: Observation, run: str) -> Json:
    """How a run ended; None where it did not."""
    ends = observation.history.of(EventKind.RUN_ENDED, run=run)
    return next((end.value.get("outcome") for end in ends), None)
