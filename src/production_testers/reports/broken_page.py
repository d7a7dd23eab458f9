"""What is broken on one release, for its maintainers: a page of data and of written verdicts."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from production_testers.evidence.ranges import Answer
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.model.errors import InvalidDocumentError

JUDGEMENTS = ("defect", "taste")
"""A defect breaks what is promised; what is a matter of taste is an improvement, and low."""

OPEN = "not judged yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What people wrote about the findings of one release.

    Attributes:
        of: `law: way` → judgement and reason.
        preface: Said above the findings.
        not_exercised: Law → why nothing of it was judged.
        not_covered: What no law speaks of.
    """

    of: Mapping[str, tuple[str, str]]
    preface: str = ""
    not_exercised: Mapping[str, str] = field(default_factory=dict)
    not_covered: tuple[str, ...] = ()


def read_verdicts(path: Path) -> Verdicts:
    """The verdicts in a TOML file; none where there is no file.

    Raises:
        InvalidDocumentError: It is no such file.
    """
    if not path.is_file():
        return Verdicts(of={})
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidDocumentError(str(path), (str(error),)) from error
    of = {
        key: (str(one.get("judgement")), " ".join(str(one.get("reason", "")).split()))
        for key, one in raw.get("verdicts", {}).items()
    }
    wrong = [
        f"verdicts.{key}: a judgement ({', '.join(JUDGEMENTS)}) and a reason are needed"
        for key, (judgement, reason) in of.items()
        if judgement not in JUDGEMENTS or not reason
    ]
    if wrong:
        raise InvalidDocumentError(str(path), tuple(wrong))
    return Verdicts(
        of=of,
        preface=str(raw.get("preface", "")).strip(),
        not_exercised={key: str(why) for key, why in raw.get("not_exercised", {}).items()},
        not_covered=tuple(map(str, raw.get("not_covered", ()))),
    )


def broken_page(document: Mapping[str, Any], matrix: Mapping[str, Any], verdicts: Verdicts) -> str:
    """The page's text.

    Args:
        document: As `phases.broken.what_is_broken` gives it.
        matrix: What it was made from.
        verdicts: What people wrote.
    """
    parts = [
        *_head(document, matrix, verdicts),
        *_table(document, verdicts),
        *(line for one in document["findings"] for line in _finding(one, verdicts)),
        *_seen_by_longer_plans(document, matrix, verdicts),
        *_capabilities(document, matrix),
        *_not_exercised(document, matrix, verdicts),
    ]
    return "\n".join(parts) + "\n"


def _head(
    document: Mapping[str, Any], matrix: Mapping[str, Any], verdicts: Verdicts
) -> Iterator[str]:
    release, sut = document["release"], document["sut"]
    schedules = matrix["schedules"][release]["schedules"]
    scripts = sum("file" in one["script"] for one in document["findings"])
    yield f"# {sut} {release}, for its maintainers"
    yield ""
    yield (
        f"Every way in which `ptest matrix --tier {matrix['tier']}`, seed {matrix['seed']}, saw a"
        f" law broken on {release}: {len(document['findings'])} in {schedules:,} schedules, each"
        " made small, kept by the reference executor over the same scenario, and asked on all"
        f" {len(matrix['releases'])} releases. {scripts} have a script that imports nothing but"
        f" {sut} and the standard library; each was played on {release} and ended with 1, it"
        " shows. `file:line` is in the installed package. What stands behind **Verdict** was"
        " written by hand after reading the source; the rest is data."
    )
    yield ""
    if verdicts.preface:
        yield verdicts.preface
        yield ""


def _table(document: Mapping[str, Any], verdicts: Verdicts) -> Iterator[str]:
    yield _row("finding", "severity", "verdict")
    yield _row("---", "---", "---")
    for one in document["findings"]:
        title = f"[{one['title']}](#{_anchor(one['title'])})"
        yield _row(title, one["severity"], _judgement(one, verdicts))
    yield ""


def _judgement(finding: Mapping[str, Any], verdicts: Verdicts) -> str:
    judgement, _ = verdicts.of.get(_key(finding), (OPEN, ""))
    return _in_words(judgement)


def _in_words(judgement: str) -> str:
    return {"taste": "matter of taste"}.get(judgement, judgement)


def _key(finding: Mapping[str, Any]) -> str:
    return f"{finding['law']}: {finding['outcome_class']}"


def _anchor(title: str) -> str:
    """As GitHub makes it from a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _finding(one: Mapping[str, Any], verdicts: Verdicts) -> Iterator[str]:
    script = one["script"]
    yield f"## {one['title']}"
    yield ""
    yield (
        f"`{one['law']}`, {one['outcome_class']} · {one['type']}, {one['severity']} ·"
        f" `{one['component']}` · {one['fingerprint']}"
    )
    yield ""
    yield f"- Law: {LAWS[one['law']].statement}"
    yield f"- Scenario: {' '.join(one['scenario'])}"
    yield f"- Seen: {one['seen'].rstrip('.')}."
    yield f"- Range: {one['range']} Confidence {one['confidence']}."
    if one["promise"]:
        yield f"- Promise: {one['promise']}"
    if "file" in script:
        yield f"- Script: [{script['file']}]({script['file']})"
    else:
        yield f"- No script: {script['why_not']}."
    if one["recipe"] in RECIPES:
        yield f"- Again: `ptest run {one['recipe']}`"
    yield ""
    _, reason = verdicts.of.get(_key(one), (OPEN, ""))
    yield f"**Verdict: {_judgement(one, verdicts)}.** {reason}".rstrip()
    yield ""


def _seen_by_longer_plans(
    document: Mapping[str, Any], matrix: Mapping[str, Any], verdicts: Verdicts
) -> Iterator[str]:
    """What runs and longer plans showed, and people judged, but this matrix did not reach."""
    reached = {_key(one) for one in document["findings"]}
    further = [key for key in verdicts.of if key not in reached]
    if not further:
        return
    yield "## Seen by longer plans"
    yield ""
    yield (
        f"Judged on {document['release']} in runs of whole entries; the {matrix['tier']} tier,"
        " which executes a part of each plan, did not meet them."
    )
    yield ""
    for key in further:
        law, _, way = key.partition(": ")
        declared = LAWS[law].classes[way].where(matrix["capabilities"][document["release"]])
        judgement, reason = verdicts.of[key]
        told = f"{declared.title}** (`{law}`, {way}; {declared.severity.value})"
        yield f"- **{told}. {_in_words(judgement)}: {reason}"
    yield ""


def _capabilities(document: Mapping[str, Any], matrix: Mapping[str, Any]) -> Iterator[str]:
    """Yield by capability."""
    release = document["release"]
    broken = Counter(one["capability"] for one in document["findings"])
    yield "## Yield by capability"
    yield ""
    yield _row("capability", "laws", "judged", "things judged", "ways broken")
    yield _row("---", "---", "---", "---", "---")
    for capability in matrix["capabilities"][release]:
        laws = [law.id for law in LAWS.values() if law.capability.value == capability]
        cells = [matrix["cells"][law][release] for law in laws if law in matrix["cells"]]
        if cells:
            judged = [cell["exercised"] for cell in cells]
            yield _row(
                f"`{capability}`",
                len(cells),
                sum(map(bool, judged)),
                f"{sum(judged):,}",
                broken[capability],
            )
    yield ""


def _not_exercised(
    document: Mapping[str, Any], matrix: Mapping[str, Any], verdicts: Verdicts
) -> Iterator[str]:
    release = document["release"]
    cells = {law: of_law[release] for law, of_law in matrix["cells"].items()}
    idle = [
        law
        for law, cell in cells.items()
        if cell["state"] != Answer.NOT_OFFERED.value and not cell["exercised"]
    ]
    explained = [
        law
        for law, cell in cells.items()
        if cell["state"] == Answer.UNKNOWN.value and cell["exercised"]
    ]
    held = [law for law, cell in cells.items() if cell["state"] == Answer.HOLDS.value]
    absent = [law for law, cell in cells.items() if cell["state"] == Answer.NOT_OFFERED.value]
    yield "## Exercised, and nothing found"
    yield ""
    yield ", ".join(f"`{law}` ({cells[law]['exercised']:,} things)" for law in held) + "."
    yield ""
    yield "## Not exercised"
    yield ""
    for law in idle:
        yield f"- `{law}`: {verdicts.not_exercised.get(law, 'no schedule of the plan reached it')}."
    if explained:
        named = ", ".join(f"`{law}`" for law in explained)
        yield f"- Unknown, because what they saw was explained by a break above: {named}."
    if absent:
        yield f"- Not offered by {release}: {', '.join(f'`{law}`' for law in absent)}."
    yield from (f"- {what}" for what in verdicts.not_covered)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
