"""Phase 4, after the findings: which releases have each of them, within an allowance of its own.

What is not reached stays *verified, not ranged*, with the reason; `ptest bisect` asks it alone.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from production_testers.evidence.loads import is_load
from production_testers.evidence.ranges import Answer, Range, together
from production_testers.evidence.ranging import Releases, find_range
from production_testers.experiments.environments import Sut, is_at_hand, prepare
from production_testers.experiments.releases import releases_of
from production_testers.model.errors import SutUnavailableError, UsageError
from production_testers.phases.allowance import Allowance
from production_testers.phases.context import RunContext
from production_testers.phases.proposals import settle
from production_testers.workspace.atomic import write_json
from production_testers.workspace.clock import stopwatch
from production_testers.workspace.documents import Finding, FindingStatus
from production_testers.workspace.journal import JournalKind
from production_testers.workspace.proposals import Proposal, ProposalState
from production_testers.workspace.states import StateLog

FINDINGS_MAX = 12
"""How many findings a run ranges, the most severe first: a plan that is the same everywhere."""

SECONDS_MAX = 60.0
"""How long ranging may take in all, also on a machine where it takes longer than it should."""

INSTALLING_SECONDS_MAX = 20.0
"""How much of that may go into releases that are not installed yet."""

QUESTION_SECONDS_MAX = 20.0
"""How long one release may take for one finding before it cannot tell."""

LOAD_TAKES = "a load takes minutes to measure on every release; `ptest bisect` asks it alone"

NOT_RANGED = "not_ranged"
"""Member of a finding's evidence: why nobody asked other releases."""


def range_findings(context: RunContext, spent: Callable[[], float]) -> None:
    """Range the run's findings, most severe first; keep each range, or why there is none.

    Args:
        context: With findings and their defects.
        spent: Seconds that the run has used of its budget.
    """
    if not context.findings:
        return
    allowance = _allowance(context, spent)
    try:
        absent = _absent(context, allowance)
    except UsageError as error:  # the reference has no releases
        _keep(context, {}, error.what.rstrip("."))
        return
    at_hand = len(releases_of(context.sut.name)) - len(absent)
    if at_hand < 2:
        why = next(iter(absent.values()))
        _keep(context, {}, f"no other release is at hand; {why}")
        return
    _keep(context, _ranges(context, absent, allowance), allowance.why)


def _allowance(context: RunContext, spent: Callable[[], float]) -> Allowance:
    budget = context.plan.budget_s
    left = SECONDS_MAX if budget is None else budget - spent()
    if budget is not None and left < SECONDS_MAX:
        return Allowance(max(0.0, left), f"the budget of {budget:g} s was used up")
    why = f"a run ranges {FINDINGS_MAX} findings within {SECONDS_MAX:.0f} s"
    return Allowance(SECONDS_MAX, why)


def _absent(context: RunContext, allowance: Allowance) -> dict[str, str]:
    """Releases that are not at hand and could not be installed quickly, with the reason.

    One that cannot be installed is the last that is tried: there may be no network.

    Raises:
        UsageError: The system under test has no releases.
    """
    absent: dict[str, str] = {}
    installing, why = stopwatch(), ""
    for release in releases_of(context.sut.name):
        sut = Sut(name=context.sut.name, version=release)
        if is_at_hand(sut):
            continue
        if not why and (allowance.is_spent() or installing() > INSTALLING_SECONDS_MAX):
            why = f"not installed: a run installs releases for {INSTALLING_SECONDS_MAX:.0f} s"
        if not why:
            context.tell(f"  installing {sut} once, to range findings")
            try:
                prepare(sut, seconds_max=INSTALLING_SECONDS_MAX)
            except SutUnavailableError as error:
                why = f"not installed: {error.what}"
            else:
                continue
        absent[release] = why
    return absent


def _ranges(
    context: RunContext, absent: Mapping[str, str], allowance: Allowance
) -> dict[str, Range]:
    """Id of a finding → its range; those that are reached."""
    defects = {defect.fingerprint: defect for defect in context.defects}
    suts = {
        release: Sut(name=context.sut.name, version=release)
        for release in releases_of(context.sut.name)
    }
    found: dict[str, Range] = {}
    with Releases(
        suts, (context.folder,), absent=absent, timeout_s=QUESTION_SECONDS_MAX
    ) as releases:
        reached = takewhile(lambda _: not allowance.is_spent(), _in_order(context)[:FINDINGS_MAX])
        for number, finding in enumerate(reached, start=1):
            context.tell(f"  ranging {number} of {len(context.findings)}: {finding.id}")
            defect = defects[str(finding.fingerprint)]
            one = find_range(defect, releases, lambda _line: None, stop=allowance.is_spent)
            if one is not None:
                found[finding.id] = one
    return found


def _in_order(context: RunContext) -> list[Finding]:
    """The most severe first; what another entry has already, last; what has a range, never."""
    loads = _loads(context)
    return sorted(
        (
            finding
            for finding in context.findings
            if "range" not in finding.evidence and finding.fingerprint not in loads
        ),
        key=lambda one: (one.status is FindingStatus.DUPLICATE, one.severity.rank, one.id),
    )


def _loads(context: RunContext) -> set[str]:
    return {one.fingerprint for one in context.defects if is_load(one.exhibit)}


def _keep(context: RunContext, ranges: Mapping[str, Range], why_not: str) -> None:
    """What was not reached now keeps the range that somebody asked for earlier."""
    known, missed, loads = _known(context), list[str](), _loads(context)
    for number, finding in enumerate(context.findings):
        if "range" in finding.evidence:  # its control had to ask
            continue
        if (found := ranges.get(finding.id)) is not None:
            context.findings[number] = with_range(context, finding, found)
        elif (earlier := known.get(str(finding.fingerprint))) is not None:
            found, address = earlier
            context.findings[number] = with_range(context, finding, found, f" Asked in {address}.")
        else:
            missed.append(finding.id)
            (context.run.evidence_of(finding.id) / "range.json").unlink(missing_ok=True)
            why = LOAD_TAKES if finding.fingerprint in loads else why_not
            evidence = {**finding.evidence, NOT_RANGED: why}
            context.findings[number] = finding.model_copy(update={"evidence": evidence})
    _share(context)
    context.findings = told_apart(context.findings)
    context.proposals = [_retold(context, one) for one in context.proposals]
    if missed:
        context.tell(f"  verified, not ranged: {', '.join(missed)}: {why_not}")
    context.run.write_state(context.run.read_findings().with_findings(context.findings))


def _share(context: RunContext) -> None:
    """Findings with one cause have one range: each scenario may show it where another cannot."""
    for ids in _of_one_cause(context.findings):
        own = [(at, one) for at, one in enumerate(context.findings) if one.id in ids]
        raw: list[Any] = [one.evidence.get("range") for _, one in own]
        ranges = [Range.from_json(one, path=ids[0]) for one in raw if one]
        asked = {tuple(one.release for one in found.observed) for found in ranges}
        if len(ranges) < len(ids) or len(asked) != 1:
            continue
        found = together(ranges, str(context.description["version"]))
        for at, one in own:
            others = ", ".join(other for other in ids if other != one.id)
            where = f" Together with what {others} shows."
            context.findings[at] = with_range(context, one, found, where)


def _of_one_cause(findings: Sequence[Finding]) -> list[tuple[str, ...]]:
    """Ids of the findings of a run that have one cause; each group with the original first."""
    groups: dict[str, list[str]] = {}
    for finding in findings:
        cause: Any = finding.evidence.get("same_cause")
        if cause and cause["finding"] in {one.id for one in findings}:
            groups.setdefault(cause["finding"], [cause["finding"]]).append(finding.id)
    return [tuple(group) for group in groups.values()]


def _retold(context: RunContext, proposal: Proposal) -> Proposal:
    """The proposal, which is a duplicate where its finding turned out to be one."""
    own = next((one for one in context.findings if one.id == proposal.finding), None)
    promoted = proposal.state is ProposalState.PROMOTED
    if own is None or not promoted or own.status is not FindingStatus.DUPLICATE:
        return proposal
    original = own.related_findings[0]
    reason = f"the same defect as {original}: every release that was asked answers alike"
    told = proposal.judged(ProposalState.DUPLICATE, reason, finding=original)
    return settle(context.run, told)


def told_apart(findings: Sequence[Finding]) -> list[Finding]:
    """The findings; what a script shows is a duplicate where one of ours is alike everywhere.

    No fingerprint tells: a script says nothing of what its defect needs. So the law, the way and
    the answer of every release that gave one must be the same, good and bad ones among them.
    """
    return [_apart(finding, findings) for finding in findings]


def _apart(finding: Finding, others: Sequence[Finding]) -> Finding:
    if finding.status is not FindingStatus.CONFIRMED or not _is_script(finding):
        return finding
    for other in others:
        if not _is_script(other) and _is_alike(finding, other):
            update = {"status": FindingStatus.DUPLICATE, "related_findings": (other.id,)}
            return finding.model_copy(update=update)
    return finding


def _is_script(finding: Finding) -> bool:
    features: Any = finding.evidence.get("features") or ()
    return any(str(feature).startswith("script:") for feature in features)


def _is_alike(one: Finding, other: Finding) -> bool:
    same = all(one.evidence.get(k) == other.evidence.get(k) for k in ("law", "outcome_class"))
    mine, its = _answers(one), _answers(other)
    both = [(mine[release], its[release]) for release in mine.keys() & its.keys()]
    return same and {mine for mine, _ in both} == _TELLING and all(a == b for a, b in both)


_TELLING = {Answer.BROKEN, Answer.HOLDS}


def _answers(finding: Finding) -> dict[str, Answer]:
    raw: Any = finding.evidence.get("range")
    observed = Range.from_json(raw, path=finding.id).observed if raw else ()
    return {one.release: one.answer for one in observed if one.answer in _TELLING}


def _known(context: RunContext) -> dict[str, tuple[Range, str]]:
    """Fingerprint → the newest range that a run on this very release holds, and that run."""
    known = {}
    sut = {"name": context.sut.name, "version": context.description["version"]}
    for run in context.workspace.all_runs():
        if run.address != context.run.address and run.findings.is_file():
            for finding in run.read_findings().findings:
                raw: Any = finding.evidence.get("range")
                if raw and finding.evidence.get("sut") == sut:
                    found = Range.from_json(raw, path=finding.id)
                    known[str(finding.fingerprint)] = (found, run.address)
    return known


def with_range(context: RunContext, finding: Finding, found: Range, where: str = "") -> Finding:
    """The finding with its range, which is kept beside its evidence and in the journal, too.

    Args:
        context: The run.
        finding: One of its findings.
        found: Its range.
        where: Said behind it.
    """
    folder = context.run.evidence_of(finding.id)
    write_json(folder / "range.json", found.as_json())
    words = f"{found.words} Confidence {found.confidence}.{where}"
    StateLog(folder).add("ranged", words, sut=context.sut_label)
    context.run.journal.append(JournalKind.FINDING_RANGED, finding=finding.id, words=found.words)
    evidence = {**finding.evidence, "range": found.as_json(), "state": "ranged"}
    return finding.model_copy(update={"evidence": evidence})
