"""`ptest archive`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from production_testers.cli.options import Days, JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.model.errors import UsageError
from production_testers.workspace.archive import (
    DAYS,
    ArchivePlace,
    finish_interrupted,
    too_early,
)
from production_testers.workspace.archive import archive as archive_run
from production_testers.workspace.archive_document import LeftOut
from production_testers.workspace.archive_plan import plan_archive
from production_testers.workspace.clock import utc_now
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

Row = dict[str, object]


def archive(
    *runs: str,
    dry_run: bool = False,
    older_than: Days = DAYS,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Compress runs that ended long ago; without arguments, all of them.

    What is kept for ever stays readable in the entry's archive/. Logs, large mock data and
    sensitive files are left out.

    Args:
        runs: Addresses of runs; those that may not be archived yet are refused.
        dry_run: Only tell what would be done.
        older_than: Days since the run was completed; it must have been more than these.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    if older_than < 0:
        raise UsageError(f"--older-than {older_than}: it is below 0.", do="Write it like 90.")
    place = find_workspace(workspace)
    now = utc_now()
    named = list(dict.fromkeys(place.own_run(address) for address in runs))
    done = [run for run in named if run.is_archived]
    if runs:
        chosen = [run for run in named if not run.is_archived]
        _refuse_early(chosen, older_than, now)
    else:
        chosen = list(_due(place.runs(), older_than, now))
    if not dry_run:
        _finish_interrupted(place, runs=named)
    rows = []
    for run in chosen:
        rows.append(_planned(run) if dry_run else _archived(run))
        if not json:
            _show(rows[-1])
    if json:
        show_json(
            {
                "dry_run": dry_run,
                "older_than_days": older_than,
                "runs": rows,
                "archived_already": [run.address for run in done],
            }
        )
        return 0
    for run in done:
        show(f"{run.address} is archived already.")
    if not runs and not chosen:
        show(f"Nothing to archive: no run was completed over {older_than} days ago.")
    return 0


def _refuse_early(runs: Iterable[RunFolder], days: int, now: datetime) -> None:
    for run in runs:
        if reason := too_early(run, days=days, now=now):
            raise UsageError(reason, do=_way_out(run, days))


def _way_out(run: RunFolder, days: int) -> str:
    if run.read_findings().metadata.completed_at is None:
        return f"`ptest resume {run.address}` ends it."
    return "`--older-than 0` archives it all the same." if days else "Archive it later."


def _due(runs: Iterable[RunFolder], days: int, now: datetime) -> Iterator[RunFolder]:
    for run in runs:
        try:
            if not too_early(run, days=days, now=now):
                yield run
        except UsageError as error:
            tell(f"{run.address} is left where it is: {error}")


def _finish_interrupted(place: Workspace, runs: Sequence[RunFolder]) -> None:
    """End what a killed process began, in the entries that are concerned."""
    entries = {ArchivePlace.of(run).entry for run in runs or place.all_runs()}
    for entry in sorted(entries):
        finish_interrupted(entry)


def _planned(run: RunFolder) -> Row:
    plan = plan_archive(run)
    return _row(run, plan.bytes_before, None, plan.left_out)


def _archived(run: RunFolder) -> Row:
    document = archive_run(run)
    return _row(run, document.bytes_before, document.bytes_after, document.left_out)


def _row(run: RunFolder, before: int, after: int | None, left_out: Sequence[LeftOut]) -> Row:
    return {
        "run": run.address,
        "tarball": str(ArchivePlace.of(run).tarball),
        "bytes_before": before,
        "bytes_after": after,
        "bytes_left_out": sum(left.bytes for left in left_out),
        "left_out": [
            {
                "path": left.path,
                "bytes": left.bytes,
                "reason": left.reason.value,
                "regenerates": left.recipe is not None,
                "command": left.command,
            }
            for left in left_out
        ],
    }


def _show(row: Row) -> None:
    after = row["bytes_after"]
    what = (
        f"would go to {row['tarball']}, {row['bytes_left_out']} bytes left out"
        if after is None
        else f"now {after} bytes in {row['tarball']}"
    )
    show(f"{row['run']}: {row['bytes_before']} bytes, {what}")
    left_out = row["left_out"]
    assert isinstance(left_out, list)
    for left in left_out:
        fate = "is made again by `ptest restore`" if left["regenerates"] else "is gone for good"
        show(f"  without {left['path']} ({left['reason']}, {left['bytes']} bytes): {fate}")
