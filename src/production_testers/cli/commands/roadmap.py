"""`ptest roadmap list`, `show`, `next` and `coverage`."""

import json as formats
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table
from production_testers.experiments.five.ground import Held
from production_testers.experiments.recipe import Recipe
from production_testers.experiments.recipes import recipe_for
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace.aggregate import RunFindings, aggregate
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.documents import Finding, FindingStatus, RunStatus, Severity
from production_testers.workspace.naming import parse_finding_id
from production_testers.workspace.roadmap import PRIORITIES, RISKS, RoadmapEntry
from production_testers.workspace.run_folder import RunFolder

_OPEN = (FindingStatus.OPEN, FindingStatus.CONFIRMED, FindingStatus.IN_PROGRESS)


def list_entries(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """List the entries of the roadmap.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    entries = place.roadmap().entries
    counts = {entry.id: len(place.all_runs(entry.id)) for entry in entries}
    if json:
        show_json(
            {
                "entries": [
                    {
                        **asdict(entry),
                        "runs": counts[entry.id],
                        "recipe": recipe_for(entry.id).name,
                    }
                    for entry in entries
                ]
            }
        )
        return 0
    rows = [
        (e.id, e.priority, e.risk, recipe_for(e.id).name, counts[e.id], e.title) for e in entries
    ]
    show(table(rows, ("ID", "PRIORITY", "RISK", "RECIPE", "RUNS", "TARGET")))
    return 0


def show_entry(entry: str, *, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Show one entry, what would answer it, and its runs.

    Args:
        entry: Id of the entry.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    found = place.roadmap().entry(entry)
    recipe = recipe_for(found.id)
    runs = [run.address for run in place.all_runs(found.id)]
    requires = [{"law": r.law, "minimum": r.minimum, "why": r.why} for r in recipe.requires]
    if json:
        show_json(
            {
                **asdict(found),
                "recipe": recipe.name,
                "question": recipe.question,
                "requires": requires,
                "runs": runs,
            }
        )
        return 0
    show(f"{found.id}: {found.title} ({found.priority}, {found.risk})")
    show(f"Question: {recipe.question}")
    for requirement in recipe.requires:
        show(f"  needs {requirement.law}, {requirement.minimum} times: {requirement.why}")
    if not recipe.conclusive:
        show("  It has no recipe of its own: a run of it is inconclusive at best.")
    show(f"Runs: {', '.join(runs) or 'none'}")
    return 0


def next_entry(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Say which entry to run next, and why.

    Entries with a recipe of their own come first; then those without a completed run, the higher
    priority, the higher risk, the fewer completed runs, and what stands first in the file.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    entries = place.roadmap().entries
    completed = Counter(
        run.entry_id
        for run in place.all_runs()
        if run.findings.is_file() and run.read_findings().metadata.status is RunStatus.COMPLETED
    )
    chosen = choose(entries, completed)
    if chosen is None:
        raise UsageError(f"{place.roadmap_file} has no entry.", do="Add a row to a table of it.")
    reason = _why(chosen, entries, completed)
    if json:
        show_json(
            {
                **asdict(chosen),
                "recipe": recipe_for(chosen.id).name,
                "completed_runs": completed[chosen.id],
                "reason": reason,
            }
        )
        return 0
    show(f"{chosen.id}: {chosen.title}")
    show(f"Why: {reason}")
    show(f"Run: ptest run {chosen.id}")
    return 0


def choose(entries: Sequence[RoadmapEntry], completed: Mapping[str, int]) -> RoadmapEntry | None:
    """The entry to run next by the rule of `next_entry`; None where there is none.

    Args:
        entries: In the order of the file.
        completed: Entry → its completed runs.
    """
    return min(entries, key=lambda entry: _rank(entry, completed), default=None)


def _rank(entry: RoadmapEntry, completed: Mapping[str, int]) -> tuple[int, ...]:
    return (
        not recipe_for(entry.id).conclusive,
        bool(completed.get(entry.id)),
        PRIORITIES.index(entry.priority),
        RISKS.index(entry.risk),
        completed.get(entry.id, 0),
    )


def _why(
    chosen: RoadmapEntry, entries: Sequence[RoadmapEntry], completed: Mapping[str, int]
) -> str:
    own = recipe_for(chosen.id).conclusive
    rank = _rank(chosen, completed)
    equals = sum(_rank(entry, completed) == rank for entry in entries)
    runs = completed.get(chosen.id, 0)
    return (
        f"{'a recipe of its own' if own else 'no entry has a recipe of its own'},"
        f" {chosen.priority}, {chosen.risk}, {runs} completed run{'' if runs == 1 else 's'};"
        f" {f'the first of {equals} alike in the file' if equals > 1 else 'no other is alike'}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far a set of entries has been tested.

    Attributes:
        entries: How many there are.
        own_recipe: How many have laws of their own.
        run: How many have a run, in whatever state.
        conclusive: How many have a completed run that exercised what the recipe requires.
        open_findings: Severity → defects that are open, confirmed or in progress.
    """

    entries: int
    own_recipe: int
    run: int
    conclusive: int
    open_findings: Mapping[str, int]


def show_coverage(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Show how far the roadmap has been tested, by tier and section.

    Args:
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    place = find_workspace(workspace)
    entries = place.roadmap().entries
    runs = place.all_runs()
    found = _open_findings(runs)
    groups: dict[tuple[str, str], list[RoadmapEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.tier, entry.section), []).append(entry)
    answered = {run.entry_id for run in runs if is_conclusive(run, recipe_for(run.entry_id))}
    started = {run.entry_id for run in runs}
    sections = {key: _covered(group, started, answered, found) for key, group in groups.items()}
    total = _covered(entries, started, answered, found)
    if json:
        rows = [
            {"tier": tier, "section": section, **asdict(covered)}
            for (tier, section), covered in sections.items()
        ]
        show_json({"sections": rows, "total": asdict(total)})
        return 0
    lines: list[tuple[object, ...]] = []
    tier = ""
    for (name, section), covered in sections.items():
        if name != tier:
            tier = name
            within = [entry for entry in entries if entry.tier == tier]
            lines.append((tier, *_figures(_covered(within, started, answered, found))))
        lines.append((f"  {section}", *_figures(covered)))
    lines.append(("All", *_figures(total)))
    header = ("SECTION", "ENTRIES", "OWN RECIPE", "RUN", "CONCLUSIVE", "OPEN FINDINGS")
    show(table(lines, header))
    return 0


def is_conclusive(run: RunFolder, recipe: Recipe) -> bool:
    """Whether a run was completed and its results say that the entry's risk was exercised.

    A run without results, or with ones of another form, is not conclusive.

    Raises:
        InvalidDocumentError: A document of the run is broken.
    """
    exploration = run.results / "exploration.json"
    if not recipe.conclusive or not run.findings.is_file() or not exploration.is_file():
        return False
    if run.read_findings().metadata.status is not RunStatus.COMPLETED:
        return False
    costs = run.metrics / "cost.json"
    try:
        kinds = list(_results(exploration).values())
        exercised = Counter[str]()
        for kind in kinds:
            exercised.update({law: told["exercised"] for law, told in kind["laws"].items()})
        for shape in (_results(costs) if costs.is_file() else {}).values():
            exercised.update({law: told["exercised"] for law, told in shape["verdicts"].items()})
        whole = all(
            kind["schedules"] + kind["left_out"] >= kind["planned"]
            and not kind.get("why_inconclusive")
            for kind in kinds
        )
        shown = all(
            _results(run.metrics / f"{kind.value}.json")["held"] != Held.INCONCLUSIVE.value
            for kind in recipe.experiments
        )
    except (KeyError, TypeError, AttributeError, FileNotFoundError):
        return False
    return whole and shown and all(exercised[need.law] >= need.minimum for need in recipe.requires)


def _results(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = formats.loads(path.read_bytes())
    except ValueError as error:
        raise InvalidDocumentError(str(path), (f"no JSON: {error}",)) from error
    return document


def _open_findings(runs: Iterable[RunFolder]) -> Sequence[Finding]:
    """Each open defect once, as the aggregate counts it; nothing is written."""
    documents = [
        RunFindings(address=run.address, document=run.read_findings())
        for run in runs
        if run.findings.is_file()
    ]
    found = aggregate(documents, iso(utc_now())).findings
    return [finding for finding in found if finding.status in _OPEN]


def _covered(
    entries: Sequence[RoadmapEntry],
    started: set[str],
    answered: set[str],
    found: Sequence[Finding],
) -> Coverage:
    ids = {entry.id for entry in entries}
    severities = Counter(
        finding.severity
        for finding in found
        if (parsed := parse_finding_id(finding.id)) is not None and parsed.entry_id in ids
    )
    return Coverage(
        entries=len(ids),
        own_recipe=sum(recipe_for(entry_id).conclusive for entry_id in ids),
        run=len(ids & started),
        conclusive=len(ids & answered),
        open_findings={severity.value: severities[severity] for severity in Severity},
    )


def _figures(covered: Coverage) -> tuple[object, ...]:
    told = [f"{count} {severity}" for severity, count in covered.open_findings.items() if count]
    return (
        covered.entries,
        covered.own_recipe,
        covered.run,
        covered.conclusive,
        ", ".join(told) or "none",
    )
