"""One defect, one finding: which candidates are one, and which findings have one cause. Pure.

Candidates of one law and one way of breaking it are one defect where one needs all that another
needs, and more. Others stay apart, unless an experiment says otherwise: one repair in memory mends
both, and the scenario of one breaks the other's law as well, or, of one law and way, the repair is
to one attribute that runs share. Stopping tasks, or passing exceptions on, may mend two bugs of one
function at once; an attribute is one place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from production_testers.evidence.cures import is_of_one_place
from production_testers.evidence.defect import Defect, sizes_of
from production_testers.laws import LAWS
from production_testers.model.canonical import canonical_json


def merged_into(found: Sequence[Defect], defect: Defect) -> list[Defect]:
    """The defects with one more; equal and larger ones are the same defect.

    Of two that are equal the smaller scenario is kept, and the first where both are as small.
    """
    if (same := next((d for d in found if d.explains(defect)), None)) is not None:
        return [_merged(one, defect) if one is same else one for one in found]
    kept = []
    for other in found:
        if defect.explains(other):
            defect = _merged(defect, other)
        else:
            kept.append(other)
    return [*kept, defect]


def _merged(one: Defect, other: Defect) -> Defect:
    equal = one.fingerprint == other.fingerprint
    kept = other if equal and _size(other) < _size(one) else one
    other = one if kept is other else other
    kinds = dict(kept.kinds)
    for kind, schedules in other.kinds.items():
        kinds[kind] = kinds.get(kind, 0) + schedules
    return replace(kept, kinds=kinds, broken_so=max(kept.broken_so, other.broken_so))


def _size(defect: Defect) -> tuple[int, int, int]:
    """What a reader has to understand: things, what is stated about them, and how long that is."""
    sizes = sizes_of(defect.exhibit)
    fixed = defect.exhibit["scenario"]["latencies"]["fixed"] if sizes else {}
    return sum(sizes), len(fixed), len(canonical_json(dict(defect.exhibit)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """What tells whether two findings have one cause.

    Attributes:
        law: The law's id.
        outcome_class: In which way it is broken.
        severity: How bad it is, worst first.
        fingerprint: Names it.
        features: What is necessary for it.
        sizes: Of its smallest scenario.
        cures: Repairs in memory that mend it.
        also_breaks: What else its smallest scenario breaks, as law and way.
    """

    law: str
    outcome_class: str
    severity: int
    fingerprint: str
    features: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    cures: tuple[str, ...] = ()
    also_breaks: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, defect: Defect, severity: int) -> "Break":
        """Of a defect."""
        return cls(
            law=defect.law,
            outcome_class=defect.outcome_class,
            severity=severity,
            fingerprint=defect.fingerprint,
            features=defect.features,
            sizes=sizes_of(defect.exhibit),
            cures=defect.cures,
            also_breaks=defect.also_breaks,
        )

    @classmethod
    def told(cls, evidence: Mapping[str, Any], severity: int) -> "Break | None":
        """Of a finding's own words about its evidence; None where they do not say."""
        law = LAWS.get(str(evidence.get("law")))
        if law is None or evidence.get("outcome_class") not in law.classes:
            return None
        try:
            return cls(
                law=law.id,
                outcome_class=str(evidence["outcome_class"]),
                severity=severity,
                fingerprint=str(evidence["fingerprint"]),
                features=tuple(map(str, evidence.get("features") or ())),
                sizes=tuple(map(int, evidence.get("sizes") or ())),
                cures=tuple(map(str, evidence.get("cures") or ())),
                also_breaks=tuple(
                    (str(other), str(way)) for other, way in evidence.get("also_breaks") or ()
                ),
            )
        except (KeyError, TypeError, ValueError):  # somebody may have written it by hand
            return None

    @property
    def way(self) -> tuple[str, str]:
        """Law and way of breaking it."""
        return self.law, self.outcome_class

    def cure_shared_with(self, other: "Break") -> str | None:
        """The repair that mends both, where the two occur together; else None."""
        shared = sorted(set(self.cures) & set(other.cures))
        if self.way == other.way:  # for fingerprints to tell, but where the place is one
            return next((cure for cure in shared if is_of_one_place(cure)), None)
        together = self.way in other.also_breaks or other.way in self.also_breaks
        return shared[0] if together and shared else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SameCause:
    """A finding whose cause another one has.

    Attributes:
        fingerprint: Of the finding that stands for both.
        cure: The repair that mends both.
    """

    fingerprint: str
    cure: str


def same_causes(known: Iterable[Break], new: Iterable[Break]) -> dict[str, SameCause]:
    """Fingerprint of a finding → the one that stands for it; whoever stands for itself is left out.

    The worse one stands for the other; of two that are equally bad the one that was known before,
    and then the simpler one.

    Args:
        known: What earlier runs have recorded; one fingerprint may stand there more than once.
        new: What this run has.
    """
    kept = {one.fingerprint: (1, one) for one in new}
    kept |= {one.fingerprint: (0, one) for one in known}
    ordered = sorted(kept.values(), key=lambda item: _rank(*item))
    found: dict[str, SameCause] = {}
    for place, (_, one) in enumerate(ordered):
        for _, before in ordered[:place]:
            cure = one.cure_shared_with(before)
            if cure is not None and before.fingerprint not in found:
                found[one.fingerprint] = SameCause(fingerprint=before.fingerprint, cure=cure)
                break
    return found


def _rank(age: int, one: Break) -> tuple[int, int, int, tuple[int, ...], tuple[str, str]]:
    return one.severity, age, len(one.features), one.sizes, one.way
