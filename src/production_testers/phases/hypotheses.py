"""The falsifiable hypotheses of a run, about laws and about code, and their results."""

from collections.abc import Iterable
from dataclasses import replace

from production_testers.experiments.exploration import KindReport
from production_testers.laws import LAWS, Law
from production_testers.laws.load.releases import RELEASES
from production_testers.laws.load.targets import TARGETS
from production_testers.model.semantics import Capability, Citation
from production_testers.phases.context import RunContext
from production_testers.phases.research.decisions import Seen, Standing, decide
from production_testers.phases.research.hazard import HazardGroup, groups_of
from production_testers.phases.research.hypotheses import places
from production_testers.phases.research.mission import HypothesisResult, Result
from production_testers.phases.research.predictions import PREDICTIONS
from production_testers.phases.understanding import hazards_of
from production_testers.reports.record import HypothesisOutcome
from production_testers.workspace.documents import FindingStatus


def hypotheses(context: RunContext, *, tested: bool) -> tuple[HypothesisResult, ...]:
    """The hypotheses of a run, numbered; what matters most for its entry comes first.

    Args:
        context: The run.
        tested: Whether the tests have been executed; before, everything is undecided.
    """
    offered = context.description["capabilities"]
    laws = [
        law
        for law in LAWS.values()
        if law.capability.value in offered and law.concerns(context.recipe.units)
    ]
    found = [
        *(_about_law(context, law, tested=tested) for law in laws),
        *(_about_code(context, one, tested=tested) for one in groups_of(hazards_of(context))),
    ]
    required = {requirement.law for requirement in context.recipe.requires}
    found.sort(key=lambda hypothesis: _rank(hypothesis, required))
    return tuple(replace(one, id=f"H-{number:03}") for number, one in enumerate(found, start=1))


def outcomes(found: Iterable[HypothesisResult]) -> tuple[HypothesisOutcome, ...]:
    """The hypotheses as the report tells them."""
    return tuple(
        HypothesisOutcome(
            id=one.id,
            statement=one.statement,
            law=", ".join(one.laws),
            result=one.result.value,
            evidence=one.evidence,
            finding_ids=one.finding_ids,
            promise=one.source.quote if one.source else "",
            source=_place(one),
            is_about_code=one.hazard is not None,
        )
        for one in found
    )


def citation_of(context: RunContext, capability: Capability) -> Citation | None:
    """The words with which the framework offers a capability."""
    promise = context.description["capabilities"].get(capability.value)
    return None if promise is None else Citation(**promise)


def _place(one: HypothesisResult) -> str:
    if one.hazard is not None:
        return places(one.hazard).replace("`", "")
    return f"{one.source.file}:{one.source.line}" if one.source else ""


def _rank(one: HypothesisResult, required: set[str]) -> tuple[int, int]:
    """The entry's own laws and code that bears on them; what is decided; what ran; the rest."""
    bears = not required.isdisjoint(one.laws)
    confirmed_first = list(Result).index(one.result)
    decided = one.result is not Result.UNDECIDED or bool(one.finding_ids)
    if one.hazard is None:
        return (0, 0) if bears else (2, confirmed_first) if decided else (6, 0)
    if not decided and not one.example:
        return (7, not one.laws)
    if bears:
        return (1, confirmed_first)
    return (3, confirmed_first) if decided else (5, not one.laws)


def _about_law(context: RunContext, law: Law, *, tested: bool) -> HypothesisResult:
    ids = tuple(finding.id for finding in context.findings if finding.evidence.get("law") == law.id)
    result, evidence = (Result.UNDECIDED, "not tested yet")
    if tested:
        result, evidence = _result(context, law, ids)
    kinds = tuple(kind.value for kind in context.plan.schedules)
    return HypothesisResult(
        id="",
        statement=f"This can be broken: {law.statement}",
        laws=(law.id,),
        kinds=kinds,
        result=result,
        evidence=evidence,
        finding_ids=ids,
        source=citation_of(context, law.capability),
        scenario=_what_is_measured(law),
    )


def _what_is_measured(law: Law) -> str:
    if law.measures in {TARGETS, RELEASES}:
        return "a load in turns beside a control"
    return "the pipeline grows" if law.needs_costs else ""


def _about_code(context: RunContext, group: HazardGroup, *, tested: bool) -> HypothesisResult:
    prediction = PREDICTIONS[group.first.kind]
    seen = context.seen.get(group.key, Seen(sampled=0))
    fitting = [one for one in seen.reached if prediction.speaks_against(one.features)]
    kinds = dict.fromkeys(one.kind for one in fitting) or context.plan.schedules
    found = HypothesisResult(
        id="",
        statement=_statement(group),
        laws=prediction.laws,
        kinds=tuple(str(kind) for kind in kinds),
        result=Result.UNDECIDED,
        evidence="not tested yet",
        hazard=group,
        scenario=prediction.scenario,
        example=next((one.reference for one in (*fitting, *seen.reached)), ""),
    )
    if not tested:
        return found
    decision = decide(group, seen, _standings(context, prediction.laws))
    return replace(
        found,
        result=decision.result,
        evidence=decision.reason,
        finding_ids=decision.findings,
    )


def _statement(group: HazardGroup) -> str:
    """What the code suggests, and which law that would break."""
    prediction = PREDICTIONS[group.first.kind]
    if not prediction.laws:
        return group.first.statement
    broken = " or ".join(f"`{law}`" for law in prediction.laws)
    return f"{group.first.statement} Then {broken} is broken where {prediction.scenario}."


def _standings(context: RunContext, laws: Iterable[str]) -> dict[str, Standing]:
    """How each law stands over the whole exploration; those that were never asked are left out."""
    found = {}
    for law in laws:
        counts = [report.judged[law] for report in context.reports.values() if law in report.judged]
        if counts:
            found[law] = Standing(
                schedules=sum(states["holds"] for states in counts),
                kept=not any(
                    states["broken"] or states["explained"] or states["crashed"]
                    for states in counts
                ),
            )
    return found


def _result(context: RunContext, law: Law, ids: tuple[str, ...]) -> tuple[Result, str]:
    if ids:
        confirmed = FindingStatus.CONFIRMED, FindingStatus.DUPLICATE
        states = {f.id: f.status for f in context.findings if f.id in ids}
        note = "" if all(s in confirmed for s in states.values()) else " (not confirmed)"
        return Result.CONFIRMED, f"shown by {', '.join(ids)}{note}"
    judged, exercised, broken = how_hard(context, law)
    if broken:
        reason = f"{broken} schedules seemed to break it; no candidate passed the gates"
        return Result.UNDECIDED, reason
    explained = sum(report.judged[law.id]["explained"] for report in _judging(context, law))
    if explained:
        return Result.UNDECIDED, (
            f"not kept in {explained} schedules, in each of which another law was broken that"
            " explains it; see the findings"
        )
    crashed = sum(report.judged[law.id]["crashed"] for report in _judging(context, law))
    if crashed:
        return Result.UNDECIDED, f"the law itself failed in {crashed} schedules, an error of ours"
    if exercised == 0:
        return Result.UNDECIDED, "nothing in this run exercised it"
    where = "sizes" if law.needs_costs else "schedules"
    return Result.REJECTED, f"held in {judged} {where}, on {exercised} things judged"


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
