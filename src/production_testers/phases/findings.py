"""From candidates to findings: the evidence pipeline, ids, and findings.json."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

from production_testers.evidence.defect import Defect, sizes_of
from production_testers.evidence.identity import SameCause, merged_into
from production_testers.evidence.pipeline import (
    NO_CONTROL,
    Gates,
    Shown,
    candidates_of,
    cost_defects,
    minimise,
    proposed,
)
from production_testers.evidence.promised import Cited, promised
from production_testers.evidence.repro.regression import regression_test
from production_testers.evidence.repro.script import Claim
from production_testers.evidence.trial import Trial
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import install_clean
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.redacting import redacted_in
from production_testers.experiments.worker import Workers
from production_testers.laws import LAWS, Severity
from production_testers.phases.allowance import Allowance, for_findings
from production_testers.phases.context import RunContext
from production_testers.phases.known import (
    Known,
    causes_of,
    declared_of,
    is_duplicate,
    known_before,
    of_same_cause,
    severity_of,
)
from production_testers.phases.loading import LOAD, defects_of_run
from production_testers.phases.proposals import collect, settle, try_proposal
from production_testers.phases.ranging import told_apart, with_range
from production_testers.phases.scripts import keep_script
from production_testers.workspace.atomic import exclusive, write_json, write_text
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.documents import (
    Attachment,
    Finding,
    FindingsDocument,
    FindingStatus,
    FindingType,
    Frequency,
    Impact,
    Recommendation,
    Reproduction,
    ReproductionEnvironment,
    RiskLevel,
)
from production_testers.workspace.proposals import Proposal, ProposalState, proposals_of
from production_testers.workspace.states import ReachedState, StateLog

SCRIPTED = (
    "Shown by a script that somebody proposed: it was executed here and on other releases, and no"
    " law judged what it saw."
)


Way = tuple[str, str]
"""A law, and a way to break it."""

_Small = tuple[list[Defect], list[Defect]]
"""Distinct defects made small, and candidates that did not break again."""


def find(context: RunContext, workers: WorkerPool) -> None:
    """Take every candidate and every proposal through the gates; record what passes, keep the rest.

    A proposal that was judged before is judged again: it counts for the system under test and
    the folder's own stages as they are now.
    """
    collect(context.run)
    allowance = for_findings(context.plan.budget_s)
    survivors = minimised(context, workers, allowance)
    trials = [(one, try_proposal(workers, one)) for one in proposals_of(context.run)]
    for _, trial in trials:
        if trial.defect is not None:
            survivors = merged_into(survivors, trial.defect)
    with tempfile.TemporaryDirectory(prefix="ptest-verify-") as name:
        clean = _clean(context, Path(name))
        judged = _through_gates(context, clean, survivors, allowance.is_spent)
    _set_aside(context, [one.defect for one in judged], allowance.why)
    context.rejected += [
        one.defect
        for one in judged
        if one.defect.failed_gate is not None and "proposal" not in one.defect.origin
    ]
    record(context, [one for one in judged if one.defect.state == "verified"])
    context.proposals = [_settled(context, one, trial, judged) for one, trial in trials]


def _set_aside(context: RunContext, defects: Sequence[Defect], why: str) -> None:
    """What nobody had the time for is no finding, and is not forgotten."""
    context.unreached += [
        one for one in defects if one.failed_gate is None and one.state != "verified"
    ]
    context.unreached_why = why if context.unreached else ""
    if context.unreached:
        ways = sorted({f"{one.law}, {one.outcome_class}" for one in context.unreached})
        context.tell(f"  not reached: {'; '.join(ways)}: {why}")


def add(context: RunContext, workers: Workers, proposal: Proposal) -> Proposal:
    """Take one proposal through the gates; add its finding to those of the run, or say why not."""
    trial = try_proposal(workers, proposal)
    with exclusive(context.folder):  # two at once would each lose the other's finding
        context.findings = list(context.run.read_findings().findings)
        if trial.defect is None:
            return _settled(context, proposal, trial, [])
        if (same := _recorded_here(context, trial.defect)) is not None:
            told = proposal.judged(
                ProposalState.DUPLICATE,
                f"the same defect as {same.id}, which this run has already",
                finding=same.id,
                sut=context.sut_label,
            )
            return settle(context.run, told)
        context.tell("Reproducing, attributing, verifying")
        with tempfile.TemporaryDirectory(prefix="ptest-verify-") as name:
            judged = _through_gates(context, _clean(context, Path(name)), [trial.defect])
        if judged[0].defect.failed_gate is None:
            known = known_before(context)
            here = [Known(finding=one, entry_id=context.run.entry_id) for one in context.findings]
            causes = causes_of(context, judged, [*here, *known])
            _take_in(context, judged[0], known, causes)
            context.findings = told_apart(context.findings)
            context.run.write_findings(_document(context))
        return _settled(context, proposal, trial, judged)


def _recorded_here(context: RunContext, defect: Defect) -> Finding | None:
    for finding in context.findings:
        if Known(finding=finding, entry_id=context.run.entry_id).is_same(defect):
            return finding
    return None


def _clean(context: RunContext, folder: Path) -> Path:
    """A fresh interpreter; a team's own, which has what its application imports, stays its own."""
    if context.target is not None and context.target.python:
        return context.environment.python
    return install_clean(context.sut, context.environment, folder)


def _through_gates(
    context: RunContext,
    clean: Path,
    defects: Sequence[Defect],
    stop: Callable[[], bool] = lambda: False,
) -> list[Shown]:
    if not defects:
        return []
    gates = Gates(context.environment.python, clean, context.sut.name, context.folder)
    return gates.pass_through(defects, stop)


def _settled(
    context: RunContext, proposal: Proposal, trial: Trial, judged: Sequence[Shown]
) -> Proposal:
    """The proposal with what became of it, kept and journalled."""
    state, reason, finding = _fate(context, proposal, trial, judged)
    told = proposal.judged(state, reason, finding=finding, sut=context.sut_label)
    return settle(context.run, told)


def _fate(
    context: RunContext, proposal: Proposal, trial: Trial, judged: Sequence[Shown]
) -> tuple[ProposalState, str, str | None]:
    if trial.defect is None:
        state = ProposalState.UNDECIDED if trial.breaks is None else ProposalState.REJECTED
        return state, trial.reason, None
    proposed = trial.defect
    defect = next(one.defect for one in judged if one.defect.explains(proposed))
    if (gate := defect.failed_gate) is not None:
        untold = gate.detail.startswith(NO_CONTROL)  # it shows, and never counts as a finding
        state = ProposalState.UNDECIDED if untold else ProposalState.REJECTED
        return state, f"not {gate.state}: {gate.detail}", None
    if defect.state != "verified":
        why = f"{defect.state}, not verified: {context.unreached_why}"
        return ProposalState.UNDECIDED, why, None
    finding = next(f for f in context.findings if f.fingerprint == defect.fingerprint)
    if finding.status is FindingStatus.DUPLICATE:
        original = finding.related_findings[0]
        return ProposalState.DUPLICATE, f"the same defect as {original}", original
    before = proposal.state is ProposalState.PROMOTED and proposal.finding == finding.id
    own = before or defect.origin.get("proposal") == proposal.id
    if own and finding.id in context.new_ids:
        return ProposalState.PROMOTED, f"{trial.reason}; verified", finding.id
    first = "" if finding.id in context.new_ids else ", which an earlier run recorded"
    return ProposalState.DUPLICATE, f"the same defect as {finding.id}{first}", finding.id


def minimised(context: RunContext, workers: Workers, allowance: Allowance) -> list[Defect]:
    """The distinct defects behind the candidates, each with the schedules that showed it.

    Candidates that do not break again are added to the rejected ones of the run, the first of each
    way for which there is no time to those that were not reached.
    """
    survivors: list[Defect] = []
    groups = candidates_of(context.reports)

    def of_group(number: int, way: Way) -> _Small | None:
        """The distinct defects of one way to break a law, and the flaky ones; None without time."""
        if number > 1 and allowance.is_spent():
            return None
        context.tell(f"  minimising {number} of {len(groups)}: {', '.join(way)}")
        return minimise(workers, groups[way], context.plan.seed, allowance.is_spent)

    for way, done in zip(groups, _side_by_side(workers, of_group, list(groups)), strict=True):
        counts = {
            kind.value: report.broken[way]
            for kind, report in context.reports.items()
            if report.broken[way]
        }
        if done is None:
            first = proposed(groups[way][0], workers.sut, context.plan.seed)
            context.unreached.append(replace(first, kinds=counts))
            continue
        found, flaky = done
        survivors += _counted(found, counts)
        context.rejected += flaky
    counted = {shape: cost for shape, cost in context.costs.items() if shape != LOAD}
    return [*survivors, *cost_defects(workers, counted), *defects_of_run(context, workers)]


def _side_by_side(
    workers: Workers, do: Callable[[int, Way], _Small | None], ways: Sequence[Way]
) -> list[_Small | None]:
    """What is done for each of the numbered ways, in their order; as many at once as can work."""
    at_once = workers.size if isinstance(workers, WorkerPool) else 1
    executor = ThreadPoolExecutor(max_workers=at_once)
    try:
        return list(executor.map(do, range(1, len(ways) + 1), ways))
    finally:
        executor.shutdown(wait=False, cancel_futures=True)  # somebody may have interrupted it


def _counted(found: list[Defect], counts: dict[str, int]) -> list[Defect]:
    """A lone defect is the reason of every schedule; of several, each has those made small."""
    if len(found) == 1:
        return [replace(found[0], kinds=counts)]
    return [replace(defect, broken_so=sum(counts.values())) for defect in found]


def record(context: RunContext, shown: Sequence[Shown]) -> None:
    """Give every defect its id, write its evidence, and rewrite findings.json."""
    known = known_before(context)
    _keep_evidence_of(context, _recorded(context))
    context.defects = [one.defect for one in shown]
    context.findings = []
    causes = causes_of(context, shown, known)
    for one in sorted(shown, key=lambda one: one.defect.fingerprint in causes):
        _take_in(context, one, known, causes)
    context.run.write_state(_document(context))
    _keep_evidence_of(context, {finding.id for finding in context.findings})
    write_json(
        context.run.evidence / "rejected.json",
        {
            "rejected": [defect.as_json() for defect in context.rejected],
            "not_reached": [defect.as_json() for defect in context.unreached],
        },
    )


def _take_in(
    context: RunContext, shown: Shown, known: list[Known], causes: Mapping[str, SameCause]
) -> None:
    """Those whose cause another one of the run has come after it."""
    finding = _finding(context, shown.defect, known)
    if (cause := causes.get(shown.defect.fingerprint)) is not None:
        finding = of_same_cause(context, finding, cause, known)
    _write_evidence(context, finding.id, shown)
    finding = _with_script(context, finding, shown)
    if context.target is not None:
        finding = _of_target(context, finding, shown)
    context.run.journal.append(
        "finding_recorded", finding=finding.id, fingerprint=shown.defect.fingerprint
    )
    if shown.range is not None:
        finding = with_range(context, finding, shown.range)
    context.findings.append(finding)


def _with_script(context: RunContext, finding: Finding, shown: Shown) -> Finding:
    """The finding with its `repro.py`, or with the reason why it has none."""
    claim = Claim(
        title=finding.title,
        source=str(finding.evidence["expected_source"]),
        sut=str(context.sut),
    )
    folder = context.run.evidence_of(finding.id)
    told = keep_script(context.environment.python, folder, shown.defect, shown.history, claim)
    evidence = {**finding.evidence, "repro": told}
    if "file" not in told:
        return finding.model_copy(update={"evidence": evidence})
    path = f"results/evidence/{finding.id}/{told['file']}"
    attached = (*finding.attachments, Attachment(name="Script", path=path, type="script"))
    reproduction = finding.reproduction or Reproduction()
    steps = (*reproduction.steps, f"python {path}  # without this tool: 1 it shows, 0 it does not")
    return finding.model_copy(
        update={
            "evidence": evidence,
            "attachments": attached,
            "reproduction": reproduction.model_copy(update={"steps": steps}),
        }
    )


def _of_target(context: RunContext, finding: Finding, shown: Shown) -> Finding:
    """The finding with a test that the team can keep, and with what its evidence leaves out."""
    name = f"test_{finding.id.lower().replace('-', '_')}.py"
    path = f"results/evidence/{finding.id}/{name}"
    text = regression_test(finding.id, finding.title, shown.defect)
    if text is not None:
        write_text(context.run.evidence_of(finding.id) / name, text)
        attached = Attachment(name="Regression test", path=path, type="test")
        reproduction = finding.reproduction or Reproduction()
        step = f"cp {path} your tests/, then pytest tests/{name}  # fails until it is mended"
        finding = finding.model_copy(
            update={
                "attachments": (*finding.attachments, attached),
                "reproduction": reproduction.model_copy(
                    update={"steps": (*reproduction.steps, step)}
                ),
            }
        )
    redacted = _redacted(shown)
    told = ", ".join(f"{kind} ({count})" for kind, count in redacted.items()) or "nothing"
    return finding.model_copy(
        update={
            "description": f"{finding.description}\n\nRedacted in the evidence: {told}.",
            "evidence": {**finding.evidence, "redacted": redacted},
        }
    )


def _document(context: RunContext) -> FindingsDocument:
    context.findings.sort(key=lambda finding: (finding.severity.rank, finding.id))
    return context.run.read_findings().with_findings(context.findings)


def _finding(context: RunContext, defect: Defect, known: list[Known]) -> Finding:
    given = {finding.id for finding in context.findings}  # an id tells one defect of a run
    here_too = {finding.fingerprint for finding in context.findings}
    others = (here_too | {one.fingerprint for one in context.defects}) - {defect.fingerprint}
    same = [
        one
        for one in known
        if one.is_same(defect)
        and one.finding.id not in given
        and one.finding.fingerprint not in others
    ]
    same.sort(key=lambda one: one.finding.fingerprint != defect.fingerprint)
    here = next((one for one in same if one.entry_id == context.run.entry_id), None)
    elsewhere = next(
        (o for o in same if o.entry_id != context.run.entry_id and not is_duplicate(o.finding)),
        None,
    )
    declared = declared_of(context, defect)
    kind = FindingType(declared.type.value)
    if here is not None:
        finding_id, created_at = here.finding.id, here.finding.created_at
        again = here.finding.status is FindingStatus.RESOLVED  # it shows again: a regression
        status = FindingStatus.CONFIRMED if again else here.finding.status
        related = here.finding.related_findings
    else:
        finding_id = _new_id(context, kind, defect.fingerprint)
        created_at = iso(utc_now())
        status = FindingStatus.CONFIRMED if elsewhere is None else FindingStatus.DUPLICATE
        related = () if elsewhere is None else (elsewhere.finding.id,)
        if elsewhere is None:
            context.new_ids.add(finding_id)
    return _described(
        context,
        defect,
        Finding(
            id=finding_id,
            type=kind,
            severity=severity_of(context, defect),
            title=(here is None and defect.origin.get("title"))
            or f"{declared.title} ({defect.component})",
            description="",
            status=status,
            created_at=created_at,
            updated_at=iso(utc_now()),
            component=defect.component,
            related_findings=related,
        ),
    )


def _new_id(context: RunContext, kind: FindingType, fingerprint: str) -> str:
    """The id this run has already given the defect, or the next free one."""
    for event in context.run.journal.read():
        if event["kind"] == "finding_recorded" and event.get("fingerprint") == fingerprint:
            return str(event["finding"])
    return context.workspace.next_finding_id(context.run.entry_id, kind, reserve_in=context.run)


def _described(context: RunContext, defect: Defect, finding: Finding) -> Finding:
    law = LAWS[defect.law]
    declared = declared_of(context, defect)
    promise = _promise(context, defect)
    words = exhibit_in_words(defect.exhibit)
    command = f"ptest replay {finding.id}"
    expected = law.statement
    quoted = f"“{promise['quote']}” ({promise['file']}:{promise['line']})" if promise else ""
    is_promised = declared == defect.declared
    source = quoted if is_promised else ""
    says = "says:" if is_promised else "does not promise that. The nearest words are"
    actual = str(defect.verdict["summary"])
    description = "\n\n".join(
        part
        for part in (
            f"Expected: {expected}",
            f"{context.sut_label} {says} {quoted}" if quoted else "",
            f"Seen: {actual}.",
            _place(context, defect),
            f"Smallest scenario: {' '.join(words)}",
            f"Severity {declared.severity.value}: {declared.why}.",
            SCRIPTED if "script" in defect.exhibit else "",
        )
        if part
    )
    schedules = sum(defect.kinds.values())
    risk = RiskLevel(declared.severity.value if declared.severity is not Severity.INFO else "none")
    return finding.model_copy(
        update={
            "description": description,
            "tags": (law.category.value, *defect.features),
            "reproduction": Reproduction(
                steps=(command, *words),
                environment=ReproductionEnvironment(
                    python_version=context.run.read_environment().python_version,
                    os=context.run.read_environment().os,
                    dependencies=dict(context.environment.packages),
                ),
                frequency=Frequency.ALWAYS,
                conditions=", ".join(defect.features),
            ),
            "impact": Impact(
                data_risk=risk if law.category.value in ("correctness", "security") else None,
                security_risk=risk if law.category.value == "security" else None,
                availability_risk=risk if law.category.value == "reliability" else None,
                business_impact=declared.why,
            ),
            "recommendation": Recommendation(
                summary=f"Make {defect.component} keep this: {expected}"
            ),
            "attachments": (
                Attachment(
                    name="Evidence",
                    path=f"results/evidence/{finding.id}/evidence.json",
                    type="evidence",
                ),
            ),
            "evidence": {
                "law": defect.law,
                "statement": law.statement,
                "outcome_class": defect.outcome_class,
                "fingerprint": defect.fingerprint,
                "component": defect.component,
                "features": list(defect.features),
                "sizes": list(sizes_of(defect.exhibit)),
                "cures": list(defect.cures),
                "also_breaks": [list(way) for way in defect.also_breaks],
                "feasible": "reordering" not in defect.features,
                "state": defect.state,
                "states": [step.as_json() for step in defect.steps],
                "replay": command,
                "why_severity": declared.why,
                "directives": list(words),
                "expected": expected,
                "expected_source": source,
                "actual": actual,
                "executions": defect.executions,
                "seen": {
                    "kinds": dict(defect.kinds),
                    "schedules": schedules,
                    **({"broken_so": defect.broken_so} if defect.broken_so else {}),
                },
                "sut": dict(defect.sut),
                **{
                    name: told for name in ("proposal", "note") if (told := defect.origin.get(name))
                },
            },
        }
    )


def _is_the_team_s(context: RunContext, defect: Defect) -> bool:
    """Whether the application is at fault, and not the framework underneath."""
    target = context.target
    own = () if target is None else (*target.code.values(), target.object.replace(":", "."))
    return defect.component in own


def _place(context: RunContext, defect: Defect) -> str:
    """Where the team's stage stands that is at fault; empty where it is none."""
    target = context.target
    if target is None:
        return ""
    named = [stage for stage, code in target.code.items() if code == defect.component]
    places = [f"stage {stage} ({target.stages[stage]})" for stage in named]
    return f"Where: {', '.join(places)}." if places else ""


def _promise(context: RunContext, defect: Defect) -> Cited | None:
    """The framework's own words; of what a team's code does it has said nothing."""
    if _is_the_team_s(context, defect):
        return None
    told = context.description
    return promised(defect, told["capabilities"], told["words"])


def _write_evidence(context: RunContext, finding_id: str, shown: Shown) -> None:
    folder = context.run.evidence_of(finding_id)
    evidence = {"finding": finding_id, **shown.defect.as_json()}
    if context.target is not None:
        evidence["redacted"] = _redacted(shown)
    write_json(folder / "evidence.json", evidence)
    if shown.history:
        write_text(folder / "history.jsonl", shown.history)
    StateLog(folder).write(
        [ReachedState(**asdict(step), sut=context.sut_label) for step in shown.defect.steps]
    )


def _redacted(shown: Shown) -> dict[str, int]:
    """Kind → how often a value of it was taken out of the evidence."""
    told = redacted_in([dict(shown.defect.verdict), dict(shown.defect.exhibit), shown.history])
    return dict(told)


def _recorded(context: RunContext) -> set[str]:
    """Ids that this run has given; what an attempt that died reserved was never given."""
    events = context.run.journal.read()
    given = {str(event["finding"]) for event in events if event["kind"] == "finding_recorded"}
    return given | {finding.id for finding in context.run.read_findings().findings}


def _keep_evidence_of(context: RunContext, ids: set[str]) -> None:
    if context.run.evidence.is_dir():
        for folder in context.run.evidence.iterdir():
            if folder.is_dir() and folder.name not in ids:
                shutil.rmtree(folder)
