"""`ptest roadmap list` and `ptest roadmap show`."""

from dataclasses import asdict

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, table
from production_testers.experiments.recipes import recipe_for


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
