"""What the answers of many releases say about one defect: since when, until when, how surely. Pure.

Unknown is an answer. Nothing is *fixed* without a release on which the law was judged and holds,
and nothing is a *regression* without a good release before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError

FORMAT = "ptest.range/1"

OTHER_TIMINGS = 60
"""Timings beside the evidence's own under which a law is asked where the break does not show."""


class Answer(StrEnum):
    """What one release says about one defect."""

    BROKEN = "broken"
    HOLDS = "holds"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One release, asked.

    Attributes:
        release: Version, or revision.
        answer: What it says.
        detail: In words.
        timings: How many timings were executed for it.
        out_of_step: Choices of the evidence that do not exist there.
    """

    release: str
    answer: Answer
    detail: str = ""
    timings: int = 0
    out_of_step: tuple[str, ...] = ()

    @classmethod
    def of(cls, release: str, told: Mapping[str, Any]) -> "Observed":
        """From what the job `evidence.elsewhere:ask` gave."""
        return cls(
            release=release,
            answer=Answer(told["answer"]),
            detail=told["detail"],
            timings=told["timings"],
            out_of_step=tuple(told["out_of_step"]),
        )

    def as_json(self) -> dict[str, Json]:
        """As it stands in a range file."""
        return {
            "release": self.release,
            "answer": self.answer.value,
            "detail": self.detail,
            "timings": self.timings,
            "out_of_step": list(self.out_of_step),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Where a defect is.

    Attributes:
        last_good: The last release before it on which the law holds; None where there is none.
        first_bad: The first release that is known to have it; None where none is.
        last_bad: The last release, without a good one in between, that is known to have it.
        fixed_in: The first release after it on which the law holds; None where there is none.
        since_first: Whether no release before the first bad one offers what it is about.
        confidence: `high` or `low`.
        reasons: Why it is low; empty where it is high.
        also_broken: Releases outside of the range that have it, too.
        observed: Every answer, oldest first.
        retested: The releases outside of the range that were asked again, with their answers.
    """

    last_good: str | None = None
    first_bad: str | None = None
    last_bad: str | None = None
    fixed_in: str | None = None
    since_first: bool = False
    confidence: str = "low"
    reasons: tuple[str, ...] = ()
    also_broken: tuple[str, ...] = ()
    observed: tuple[Observed, ...] = ()
    retested: tuple[Observed, ...] = field(default=())

    @property
    def words(self) -> str:
        """One sentence for people."""
        if self.first_bad is None:
            return "No release is known to have it."
        since = self._since()
        if self.fixed_in is not None:
            until = f"fixed in {self.fixed_in}"
        elif self.observed and self.last_bad == self.observed[-1].release:
            until = f"still in {self.last_bad}"
        else:
            until = f"last seen in {self.last_bad}, unknown after it"
        return f"{since}; {until}."

    def _since(self) -> str:
        if self.last_good is not None:
            return f"Last good {self.last_good}, first bad {self.first_bad}"
        if self.since_first and self.first_bad == self.observed[0].release:
            return f"Present since the first release, {self.first_bad}"
        if self.since_first:
            return f"Present since the first release that has the capability, {self.first_bad}"
        return f"Present in {self.first_bad}; unknown before it"

    def as_json(self) -> dict[str, Json]:
        """As it stands in `range.json`."""
        return {
            "format": FORMAT,
            "last_good": self.last_good,
            "first_bad": self.first_bad,
            "last_bad": self.last_bad,
            "fixed_in": self.fixed_in,
            "since_first": self.since_first,
            "confidence": self.confidence,
            "reasons": list(self.reasons),
            "also_broken": list(self.also_broken),
            "words": self.words,
            "observed": [one.as_json() for one in self.observed],
            "retested": [one.as_json() for one in self.retested],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], *, path: str = "range.json") -> "Range":
        """Read what `as_json` wrote.

        Raises:
            InvalidDocumentError: Another format, or something is missing.
        """
        if raw.get("format") != FORMAT:
            seen = raw.get("format")
            raise InvalidDocumentError(path, (f"format: {seen!r} is not {FORMAT!r}",))
        try:
            plain = ("last_good", "first_bad", "last_bad", "fixed_in", "since_first", "confidence")
            return cls(
                **{name: raw[name] for name in plain},
                reasons=tuple(raw["reasons"]),
                also_broken=tuple(raw["also_broken"]),
                observed=tuple(_read(one) for one in raw["observed"]),
                retested=tuple(_read(one) for one in raw["retested"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidDocumentError(path, (f"{type(error).__name__}: {error}",)) from error


def _read(raw: Mapping[str, Any]) -> Observed:
    return Observed(
        **{
            **raw,
            "answer": Answer(raw["answer"]),
            "out_of_step": tuple(raw["out_of_step"]),
        }
    )


def range_of(
    observed: Sequence[Observed], found_on: str, retested: Sequence[Observed] = ()
) -> Range:
    """The range around the release on which a defect was found.

    Args:
        observed: Answers, oldest release first.
        found_on: Where it was found; where that is not among them, or does not show it, the last
            release that does stands for it.
        retested: Releases outside of the range that were asked again; where one of them shows the
            defect now, it has it.
    """
    first_answers = {one.release: one.answer for one in observed}
    shown = {one.release: one for one in retested if one.answer is Answer.BROKEN}
    observed = [shown.get(one.release, one) for one in observed]
    bad = [i for i, one in enumerate(observed) if one.answer is Answer.BROKEN]
    if not bad:
        return Range(
            reasons=("no release that was asked shows it",),
            observed=tuple(observed),
            retested=tuple(retested),
        )
    at = next((i for i in bad if observed[i].release == found_on), bad[-1])
    first, before = _reach(observed, at, -1)
    last, after = _reach(observed, at, 1)
    outside = [observed[i].release for i in bad if not first <= i <= last]
    reasons = (
        *_shaky(observed, first, before, "before"),
        *_shaky(observed, last, after, "after"),
        *_inside(observed[first : last + 1]),
        *([f"also broken in {', '.join(outside)}"] if outside else []),
        *([] if observed[at].release == found_on else [f"{found_on} does not show it again"]),
        *_doubts(first_answers, retested),
    )
    earlier = observed[:first]
    return Range(
        last_good=None if before is None else observed[before].release,
        first_bad=observed[first].release,
        last_bad=observed[last].release,
        fixed_in=None if after is None else observed[after].release,
        since_first=all(one.answer is Answer.NOT_OFFERED for one in earlier),
        confidence="low" if reasons else "high",
        reasons=reasons,
        also_broken=tuple(outside),
        observed=tuple(observed),
        retested=tuple(retested),
    )


_NEWS = (Answer.BROKEN, Answer.UNKNOWN, Answer.HOLDS, Answer.NOT_OFFERED)


def together(ranges: Sequence[Range], found_on: str) -> Range:
    """What several scenarios of one defect say: a release has it on which one of them shows it.

    A release is good where none shows it and none is unknown.

    Args:
        ranges: Of the same releases.
        found_on: Where the defect was found.
    """
    observed = [
        min(of_one, key=lambda one: _NEWS.index(one.answer))
        for of_one in zip(*(found.observed for found in ranges), strict=True)
    ]
    answers = {one.release: one.answer for one in observed}
    again = {
        one.release: one
        for found in ranges
        for one in found.retested
        if one.answer in (Answer.BROKEN, answers[one.release])
    }
    return range_of(observed, found_on, tuple(again.values()))


def outside_of(found: Range, count: int = 2) -> tuple[str, ...]:
    """The releases outside of a range to ask again: those next to its edges, on both sides."""
    holds = [one.release for one in found.observed if one.answer is Answer.HOLDS]
    order = [one.release for one in found.observed]
    if found.first_bad is None or found.last_bad is None:
        return tuple(holds[-count:])
    first, last = order.index(found.first_bad), order.index(found.last_bad)
    before = [name for name in reversed(holds) if order.index(name) < first]
    after = [name for name in holds if order.index(name) > last]
    turns = [name for pair in _zipped(before, after) for name in pair]
    return tuple(turns[:count])


def _zipped(one: Sequence[str], other: Sequence[str]) -> Iterable[list[str]]:
    for i in range(max(len(one), len(other))):
        yield [*one[i : i + 1], *other[i : i + 1]]


def _reach(observed: Sequence[Observed], at: int, step: int) -> tuple[int, int | None]:
    """The furthest broken release in one direction, and the holding one that ends the search."""
    edge, place = at, at + step
    while 0 <= place < len(observed):
        answer = observed[place].answer
        if answer is Answer.HOLDS:
            return edge, place
        if answer is Answer.BROKEN:
            edge = place
        place += step
    return edge, None


def _shaky(observed: Sequence[Observed], edge: int, good: int | None, side: str) -> list[str]:
    """Why an edge of the range is not sure."""
    if good is None:
        rest = observed[edge + 1 :] if side == "after" else observed[:edge]
        unknown = [one.release for one in rest if one.answer is Answer.UNKNOWN]
        return [f"{side} it, unknown on {', '.join(unknown)}"] if unknown else []
    low, high = sorted((edge, good))
    reasons = []
    if between := [one.release for one in observed[low + 1 : high]]:
        reasons.append(f"{side} it, nobody can tell on {', '.join(between)}")
    if missing := observed[good].out_of_step:
        reasons.append(
            f"on {observed[good].release} {len(missing)} choices of the evidence do not exist:"
            f" it was explored again in {observed[good].timings} timings"
        )
    return reasons


def _inside(inside: Sequence[Observed]) -> list[str]:
    odd = [one.release for one in inside if one.answer is not Answer.BROKEN]
    return [f"inside of the range, nobody can tell on {', '.join(odd)}"] if odd else []


def _doubts(before: Mapping[str, Answer], retested: Sequence[Observed]) -> list[str]:
    changed = [one for one in retested if before.get(one.release) is not one.answer]
    return [
        f"{one.release} said {before.get(one.release)} first and {one.answer} when asked again"
        for one in changed
    ]
