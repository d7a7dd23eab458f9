"""One falsifiable hypothesis for every law that applies, and what the tests say of it."""

from production_testers.experiments.exploration import KindReport
from production_testers.laws import LAWS, Law
from production_testers.model.semantics import Capability, Citation
from production_testers.phases.context import RunContext
from production_testers.reports.record import HypothesisOutcome
from production_testers.workspace.documents import FindingStatus


def hypotheses(context: RunContext, *, tested: bool) -> tuple[HypothesisOutcome, ...]:
    """The hypotheses of a run, the laws that its entry needs first.

    Args:
        context: The run.
        tested: Whether the tests have been executed; before, everything is undecided.
    """
    required = [requirement.law for requirement in context.recipe.requires]
    offered = context.description["capabilities"]
    laws = [law for law in LAWS.values() if law.capability.value in offered]
    laws.sort(key=lambda law: (law.id not in required, list(LAWS).index(law.id)))
    return tuple(
        _outcome(context, law, number, tested=tested) for number, law in enumerate(laws, start=1)
    )


def citation_of(context: RunContext, capability: Capability) -> Citation | None:
    """The words with which the framework offers a capability."""
    promise = context.description["capabilities"].get(capability.value)
    return None if promise is None else Citation(**promise)


def _outcome(context: RunContext, law: Law, number: int, *, tested: bool) -> HypothesisOutcome:
    citation = citation_of(context, law.capability)
    ids = tuple(finding.id for finding in context.findings if finding.evidence.get("law") == law.id)
    result, evidence = ("undecided", "not tested yet")
    if tested:
        result, evidence = _result(context, law, ids)
    return HypothesisOutcome(
        id=f"H{number}",
        statement=f"This can be broken: {law.statement}",
        law=law.id,
        result=result,
        evidence=evidence,
        finding_ids=ids,
        promise=citation.quote if citation else "",
        source=f"{citation.file}:{citation.line}" if citation else "",
    )


def _result(context: RunContext, law: Law, ids: tuple[str, ...]) -> tuple[str, str]:
    if ids:
        confirmed = FindingStatus.CONFIRMED, FindingStatus.DUPLICATE
        states = {f.id: f.status for f in context.findings if f.id in ids}
        note = "" if all(s in confirmed for s in states.values()) else " (not confirmed)"
        return "confirmed", f"shown by {', '.join(ids)}{note}"
    judged, exercised, broken = how_hard(context, law)
    if broken:
        return "undecided", f"{broken} schedules seemed to break it; no candidate passed the gates"
    explained = sum(report.judged[law.id]["explained"] for report in _judging(context, law))
    if explained:
        return "undecided", (
            f"not kept in {explained} schedules, in each of which another law was broken that"
            " explains it; see the findings"
        )
    if exercised == 0:
        return "undecided", "nothing in this run exercised it"
    where = "sizes" if law.needs_costs else "schedules"
    return "rejected", f"held in {judged} {where}, on {exercised} things judged"


def _judging(context: RunContext, law: Law) -> list[KindReport]:
    return [report for report in context.reports.values() if law.id in report.judged]


def how_hard(context: RunContext, law: Law) -> tuple[int, int, int]:
    """Schedules or sizes on which a law was judged, things judged, and how many broke it."""
    if law.needs_costs:
        verdicts = [shape["verdicts"].get(law.id) for shape in context.costs.values()]
        found = [verdict for verdict in verdicts if verdict is not None]
        return (
            sum(len(shape["points"]) for shape in context.costs.values()),
            sum(verdict["exercised"] for verdict in found),
            sum(verdict["state"] == "broken" for verdict in found),
        )
    reports = context.reports.values()
    judged = sum(sum(report.judged.get(law.id, {}).values()) for report in reports)
    exercised = sum(report.exercised[law.id] for report in reports)
    broken = sum(report.judged[law.id]["broken"] for report in reports if law.id in report.judged)
    return judged, exercised, broken
