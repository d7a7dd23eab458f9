"""Shows a defect again: executes its exhibit in a fresh process and asks the same law."""

from dataclasses import dataclass
from typing import Any

from production_testers.evidence import loads, scripted
from production_testers.evidence.defect import Defect
from production_testers.experiments.worker import Worker, WorkerDiedError
from production_testers.model.verdict import told_of

REPLAY = "production_testers.experiments.jobs:replay"
COST = "production_testers.experiments.jobs:cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What one replay showed.

    Attributes:
        shows: True: the law is broken in the same way. False: it is not. None: cannot tell.
        detail: In words.
        digest: Of the history; empty where there is none.
        history: The history as a file's text.
    """

    shows: bool | None
    detail: str
    digest: str = ""
    history: str = ""

    @property
    def exit_code(self) -> int:
        """1 the break shows again, 0 it does not, 2 cannot tell."""
        return 2 if self.shows is None else int(self.shows)


def replay(worker: Worker, defect: Defect) -> Replay:
    """Replay in a fresh child of a worker; in a new process where the worker is new."""
    try:
        if "scenario" in defect.exhibit:
            result = worker.call(REPLAY, {"scenario": defect.exhibit["scenario"]})
        elif "script" in defect.exhibit:
            told = {"law": defect.law, "outcome_class": defect.outcome_class}
            result = worker.call(scripted.RUN, {"script": defect.exhibit["script"], **told})
        elif loads.is_load(defect.exhibit):
            result = loads.replayed(worker, defect.exhibit)
        else:
            result = {"digest": "", "history": "", **worker.call(COST, dict(defect.exhibit))}
    except WorkerDiedError as error:
        return Replay(shows=None, detail=str(error))
    return _judged(defect, result)


def _judged(defect: Defect, result: dict[str, Any]) -> Replay:
    if missing := result.get("not_offered"):
        return Replay(shows=None, detail=f"not offered here: {', '.join(missing)}")
    verdict = result["verdicts"].get(defect.law)
    history = {"digest": result["digest"], "history": result["history"]}
    if verdict is None:
        return Replay(shows=None, detail=f"{defect.law} does not apply here", **history)
    if way := told_of(verdict, defect.outcome_class):
        return Replay(shows=True, detail=way["summary"], **history)
    if verdict["state"] == "unknown":
        return Replay(shows=None, detail=verdict["summary"], **history)
    seen = verdict["summary"] or f"{defect.law} holds ({verdict['exercised']} things judged)"
    return Replay(shows=False, detail=seen, **history)
