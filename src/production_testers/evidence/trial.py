"""The first look at a proposal: does what it holds break the law that it names, every time?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from production_testers.evidence import fingerprint, scripted
from production_testers.evidence.defect import Defect
from production_testers.evidence.pipeline import ALLOWANCE, made_small
from production_testers.experiments.judging import ALREADY_TOLD
from production_testers.experiments.worker import WorkerDiedError, Workers
from production_testers.model.errors import PtestError, UsageError
from production_testers.suts.registry import IMPORT_NAMES

CHECK = "production_testers.evidence.jobs:check"
REPLAY = "production_testers.experiments.jobs:replay"
COMPONENT = "production_testers.evidence.jobs:component"

TRIALS = 5
"""Replays, each in a fresh process, all of which must break the law in one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the first look showed.

    Attributes:
        breaks: True: every replay, in one way. False: it does not. None: cannot tell.
        reason: Why, with numbers.
        defect: Minimised and fingerprinted, where it breaks the law.
    """

    breaks: bool | None
    reason: str
    defect: Defect | None = None


def try_out(
    workers: Workers, law: str, scenario: Mapping[str, Any], origin: Mapping[str, Any]
) -> Trial:
    """Replay a proposed scenario, and make it small where it breaks its law.

    Args:
        workers: With the system under test.
        law: The law that is said to be broken.
        scenario: In its format.
        origin: Where it comes from; kept with the evidence.

    Raises:
        UsageError: A stage or service of the scenario cannot be imported.
    """
    try:
        missing = not_offered(workers, law, scenario)
    except WorkerDiedError as error:
        return Trial(breaks=None, reason=f"what it names cannot be imported: {error.what}")
    if missing:
        return Trial(breaks=False, reason=f"not offered by {_name(workers)}: {', '.join(missing)}")
    verdicts = _replays(workers, law, scenario)
    broken = [verdict for verdict in verdicts if verdict["state"] == "broken"]
    ways = Counter(verdict["outcome_class"] for verdict in broken)
    if len(broken) < TRIALS or len(ways) > 1:
        return _not_broken(verdicts, broken, len(ways))
    return _broken(workers, law, scenario, origin, broken[0])


def not_offered(workers: Workers, law: str, scenario: Mapping[str, Any]) -> list[str]:
    """What a scenario or a law needs and this release does not offer; imports all that it names.

    Raises:
        UsageError: A stage or service cannot be imported.
        WorkerDiedError: Importing it ends the process.
    """
    answer = workers.call(CHECK, {"scenario": dict(scenario), "law": law})
    return list(answer["not_offered"])


def _name(workers: Workers) -> str:
    return " ".join(str(part) for part in (workers.sut["name"], workers.sut["version"]) if part)


def _replays(workers: Workers, law: str, scenario: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The law's verdicts; the first replay that ends without one is the last."""
    verdicts: list[Mapping[str, Any]] = []
    while len(verdicts) < TRIALS and not (verdicts and "died" in verdicts[-1]):
        verdicts.append(_replayed(workers, law, scenario))
    return verdicts


def _replayed(workers: Workers, law: str, scenario: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        result = workers.call(REPLAY, {"scenario": dict(scenario)})
    except UsageError:
        raise
    except PtestError as error:  # it kills its process, or is more than the harness can do
        told = (error.what.splitlines() or [""])[0]
        return {"state": "unknown", "summary": told, "outcome_class": "", "died": True}
    verdict: Mapping[str, Any] = result["verdicts"][law]
    return verdict


def _not_broken(
    verdicts: list[Mapping[str, Any]], broken: list[Mapping[str, Any]], ways: int
) -> Trial:
    if broken:
        again = f", in {ways} different ways" if ways > 1 else ""
        return Trial(breaks=False, reason=f"flaky: {len(broken)} of {TRIALS} replays{again}")
    told_by = verdicts[0]["summary"]
    if told_by.startswith(ALREADY_TOLD):
        return Trial(breaks=False, reason=f"the break is {told_by}; propose it for that law")
    unknown = [verdict for verdict in verdicts if verdict["state"] == "unknown"]
    if unknown:
        told = unknown[0]["summary"] or "nothing was judged"
        return Trial(
            breaks=None, reason=f"cannot tell in {len(unknown)} of {TRIALS} replays: {told}"
        )
    judged = verdicts[0]["exercised"]
    return Trial(
        breaks=False,
        reason=f"does not break the law: it holds in {TRIALS} of {TRIALS} replays, on {judged}"
        f" thing{'s' * (judged != 1)} judged",
    )


def _broken(
    workers: Workers,
    law: str,
    scenario: Mapping[str, Any],
    origin: Mapping[str, Any],
    verdict: Mapping[str, Any],
) -> Trial:
    reason = f"{TRIALS} of {TRIALS} replays break the law"
    proposed = Defect(
        law=law,
        outcome_class=verdict["outcome_class"],
        component="",
        features=(),
        fingerprint="",
        verdict=verdict,
        exhibit={"scenario": scenario},
        digest="",
        sut=workers.sut,
        kinds={scenario["kind"]: 0},
        origin=origin,
    ).with_step("proposed", f"{origin['proposal']}: {reason}")
    defect, _ = made_small(workers, proposed, ALLOWANCE)
    if (gate := defect.failed_gate) is not None:
        died = gate.state == "minimised"
        return Trial(breaks=None if died else False, reason=gate.detail)
    return Trial(breaks=True, reason=reason, defect=defect)


def try_out_script(
    workers: Workers, law: str, way: str, script: str, origin: Mapping[str, Any]
) -> Trial:
    """Run a proposed script where the system under test is; it is kept as it was written.

    Args:
        workers: With the system under test.
        law: The law that is said to be broken.
        way: In which way.
        script: Its text, which parses.
        origin: Where it comes from; kept with the evidence.
    """
    name = str(workers.sut["name"])
    if hidden := scripted.what_it_hides(script, (IMPORT_NAMES.get(name, name),)):
        reason = f"a script holds the framework and the standard library alone: {hidden[0]}"
        return Trial(breaks=False, reason=reason)
    runs = [_script_ended(workers, law, way, script) for _ in range(TRIALS)]
    states = Counter(str(one["state"]) for one in runs)
    if states["broken"] < TRIALS:
        return _script_does_not_show(runs, states)
    reason = f"{TRIALS} of {TRIALS} runs end with 1"
    component = str(workers.call(COMPONENT, {"law": law, "outcome_class": way}))
    needed = (scripted.feature(script),)
    proposed = Defect(
        law=law,
        outcome_class=way,
        component=component,
        features=needed,
        fingerprint=fingerprint.fingerprint(law, component, way, needed),
        verdict=runs[-1],
        exhibit={"script": script},
        digest="",
        sut=workers.sut,
        origin=origin,
    )
    told = f"{origin['proposal']}: {reason}; {runs[-1]['summary']}"
    defect = proposed.with_step("proposed", told)
    defect = defect.with_step("minimised", "a script is kept as it was written")
    return Trial(breaks=True, reason=reason, defect=defect)


def _script_ended(workers: Workers, law: str, way: str, script: str) -> Mapping[str, Any]:
    arguments = {"script": script, "law": law, "outcome_class": way}
    try:
        verdict: Mapping[str, Any] = workers.call(scripted.RUN, arguments)["verdicts"][law]
    except WorkerDiedError as error:
        return {"state": "unknown", "summary": str(error), "outcome_class": ""}
    return verdict


def _script_does_not_show(runs: list[Mapping[str, Any]], states: Counter[str]) -> Trial:
    shown = states["broken"]
    last = next(one["summary"] for one in reversed(runs) if one["state"] != "broken")
    flaky = "flaky: " if shown else ""
    reason = f"{flaky}{shown} of {TRIALS} runs end with 1; {last}"
    return Trial(breaks=None if states["unknown"] else False, reason=reason)
