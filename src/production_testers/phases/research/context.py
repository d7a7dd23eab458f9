"""web_search_results.md and industry_context.md: what was read, and plainly what was not."""

from collections.abc import Sequence

from production_testers.phases.research.markdown import code, document, table
from production_testers.phases.research.mission import HypothesisResult, Mission
from production_testers.phases.research.source import InstalledSut


def web_search_document(mission: Mission, sut: InstalledSut) -> str:
    """The document that says that nobody searched."""
    return document(
        f"# Web search results: {mission.id}, {mission.title}",
        "**No search was made.** This run worked without access to the web, so there are no "
        "results and no source is invented.",
        f"Everything that the research says was read in the installed files of "
        f"{code(f'{sut.distribution}=={sut.version}')}; `citations.json` lists each quote with its "
        "file, its lines and the checksum of the file, and `technical_context.md` tells what they "
        "say.",
        "Whoever adds a search: state the query, the date and the address of each result, and keep "
        "them apart from the citations, which are checked against the files.",
    )


def industry_document(mission: Mission, hypotheses: Sequence[HypothesisResult]) -> str:
    """What the entry's own fields mean for these tests; no outside source."""
    return document(
        f"# Industry context: {mission.id}, {mission.title}",
        "**No source about an industry was read.** This page holds only what the roadmap entry "
        "says of itself and what the tests of this run measure. It names no regulation, no market "
        "figure and no incident.",
        "## What the entry says",
        table(("Field", "Value", "What it means for these tests"), _fields(mission)),
        "## What the tests measure",
        _measured(hypotheses),
        "## What this page cannot tell",
        "Whether these laws are the ones that an operator, an auditor or a regulator would ask "
        "for, and what a break of one of them costs. Somebody who knows the field has to say so.",
    )


def _fields(mission: Mission) -> list[tuple[str, str, str]]:
    industry = (
        "the entry's title is read in this field; the data of the scenarios are synthetic"
        if mission.industry
        else "the entry names none: its laws are asked of every pipeline"
    )
    deployment = (
        "named by the entry; only what stands below was exercised"
        if mission.deployment_mode
        else "the entry names none; nothing here depends on one"
    )
    return [
        ("Title", mission.title, "the risk that the laws below have to exercise"),
        ("Priority", mission.priority, "the order in which the roadmap wants it tested"),
        ("Risk class", mission.risk, "how bad the roadmap rates a failure, before any test"),
        ("Industry", mission.industry or "—", industry),
        ("Deployment mode", mission.deployment_mode or "—", deployment),
    ]


def _measured(hypotheses: Sequence[HypothesisResult]) -> str:
    if not hypotheses:
        return (
            "Nothing was measured in this run, so the risk that the entry names was not exercised."
        )
    laws: dict[str, list[HypothesisResult]] = {}
    for hypothesis in hypotheses:
        if hypothesis.hazard is None:
            laws.setdefault(hypothesis.laws[0], []).append(hypothesis)
    rows = [
        (
            code(law),
            ", ".join(dict.fromkeys(kind for h in group for kind in h.kinds)) or "—",
            "; ".join(f"{h.id} {h.result}" for h in group),
        )
        for law, group in laws.items()
    ]
    return table(("Law", "Scenarios", "Hypotheses"), rows)
