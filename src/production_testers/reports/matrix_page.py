"""The matrix of laws and releases as a Markdown page, written from the document alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from production_testers.evidence.ranges import Answer
from production_testers.evidence.words import exhibit_in_words
from production_testers.laws import LAWS

SIGNS: Mapping[str, str] = {
    Answer.HOLDS.value: "✓",
    Answer.BROKEN.value: "✗",
    Answer.UNKNOWN.value: "?",
    Answer.NOT_OFFERED.value: "-",
}
"""One character a state, on the page and in the terminal."""


def matrix_page(document: Mapping[str, Any]) -> str:
    """The page's text."""
    releases = document["releases"]
    parts = [
        *_head(document),
        *_cells(document, releases),
        *_ways(document, releases),
        *_changes(document),
        *_limits(document),
    ]
    return "\n".join(parts) + "\n"


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    releases, sut = document["releases"], document["sut"]
    schedules = sum(counts["schedules"] for counts in document["schedules"].values())
    yield f"# Laws and releases of {sut}"
    yield ""
    yield (
        f"Made by `ptest matrix --sut {sut} --tier {document['tier']}`, seed {document['seed']}:"
        f" {len(releases)} releases, {schedules:,} schedules. This page is written from"
        " `matrix.json` by `make docs`."
    )
    yield ""
    yield (
        "✓ holds: judged and never broken · ✗ broken · ? unknown: not exercised enough, or not kept"
        " because of another law's break · - not offered by that release. Every way in which a law"
        " is broken on one release was made small there and asked on all the others in up to 61"
        " timings, so ✓ is more than a miss. The reference executor keeps the law over every one of"
        " these scenarios."
    )
    yield ""


def _cells(document: Mapping[str, Any], releases: Sequence[str]) -> Iterator[str]:
    yield "## Law by release"
    yield ""
    yield _row("law", *releases)
    yield _row("---", *("---" for _ in releases))
    for law, cells in document["cells"].items():
        yield _row(f"`{law}`", *(SIGNS[cells[release]["state"]] for release in releases))
    yield ""


def _ways(document: Mapping[str, Any], releases: Sequence[str]) -> Iterator[str]:
    yield "## What is broken, and since when"
    yield ""
    for way in document["ways"]:
        found, law = way["range"], LAWS[way["law"]]
        answers = {one["release"]: SIGNS[one["answer"]] for one in found["observed"]}
        yield f"### {way['title']}"
        yield ""
        yield f"{way['severity'].capitalize()}. {found['words']} Confidence {found['confidence']}."
        yield ""
        yield f"Law `{way['law']}`, {way['outcome_class']}: {law.statement}"
        yield ""
        yield _row(*releases)
        yield _row(*("---" for _ in releases))
        yield _row(*(answers[release] for release in releases))
        yield ""
        yield from (f"- {reason}" for reason in found["reasons"])
        for exhibit in way["exhibits"]:
            words = " ".join(exhibit_in_words(exhibit["exhibit"]))
            yield f"- Smallest scenario, from {exhibit['found_on']}: {words}"
            yield f"  Control: {exhibit['detail']}."
        yield ""


def _changes(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## What each release changed"
    yield ""
    yield _row("release", "fixed", "came in", "came with the capability")
    yield _row("---", "---", "---", "---")
    for release, change in document["changes"].items():
        kinds = ("fixed", "came_in", "came_with_capability")
        yield _row(release, *("<br>".join(change[kind]) or "-" for kind in kinds))
    yield ""


def _limits(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## What this does not show"
    yield ""
    yield (
        f"- The {document['tier']} tier executes a part of each recipe's plan; what needs a rarer"
        " schedule on every release is missed on every release."
    )
    lost = {release: c["lost"] for release, c in document["schedules"].items() if c["lost"]}
    for release, count in lost.items():
        yield f"- {count} schedules of {release} were lost with their worker."
    for one in document["not_attributed"]:
        yield (
            f"- `{one['law']}`, {one['outcome_class']} on {one['found_on']} was not attributed:"
            f" {one['detail']}."
        )
    for law, way in document["not_reproduced"]:
        yield f"- `{law}`, {way} did not show again when its schedule was executed once more."


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
