"""What a run does not show, said by the run itself."""

from collections import Counter
from collections.abc import Iterator, Mapping

from production_testers.experiments.ordering import STRICT
from production_testers.model.scenario import Kind
from production_testers.reports import facts
from production_testers.reports.facts import many
from production_testers.reports.record import RunRecord
from production_testers.simulation import Power
from production_testers.workspace.findings import RunStatus


def limits(record: RunRecord) -> list[str]:
    """One sentence each; every one follows from the record."""
    return [*_of_the_run(record), *_of_the_search(record), *_of_the_evidence(record)]


def _of_the_run(record: RunRecord) -> Iterator[str]:
    if record.status is not RunStatus.COMPLETED:
        yield f"The run's status is {record.status.value}: what comes after is not in this report."
    for reason in record.inconclusive_reasons:
        yield f"Inconclusive: {reason.rstrip('.')}."
    if not record.recipe.conclusive:
        yield (
            "The entry has no recipe of its own: only the general laws were checked, and the risk"
            " that its title names was not exercised as such."
        )


def _of_the_search(record: RunRecord) -> Iterator[str]:
    numbers = facts.explored(record)
    if numbers.schedules:
        yield from _of_the_orders(facts.power(record))
        kinds = (f"{kind} {report['schedules']:,}" for kind, report in record.exploration.items())
        yield f"Schedules by kind: {', '.join(kinds)}. A defect that needs more may remain."
    absent = [kind.value for kind in Kind if kind.value not in record.exploration]
    if absent:
        yield f"Kinds that were not executed: {', '.join(absent)}."
    if numbers.truncated:
        yield (
            f"The plan was not executed in full (truncated in {', '.join(numbers.truncated)}):"
            f" {numbers.schedules:,} of {many(numbers.planned, 'planned schedule')} were."
        )
    if numbers.left_out:
        yield (
            f"{many(numbers.left_out, 'schedule')} needed something that the release does not"
            " offer, and were left out."
        )
    if numbers.lost:
        yield (
            f"{many(numbers.lost, 'schedule')} ended with the death of a worker process, and say"
            " nothing."
        )
    idle = [law.id for law in facts.laws(record) if not law.exercised]
    if idle:
        yield f"Laws that were not exercised: {', '.join(f'`{law}`' for law in idle)}."


def _of_the_orders(power: Power) -> Iterator[str]:
    """Which orders of ready tasks were looked at, and what that says."""
    strict = power.strategies.get(STRICT, 0)
    if strict < power.schedules:
        others = sorted(set(power.strategies) - {STRICT})
        named = ", ".join(f"{name} {power.strategies[name]:,}" for name in others)
        yield (
            f"{strict:,} of {power.schedules:,} schedules keep asyncio's first-in-first-out order"
            " of callbacks and vary latencies, timers and the order of sets of tasks: what they"
            f" show is feasible. The others let ready tasks change places ({named}); what only they"
            " show is latent. Threads, processes and real input and output are outside."
        )
        yield (
            "A defect that needs 1, 2 or 3 ordering constraints among ready tasks would have been"
            " found by the PCT schedules alone with a probability of at least"
            f" {power.bounds_in_words()} (Burckhardt et al. 2010, for {power.tasks} tasks and"
            f" {power.choices} choices, the most that a schedule had), if the drawn"
            " scenario, latencies and faults admit it."
        )
    else:
        yield (
            "The simulation is strict: callbacks keep asyncio's first-in-first-out order, and only"
            " latencies, timers and the order of sets of tasks vary. Defects that need another"
            " order of callbacks, threads or processes are outside of it."
        )


def _of_the_evidence(record: RunRecord) -> Iterator[str]:
    if record.measured is None:
        yield "No real executions were made: this report says nothing about wall-clock time."
    else:
        yield (
            "Real executions ran trivial stages for seconds: first in a closed loop, where a stall"
            " also holds back the callers, then in an open one. The figures are the framework's"
            " own share under that load, and no forecast of a production load; `ptest load` makes"
            " those."
        )
    if not record.costs:
        yield "The work of an execution was not counted by number of stages."
    if not record.tests:
        yield "No test of the run folder was executed."
    if record.pictures_missing:
        yield f"Pictures could not be drawn: {record.pictures_missing.rstrip('.')}."
    pending = facts.unconfirmed(record)
    if pending:
        yield (
            f"The verdict does not count {many(len(pending), 'unconfirmed finding')}:"
            f" {', '.join(finding.id for finding in pending)}."
        )
    if record.rejected:
        gates = Counter(candidate.gate for candidate in record.rejected)
        told = ", ".join(f"{count} at {gate}" for gate, count in gates.items())
        yield f"{many(len(record.rejected), 'candidate')} rejected by the gates: {told}."
    yield from _of_the_releases(record)


def _of_the_releases(record: RunRecord) -> Iterator[str]:
    """Which findings nobody knows the age of, and why."""
    unranged: dict[tuple[str, str], list[str]] = {}
    for finding in record.findings:
        if not isinstance(finding.evidence.get("range"), Mapping):
            reason = str(finding.evidence.get("not_ranged") or "other releases were not asked")
            verified = finding.evidence.get("state") == "verified"
            state = "Verified, not ranged" if verified else "Not ranged"
            unranged.setdefault((state, reason), []).append(finding.id)
    for (state, reason), ids in unranged.items():
        yield (
            f"{state}: {', '.join(ids)}: {reason}. Since when they are there is not known;"
            " `ptest bisect` asks every release."
        )
