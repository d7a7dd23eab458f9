"""hypotheses.md: what was claimed, how it was decided, and what nobody has tried yet."""

from collections.abc import Sequence

from production_testers.phases.research.citations import SourceCitation
from production_testers.phases.research.hazard import MEANING, Hazard, HazardKind
from production_testers.phases.research.markdown import code, document, quote, table
from production_testers.phases.research.mission import HypothesisResult, Mission, Result


def hypotheses_document(
    mission: Mission,
    hypotheses: Sequence[HypothesisResult],
    hazards: Sequence[Hazard],
    sources: dict[str, SourceCitation],
) -> str:
    """The document; `sources` holds the verified citation of a hypothesis by its id."""
    return document(
        f"# Hypotheses: {mission.id}, {mission.title}",
        _introduction(hypotheses),
        _overview(hypotheses),
        *(_section(n, h, sources) for n, h in enumerate(hypotheses, start=1)),
        _candidates(hazards, first=len(hypotheses) + 1),
    )


def grouped(hazards: Sequence[Hazard], kind: HazardKind) -> dict[str, list[Hazard]]:
    """The hazards of one kind by statement, so that a statement is told once."""
    groups: dict[str, list[Hazard]] = {}
    for hazard in hazards:
        if hazard.kind == kind:
            groups.setdefault(f"{hazard.qualified_name} {hazard.statement}", []).append(hazard)
    return groups


def places(hazards: Sequence[Hazard]) -> str:
    """`file:12`, `:15` for hazards of one function."""
    lines = list(dict.fromkeys(hazard.line for hazard in hazards))
    first = code(f"{hazards[0].file}:{lines[0]}")
    return ", ".join([first, *(code(f":{line}") for line in lines[1:])])


def _introduction(hypotheses: Sequence[HypothesisResult]) -> str:
    if not hypotheses:
        return "No hypothesis was put to the test in this run."
    counts = {result: sum(h.result == result for h in hypotheses) for result in Result}
    told = ", ".join(f"{count} {result}" for result, count in counts.items() if count)
    many = f"{len(hypotheses)} statement{'s' if len(hypotheses) > 1 else ''}"
    return (
        "Each statement says what would be seen, so that it can turn out false. Of "
        f"{many}: {told}. *Confirmed* means that it was seen; *rejected* "
        "means that it was looked for as hard as the evidence says and not seen; *undecided* "
        "means that these tests did not exercise it enough."
    )


def _overview(hypotheses: Sequence[HypothesisResult]) -> str:
    if not hypotheses:
        return ""
    rows = [
        (str(n), h.statement, f"**{h.result}**", ", ".join(map(code, h.finding_ids)) or "—")
        for n, h in enumerate(hypotheses, start=1)
    ]
    return table(("#", "Statement", "Result", "Findings"), rows)


def _section(number: int, hypothesis: HypothesisResult, sources: dict[str, SourceCitation]) -> str:
    kinds = ", ".join(hypothesis.kinds) or "no"
    findings = ", ".join(map(code, hypothesis.finding_ids)) or "none"
    return document(
        f"## {number}. {hypothesis.id}: {hypothesis.result}",
        hypothesis.statement,
        f"- **Decided by**: law {code(hypothesis.law)} over {kinds} scenarios\n"
        f"- **Evidence**: {hypothesis.evidence or 'none was recorded'}\n"
        f"- **Findings**: {findings}",
        _source(hypothesis, sources),
    ).rstrip()


def _source(hypothesis: HypothesisResult, sources: dict[str, SourceCitation]) -> str:
    if hypothesis.source is None:
        return ""
    citation = sources.get(hypothesis.id)
    if citation is None:
        return "The words that it starts from do not stand in this release, so it is our own claim."
    return (
        f"It starts from the framework's own words ({citation.id}, {code(citation.place)}):\n\n"
        + (quote(citation.quote))
    )


def _candidates(hazards: Sequence[Hazard], *, first: int) -> str:
    if not hazards:
        return ""
    parts: list[str] = []
    number = first
    for kind in HazardKind:
        groups = grouped(hazards, kind)
        if groups:
            rows = [
                (str(number + n), group[0].statement, places(group))
                for n, group in enumerate(groups.values())
            ]
            number += len(rows)
            parts.append(f"### {MEANING[kind]}\n\n" + table(("#", "Statement", "Read at"), rows))
    return document(
        "## Candidates from the code: undecided",
        "Read out of the source by a static scan. The shape of the code suggests each of them; no "
        "test of this run was written for it by name, and none of them is a finding.",
        *parts,
    ).rstrip()
