"""hypotheses.md: every claim with its reason, its test and its result, what matters first."""

from collections.abc import Sequence

from production_testers.phases.research.citations import SourceCitation
from production_testers.phases.research.decisions import RULES
from production_testers.phases.research.hazard import HazardGroup
from production_testers.phases.research.markdown import code, document, quote, table
from production_testers.phases.research.mission import HypothesisResult, Mission, Result

IN_FULL_MAX = 40
"""How many are told in full; the others stand in a table."""


def hypotheses_document(
    mission: Mission,
    hypotheses: Sequence[HypothesisResult],
    sources: dict[str, SourceCitation],
) -> str:
    """The document; `sources` holds the verified citation of a hypothesis by its id."""
    if not hypotheses:
        said = "No hypothesis was put to the test in this run."
        return document(f"# Hypotheses: {mission.id}, {mission.title}", said)
    full = hypotheses[:IN_FULL_MAX]
    return document(
        f"# Hypotheses: {mission.id}, {mission.title}",
        _introduction(mission),
        _counts(hypotheses),
        "## How a result is reached\n\n" + _rules(),
        *(_section(hypothesis, sources) for hypothesis in full),
        _rest(hypotheses[IN_FULL_MAX:]),
    )


def places(group: HazardGroup) -> str:
    """`file:12`, `:15` for the hazards of a group."""
    lines = list(dict.fromkeys(hazard.line for hazard in group.hazards))
    first = code(f"{group.first.file}:{lines[0]}")
    return ", ".join([first, *(code(f":{line}") for line in lines[1:])])


def _introduction(mission: Mission) -> str:
    return (
        "Each statement says what would be seen, so that it can turn out false. Some start from a "
        "law, others from the shape of a piece of code that a static scan found. What matters most "
        f"for {mission.id} stands first: the laws that the entry needs and the code that bears on "
        "them, then what is decided, then code that these schedules execute, and last what they do "
        "not."
    )


def _counts(hypotheses: Sequence[HypothesisResult]) -> str:
    about_laws = [one for one in hypotheses if one.hazard is None]
    about_code = [one for one in hypotheses if one.hazard is not None]
    rows = [
        (
            name,
            *(str(sum(one.result == result for one in group)) for result in Result),
            str(len(group)),
        )
        for name, group in (
            ("Laws", about_laws),
            ("Code that looks risky", about_code),
            ("Together", hypotheses),
        )
    ]
    confirmed = [
        f"{one.id} ({', '.join(map(code, one.finding_ids))})"
        for one in hypotheses
        if one.result is Result.CONFIRMED
    ]
    told = f"Confirmed: {', '.join(confirmed)}." if confirmed else ""
    counts = table(("Hypotheses about", *(str(result) for result in Result), "all"), rows)
    return document(counts, told).rstrip()


def _rules() -> str:
    laws = (
        "- A law is **confirmed** to be broken by a finding, **rejected** when it judged something "
        "in this run and was kept every time, and **undecided** otherwise."
    )
    schedules = (
        "`stress/3` is schedule 3 of kind stress: what `pipelines/stress.py` draws from this run's "
        "seed. The schedules that were executed under a line recorder are the first few small ones "
        "of each kind; `ptest replay FINDING` executes the smallest scenario of a finding."
    )
    return f"{laws}\n{RULES}\n\n{schedules}"


def _section(hypothesis: HypothesisResult, sources: dict[str, SourceCitation]) -> str:
    is_decided = hypothesis.result is not Result.UNDECIDED
    findings = ", ".join(map(code, hypothesis.finding_ids)) if is_decided else ""
    lines = [
        f"- **Test**: {_test(hypothesis)}",
        f"- **Result**: {hypothesis.result}",
        f"- **Evidence**: {hypothesis.evidence or 'none was recorded'}",
        f"- **Findings**: {findings}" if findings else "",
    ]
    return document(
        f"## {hypothesis.id}: {hypothesis.result}",
        hypothesis.statement,
        _why(hypothesis, sources),
        "\n".join(line for line in lines if line),
    ).rstrip()


def _test(hypothesis: HypothesisResult) -> str:
    kinds = f"{', '.join(hypothesis.kinds)} scenarios" if hypothesis.kinds else "no scenario"
    laws = ", ".join(map(code, hypothesis.laws))
    judged = f"law{'s' if len(hypothesis.laws) > 1 else ''} {laws}" if laws else "no law"
    where = f"{kinds} in which {hypothesis.scenario}" if hypothesis.scenario else kinds
    if hypothesis.scenario and not hypothesis.laws:
        where = f"it would need scenarios in which {hypothesis.scenario}"
    seen = f"; {code(hypothesis.example)} executes these lines" if hypothesis.example else ""
    return f"{judged}; {where}{seen}"


def _why(hypothesis: HypothesisResult, sources: dict[str, SourceCitation]) -> str:
    citation = sources.get(hypothesis.id)
    if hypothesis.hazard is not None:
        number = f" ({citation.id})" if citation else ""
        lines = dict.fromkeys(hazard.code_line for hazard in hypothesis.hazard.hazards)
        quoted = "\n".join(f"    {line}" for line in lines)
        return f"Because of {places(hypothesis.hazard)}{number}:\n\n{quoted}"
    if hypothesis.source is None:
        return ""
    if citation is None:
        return "The words that it starts from do not stand in this release, so it is our own claim."
    return (
        f"Because the framework says ({citation.id}, {code(citation.place)}):\n\n"
        f"{quote(citation.quote)}"
    )


def _rest(hypotheses: Sequence[HypothesisResult]) -> str:
    if not hypotheses:
        return ""
    rows = [
        (
            one.id,
            one.statement,
            places(one.hazard) if one.hazard else "—",
            ", ".join(map(code, one.laws)) or "—",
            f"**{one.result}**: {one.evidence}",
        )
        for one in hypotheses
    ]
    header = ("#", "Statement", "Read at", "Law", "Result")
    return document(f"## The other {len(rows)}", table(header, rows)).rstrip()
