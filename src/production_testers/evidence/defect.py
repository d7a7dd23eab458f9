"""A defect as the machine knows it: minimal, fingerprinted, with every state it went through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from production_testers.laws import LAWS, OutcomeClass
from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError
from production_testers.workspace.clock import iso, utc_now

FORMAT = "ptest.evidence/1"

_COPIED = (
    *("law", "outcome_class", "component", "fingerprint", "verdict", "exhibit", "digest"),
    *("sut", "kinds", "origin", "executions"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One state that a candidate reached, in the order of the pipeline.

    Attributes:
        state: proposed, reproduced, attributed, minimised, unique, verified.
        passed: Whether it went on from there.
        detail: Why, with numbers.
        at: When, in UTC; it stands in states.json and not in the evidence.
    """

    state: str
    passed: bool
    detail: str
    at: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Json]:
        """As it stands in an evidence file."""
        return {"state": self.state, "passed": self.passed, "detail": self.detail}


def sizes_of(exhibit: Mapping[str, Any]) -> tuple[int, ...]:
    """Stages, runs, faulty executions of stages and cancelled runs; empty without a scenario."""
    scenario = exhibit.get("scenario")
    if not scenario or "pipeline" not in scenario:
        return ()
    requests = scenario["requests"]
    cancelled = sum(request["cancel_after_ms"] is not None for request in requests)
    stages = len(scenario["pipeline"]["stages"])
    struck = sum(1 if fault["run"] else len(requests) for fault in scenario["faults"])
    return stages, len(requests), struck, cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A broken law with the smallest scenario that breaks it.

    Attributes:
        law: The law's id.
        outcome_class: In which way it is broken.
        component: Importable name at fault.
        features: What is necessary for it, sorted.
        fingerprint: Of all that.
        verdict: The law's word on the minimal scenario.
        exhibit: What replays it: `{"scenario": …}`, `{"shape": …, "sizes": […]}`, `{"script": …}`,
            `{"load": …}`.
        digest: Of the history that the minimal scenario gives; empty where there is none.
        sut: Name and version it was found on.
        kinds: Kinds of scenarios in which it was seen → number of schedules.
        broken_so: Schedules that broke the law in this way, where several defects did and only
            those of `kinds` are known to be this one's; 0 where `kinds` counts them all.
        minimal: Whether nothing smaller breaks the law, as far as could be tried.
        origin: Seed, kind and index of the schedule in which it was found first.
        steps: What it went through.
        cures: Repairs in memory after which its scenario keeps the law.
        also_breaks: In which other ways its scenario breaks laws: law and way.
    """

    law: str
    outcome_class: str
    component: str
    features: tuple[str, ...]
    fingerprint: str
    verdict: Mapping[str, Any]
    exhibit: Mapping[str, Any]
    digest: str
    sut: Mapping[str, str | None]
    kinds: Mapping[str, int] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)
    executions: int = 0
    broken_so: int = 0
    minimal: bool = True
    steps: tuple[Step, ...] = ()
    cures: tuple[str, ...] = ()
    also_breaks: tuple[tuple[str, str], ...] = ()

    @property
    def declared(self) -> OutcomeClass:
        """The law's own description of this way of breaking it."""
        return LAWS[self.law].classes[self.outcome_class]

    @property
    def state(self) -> str:
        """The last state that it reached and passed."""
        passed = [step.state for step in self.steps if step.passed]
        return passed[-1] if passed else "proposed"

    @property
    def failed_gate(self) -> Step | None:
        """The gate that turned it down, if one did."""
        return next((step for step in self.steps if not step.passed), None)

    def with_step(self, state: str, detail: str, *, passed: bool = True) -> "Defect":
        """The same defect, one state on."""
        step = Step(state=state, passed=passed, detail=detail, at=iso(utc_now()))
        return replace(self, steps=(*self.steps, step))

    def explains(self, other: "Defect") -> bool:
        """Whether `other` is this defect in a larger disguise: it needs all that this one needs.

        A disguise is no smaller than what is in it, so a scenario with fewer stages, runs or faults
        shows another defect. What a scenario needs is known only when it is minimal; one that could
        not be made so is taken for the defect of the same law, way and component that could.
        """
        same = (self.law, self.outcome_class, self.component) == (
            other.law,
            other.outcome_class,
            other.component,
        )
        return same and (
            self.fingerprint == other.fingerprint
            or (self.minimal and not other.minimal)
            or (set(self.features) <= set(other.features) and self._fits_into(other))
        )

    def _fits_into(self, other: "Defect") -> bool:
        pairs = zip(sizes_of(self.exhibit), sizes_of(other.exhibit), strict=False)
        return all(mine <= others for mine, others in pairs)

    def as_json(self) -> dict[str, Json]:
        """As it stands in `evidence.json`."""
        return {
            "format": FORMAT,
            "law": self.law,
            "statement": LAWS[self.law].statement,
            "outcome_class": self.outcome_class,
            "component": self.component,
            "features": list(self.features),
            "fingerprint": self.fingerprint,
            "verdict": dict(self.verdict),
            "exhibit": dict(self.exhibit),
            "digest": self.digest,
            "sut": dict(self.sut),
            "kinds": dict(self.kinds),
            "origin": dict(self.origin),
            "executions": self.executions,
            "cures": list(self.cures),
            "also_breaks": [list(way) for way in self.also_breaks],
            **({"broken_so": self.broken_so} if self.broken_so else {}),
            "steps": [step.as_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], *, path: str = "evidence.json") -> "Defect":
        """Read what `as_json` wrote.

        Raises:
            InvalidDocumentError: Another format, a law that is not known, or something missing.
        """
        if raw.get("format") != FORMAT:
            seen = raw.get("format")
            raise InvalidDocumentError(path, (f"format: {seen!r} is not {FORMAT!r}",))
        try:
            _ = LAWS[raw["law"]].classes[raw["outcome_class"]]
            return cls(
                **{name: raw[name] for name in _COPIED},
                features=tuple(raw["features"]),
                broken_so=raw.get("broken_so", 0),
                cures=tuple(raw.get("cures", ())),
                also_breaks=tuple((law, way) for law, way in raw.get("also_breaks", ())),
                steps=tuple(Step(**step) for step in raw["steps"]),
            )
        except (KeyError, TypeError) as error:
            raise InvalidDocumentError(path, (f"{type(error).__name__}: {error}",)) from error


def load_defect(path: Path) -> Defect:
    """Read an evidence folder or file.

    Raises:
        InvalidDocumentError: It is no evidence.
    """
    file = path / "evidence.json" if path.is_dir() else path
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidDocumentError(str(file), (f"{type(error).__name__}: {error}",)) from error
    if not isinstance(raw, dict):
        raise InvalidDocumentError(str(file), (f"a {type(raw).__name__} where an object stands",))
    return Defect.from_json(raw, path=str(file))
