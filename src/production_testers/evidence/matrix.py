"""Laws by release, put together from what exploring showed and what evidence shows elsewhere. Pure.

Exploring alone would call a defect fixed where it was only missed. So every way in which a law is
broken on one release is made small there and asked on all the others, and a release says *holds*
about it only where that evidence was judged and holds.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.evidence.ranges import Answer, Observed, Range, range_of
from production_testers.laws import LAWS, Severity
from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError

FORMAT = "ptest.matrix/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawTally:
    """What exploring one release showed of one law, over all recipes.

    Attributes:
        schedules: In how many it was asked.
        exercised: How many things it judged.
        broken: Way of breaking it → number of schedules.
        explained: Schedules in which it was not kept, and another law's break is the reason.
        crashed: Schedules in which the law itself failed.
    """

    schedules: int = 0
    exercised: int = 0
    broken: Mapping[str, int]
    explained: int = 0
    crashed: int = 0

    @classmethod
    def summed(cls, law: str, explored: Iterable[Mapping[str, Any]]) -> "LawTally":
        """Over what several recipes showed, each as `KindReport`s give it.

        Args:
            law: The law.
            explored: `judged`, `exercised` and `broken` of each.
        """
        schedules = exercised = explained = crashed = 0
        broken: dict[str, int] = {}
        for one in explored:
            states = one["judged"].get(law, {})
            schedules += sum(states.values())
            explained += states.get("explained", 0)
            crashed += states.get("crashed", 0)
            exercised += one["exercised"].get(law, 0)
            for name, way, count in one["broken"]:
                if name == law:
                    broken[way] = broken.get(way, 0) + count
        return cls(
            schedules=schedules,
            exercised=exercised,
            broken=broken,
            explained=explained,
            crashed=crashed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A smallest scenario of a way of breaking a law.

    Attributes:
        found_on: The release.
        exhibit: What replays it.
        recipe: Whose stages it may use.
        features: What is necessary for it.
        component: Importable name at fault.
        fingerprint: Of the law, the way and all that.
        attributed: Whether the reference keeps the law over it.
        detail: How often the reference keeps it.
    """

    found_on: str
    exhibit: Mapping[str, Any]
    recipe: str
    features: tuple[str, ...]
    component: str
    fingerprint: str
    attributed: bool
    detail: str

    def as_json(self) -> dict[str, Json]:
        """As it stands in a matrix."""
        return {
            "found_on": self.found_on,
            "recipe": self.recipe,
            "features": list(self.features),
            "component": self.component,
            "fingerprint": self.fingerprint,
            "attributed": self.attributed,
            "detail": self.detail,
            "exhibit": dict(self.exhibit),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which a law is broken on some release.

    Attributes:
        law: The law.
        outcome_class: The way.
        severity: How bad it is on the newest release that shows it.
        exhibits: Its evidence.
        range: Where it is.
    """

    law: str
    outcome_class: str
    severity: Severity
    exhibits: tuple[Exhibit, ...]
    range: Range

    @property
    def key(self) -> str:
        """`law: way`."""
        return f"{self.law}: {self.outcome_class}"

    def as_json(self) -> dict[str, Json]:
        """As it stands in a matrix."""
        declared = LAWS[self.law].classes[self.outcome_class]
        return {
            "law": self.law,
            "outcome_class": self.outcome_class,
            "title": declared.title,
            "severity": self.severity.value,
            "range": self.range.as_json(),
            "exhibits": [one.as_json() for one in self.exhibits],
        }


def seen_everywhere(
    releases: Sequence[str],
    broken: Mapping[str, int],
    asked: Mapping[str, Sequence[Observed]],
) -> tuple[Observed, ...]:
    """One answer a release about one way of breaking a law.

    Args:
        releases: Oldest first.
        broken: Release → schedules of its exploration that show it.
        asked: Release → what each piece of evidence says there.
    """
    return tuple(_seen(release, broken.get(release, 0), asked[release]) for release in releases)


def _seen(release: str, broken: int, asked: Sequence[Observed]) -> Observed:
    """Broken where anything shows it; holds where evidence was judged and nothing is unknown."""
    if broken:
        return Observed(
            release=release, answer=Answer.BROKEN, detail=f"{broken} schedules", timings=broken
        )
    for answer in (Answer.BROKEN, Answer.UNKNOWN, Answer.HOLDS):
        for one in asked:
            if one.answer is answer:
                return one
    return asked[0] if asked else Observed(release=release, answer=Answer.UNKNOWN)


def way_of(
    key: tuple[str, str],
    exhibits: Sequence[Exhibit],
    observed: Sequence[Observed],
    offered: Mapping[str, Container[str]],
) -> Way:
    """A way of breaking a law with its range, around the newest release that shows it.

    Args:
        key: Law and way.
        exhibits: Its evidence.
        observed: One answer a release.
        offered: Release → its capabilities.
    """
    newest = [one.release for one in observed if one.answer is Answer.BROKEN][-1:]
    declared = LAWS[key[0]].classes[key[1]].where(offered[newest[0]] if newest else ())
    return Way(
        law=key[0],
        outcome_class=key[1],
        severity=declared.severity,
        exhibits=tuple(exhibits),
        range=range_of(observed, newest[0] if newest else ""),
    )


def cell(tally: LawTally, ways: Sequence[Way], release: str, *, offered: bool) -> dict[str, Json]:
    """What one release says about one law.

    Args:
        tally: What exploring showed.
        ways: The ways in which it is broken on any release.
        release: The release.
        offered: Whether the release has what the law is about.
    """
    if not offered:
        return {"state": Answer.NOT_OFFERED.value, "schedules": 0, "exercised": 0, "ways": []}
    answers = {
        way.outcome_class: one.answer
        for way in ways
        for one in way.range.observed
        if one.release == release
    }
    broken = sorted(name for name, answer in answers.items() if answer is Answer.BROKEN)
    return {
        "state": _state(tally, broken, answers.values()),
        "schedules": tally.schedules,
        "exercised": tally.exercised,
        "ways": list(broken),
        **({"explained": tally.explained} if tally.explained else {}),
        **({"crashed": tally.crashed} if tally.crashed else {}),
    }


def _state(tally: LawTally, broken: Sequence[str], answers: Iterable[Answer]) -> str:
    if broken:
        return Answer.BROKEN.value
    unsure = tally.explained or tally.crashed
    if Answer.UNKNOWN in answers or unsure or not tally.exercised:
        return Answer.UNKNOWN.value
    return Answer.HOLDS.value


def changes(releases: Sequence[str], ways: Iterable[Way]) -> dict[str, dict[str, list[str]]]:
    """Release → the ways that were fixed in it, came in, or came with what they are about."""
    found: dict[str, dict[str, list[str]]] = {
        release: {"fixed": [], "came_in": [], "came_with_capability": []} for release in releases
    }
    for way in ways:
        if way.range.fixed_in is not None:
            found[way.range.fixed_in]["fixed"].append(way.key)
        if way.range.first_bad is not None and way.range.last_good is not None:
            found[way.range.first_bad]["came_in"].append(way.key)
        elif way.range.first_bad not in (None, releases[0]) and way.range.since_first:
            found[str(way.range.first_bad)]["came_with_capability"].append(way.key)
    return found


def by_severity(ways: Iterable[Way]) -> list[Way]:
    """Worst first."""
    order = list(Severity)
    return sorted(
        ways,
        key=lambda way: (
            order.index(way.severity),
            way.key,
        ),
    )


def check_document(raw: object, path: str) -> Mapping[str, Any]:
    """A matrix document of this version.

    Raises:
        InvalidDocumentError: It is none.
    """
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        seen = raw.get("format") if isinstance(raw, Mapping) else type(raw).__name__
        raise InvalidDocumentError(path, (f"format: {seen!r} is not {FORMAT!r}",))
    return raw
