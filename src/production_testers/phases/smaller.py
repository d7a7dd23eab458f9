"""Spends more on making a finding's evidence small than its run did."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from production_testers.evidence.defect import Defect
from production_testers.evidence.loads import is_load
from production_testers.evidence.pipeline import MINIMISE
from production_testers.evidence.replay import replay
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import prepare
from production_testers.experiments.worker import Worker
from production_testers.model.errors import UsageError
from production_testers.phases.kept import KeptFinding, with_evidence
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.journal import JournalKind

ALLOWANCE_MORE = 300_000
"""Ten times what a run spends on the candidates of one law and class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smaller:
    """What became of the evidence.

    Attributes:
        reproduced: Whether it broke its law at all.
        changed: Whether something smaller took its place.
        exhibit: What replays the defect now.
        detail: In words.
    """

    reproduced: bool
    changed: bool
    exhibit: Mapping[str, Any]
    detail: str

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "reproduced": self.reproduced,
            "changed": self.changed,
            "detail": self.detail,
            "directives": list(exhibit_in_words(self.exhibit)),
        }


def make_smaller(kept: KeptFinding, defect: Defect, allowance: int) -> Smaller:
    """Shrink the evidence; what is left takes its place where it is the same defect.

    The same defect: the same law, way of breaking it and component, and nothing necessary that was
    not necessary before.

    Args:
        kept: The finding.
        defect: Its evidence.
        allowance: Work that may be spent, in stages times runs of what is tried.

    Raises:
        UsageError: The evidence is a script, or work that was measured.
    """
    if "script" in defect.exhibit:
        raise UsageError(
            f"{kept.finding.id} is shown by a script, which is kept as it was written."
        )
    if is_load(defect.exhibit):
        raise UsageError(f"{kept.finding.id} is about a load, which is measured as it was.")
    if "scenario" not in defect.exhibit:
        raise UsageError(f"{kept.finding.id} is about measured work: two sizes are its evidence.")
    sut = kept.sut(defect)
    with Worker(prepare(sut).python, sut.name, kept.paths(defect)) as worker:
        small = worker.call(
            MINIMISE,
            {
                "scenario": defect.exhibit["scenario"],
                "law": defect.law,
                "outcome_class": defect.outcome_class,
                "allowance": allowance,
            },
        )
        if not small["reproduced"]:
            detail = f"It does not break {defect.law} on {sut}"
            kept.note("minimised", detail, sut=str(sut), passed=False)
            return Smaller(reproduced=False, changed=False, exhibit=defect.exhibit, detail=detail)
        new = _with(defect, small)
        end = "nothing smaller breaks it" if small["complete"] else "allowance used up"
        tried = f"{small['executions']} smaller scenarios tried; {end}"
        if new.exhibit == defect.exhibit or not defect_of(new, defect):
            kept.note("minimised", tried, sut=str(sut))
            return Smaller(reproduced=True, changed=False, exhibit=defect.exhibit, detail=tried)
        shown = replay(worker, new)
    new = replace(new, digest=shown.digest).with_step("minimised", tried)
    _keep(kept, new, shown.history)
    kept.note("minimised", tried, sut=str(sut))
    return Smaller(reproduced=True, changed=True, exhibit=new.exhibit, detail=tried)


def _with(defect: Defect, small: Mapping[str, Any]) -> Defect:
    return replace(
        defect,
        component=small["component"],
        features=tuple(small["features"]),
        fingerprint=small["fingerprint"],
        verdict=small["verdict"],
        exhibit={"scenario": small["scenario"]},
        executions=defect.executions + small["executions"],
        cures=tuple(small["cures"]),
        also_breaks=tuple((law, way) for law, way in small["also_breaks"]),
    )


def defect_of(new: Defect, old: Defect) -> bool:
    """Whether the smaller evidence still shows the same defect."""
    return new.component == old.component and set(new.features) <= set(old.features)


def _keep(kept: KeptFinding, new: Defect, history: str) -> None:
    write_json(kept.folder / "evidence.json", {"finding": kept.finding.id, **new.as_json()})
    write_text(kept.folder / "history.jsonl", history)
    kept.change(
        lambda finding: with_evidence(
            finding,
            fingerprint=new.fingerprint,
            features=list(new.features),
            directives=list(exhibit_in_words(new.exhibit)),
            executions=new.executions,
        ),
        JournalKind.FINDING_SHRUNK,
        fingerprint=new.fingerprint,
    )
