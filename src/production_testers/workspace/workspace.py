"""The root of a workspace: finds runs and entries, allots numbers, keeps the aggregate."""

import contextlib
import difflib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.workspace.aggregate import (
    KnownFinding,
    RunFindings,
    aggregate,
    known_findings,
)
from production_testers.workspace.atomic import exclusive, make_folder, put_folder, write_json
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.documents import AggregatedFindings
from production_testers.workspace.naming import (
    FindingId,
    FindingType,
    RunName,
    is_entry_id,
    parse_finding_id,
    parse_run_name,
)
from production_testers.workspace.roadmap import Roadmap
from production_testers.workspace.run_folder import ARCHIVE, RunFolder
from production_testers.workspace.scaffold import WHEELS, write_root
from production_testers.workspace.schema import read_bytes

FOLDER = "production-testers"
"""The folder that `ptest init` makes unless it is told another one."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that exists.

    Args:
        root: The folder that holds ROADMAP.md and runs/.
    """

    root: Path

    @classmethod
    def create(cls, path: Path) -> "Workspace":
        """Make a workspace at `path`, or add what it lacks; what stands there is kept.

        Raises:
            UsageError: `path` is a file, or cannot be written to.
            PtestError: The disk fails, or this package is not installed.
        """
        write_root(path)
        workspace = cls(path.resolve())
        if not workspace.aggregate_file.exists():
            workspace.aggregate()
        return workspace

    @classmethod
    def at(cls, path: Path) -> "Workspace":
        """The workspace at `path`, or in its child `production-testers/`.

        Raises:
            UsageError: There is none.
        """
        for candidate in (path, path / FOLDER):
            if _is_workspace(candidate):
                return cls(candidate.resolve())
        raise UsageError(f"{path} is not a workspace; run `ptest init`.")

    @classmethod
    def find(cls, start: Path) -> "Workspace":
        """The nearest workspace: `start`, its child `production-testers/`, or so for a parent.

        Raises:
            UsageError: There is none.
        """
        here = start.resolve()
        for folder in (here, *here.parents):
            for candidate in (folder, folder / FOLDER):
                if _is_workspace(candidate):
                    return cls(candidate)
        raise UsageError(f"{start} is not a workspace; run `ptest init`.")

    @property
    def runs_folder(self) -> Path:
        """runs/."""
        return self.root / "runs"

    @property
    def roadmap_file(self) -> Path:
        """ROADMAP.md."""
        return self.root / "ROADMAP.md"

    @property
    def report_template(self) -> Path:
        """FINAL_REPORT_TEMPLATE.md, from which reports are rendered."""
        return self.root / "FINAL_REPORT_TEMPLATE.md"

    @property
    def agent_prompt(self) -> Path:
        """AGENT_SYSTEM_PROMPT.md, which an agent is started with."""
        return self.root / "AGENT_SYSTEM_PROMPT.md"

    @property
    def aggregate_file(self) -> Path:
        """aggregated_findings.json."""
        return self.root / "aggregated_findings.json"

    @property
    def templates(self) -> Path:
        """templates/, which scaffolding uses."""
        return self.root / "templates"

    @property
    def wheels(self) -> Path:
        """The folder that holds this package's wheel."""
        return self.root / WHEELS

    def roadmap(self) -> Roadmap:
        """The roadmap as it stands.

        Raises:
            UsageError: It is missing, is no UTF-8, or a row cannot be read.
        """
        try:
            text = read_bytes(self.roadmap_file).decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"{self.roadmap_file} is no UTF-8: {error.reason}.") from error
        return Roadmap.parse(text, str(self.roadmap_file))

    def runs(self, entry: str | None = None) -> tuple[RunFolder, ...]:
        """The runs of an entry, or of all, by entry and start; archived ones are left out."""
        return _sorted(run for folder in self._entries(entry) for run in _runs_in(folder))

    def archived_runs(self, entry: str | None = None) -> tuple[RunFolder, ...]:
        """The archived runs of an entry, or of all, by entry and start."""
        return _sorted(run for folder in self._entries(entry) for run in _runs_in(folder / ARCHIVE))

    def all_runs(self, entry: str | None = None) -> tuple[RunFolder, ...]:
        """Active and archived runs, each address once, by entry and start."""
        archived = {run.address: run for run in self.archived_runs(entry)}
        # A run that is just being archived stands in both places.
        active = {run.address: run for run in self.runs(entry)}
        return _sorted(iter({**archived, **active}.values()))

    def run(self, address: str) -> RunFolder:
        """The run of that address: `ENTRY/run-…`, a bare run id that fits one run, or a path.

        Raises:
            UsageError: There is none, or there are several; those are listed.
        """
        wanted = address.strip("/") if not Path(address).is_absolute() else address
        fitting = [run for run in self.all_runs() if wanted in {run.address, run.run_id}]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            listed = ", ".join(run.address for run in fitting)
            raise UsageError(
                f"{address} fits {len(fitting)} runs: {listed}.", do="Write the entry before it."
            )
        for path in (self.root / wanted, Path(address)):
            if path.is_dir() and parse_run_name(path.resolve().name):
                return RunFolder(path.resolve())
        near = difflib.get_close_matches(wanted, [run.address for run in self.all_runs()], n=1)
        do = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"There is no run {address!r} in {self.root}.",
            do=f"{do}`ptest runs list` shows every run.",
        )

    def own_run(self, address: str) -> RunFolder:
        """The run of that address, archived or not; raises as `run` does.

        Raises:
            UsageError: It is not in this workspace.
        """
        run = self.run(address)
        if not run.path.is_relative_to(self.runs_folder):
            raise UsageError(
                f"{run.path} is not in {self.runs_folder}.", do="Name its workspace: --workspace."
            )
        return run

    def whole_run(self, address: str) -> RunFolder:
        """The run of that address, with all its files; raises as `run` does.

        Raises:
            UsageError: It is archived.
        """
        run = self.run(address)
        if run.is_archived:
            raise UsageError(
                f"{run.address} is archived.", do=f"`ptest restore {run.address}` brings it back."
            )
        return run

    def new_run(
        self,
        entry_id: str,
        started_at: datetime,
        fill: Callable[[RunFolder], object] | None = None,
    ) -> RunFolder:
        """Make the next run folder of an entry on the UTC day of `started_at`.

        Of many processes, one gets each number. The folder comes into being with everything that
        `fill` writes into it, or not at all, also when the process dies.

        Args:
            entry_id: The roadmap entry.
            started_at: When the run starts; aware.
            fill: Writes what the run starts with into the folder it is given.

        Raises:
            UsageError: `entry_id` is no id of an entry, or the folder cannot be made.
            PtestError: The disk fails.
        """
        if not is_entry_id(entry_id):
            raise UsageError(
                f"{entry_id!r} is no id of a roadmap entry.", do="`ptest roadmap list` shows them."
            )
        folder = self.runs_folder / entry_id
        day = started_at.astimezone(UTC).date()
        make_folder(folder)
        with exclusive(folder), self._staging(entry_id) as staging:
            name = str(RunName(day=day, seq=_last_seq(folder, day) + 1))
            make_folder(staging / name)
            if fill is not None:
                fill(RunFolder(staging / name))
            put_folder(staging / name, folder / name)
        return RunFolder(folder / name)

    def aggregate(self) -> AggregatedFindings:
        """Bring aggregated_findings.json up to date with all runs, archived ones too.

        Raises:
            InvalidDocumentError: A findings.json is broken; the aggregate stays as it was.
            UsageError: The file cannot be written.
            PtestError: The disk fails.
        """
        with exclusive(self.runs_folder):
            document = aggregate(tuple(self._findings()), iso(utc_now()))
            write_json(self.aggregate_file, document.as_json())
        return document

    def known_findings(self, entry_id: str | None = None) -> dict[str, KnownFinding]:
        """Fingerprint → where the defect was met first, in all runs or in those of one entry.

        Raises:
            InvalidDocumentError: A findings.json is broken.
        """
        return known_findings(self._findings(entry_id))

    def next_finding_id(
        self, entry_id: str, kind: FindingType | str, *, reserve_in: RunFolder | None = None
    ) -> str:
        """The first id that no finding of that entry and type has had, archived ones included.

        Args:
            entry_id: The roadmap entry.
            kind: What the finding is about.
            reserve_in: The run that will record it. Its evidence folder for the id is made before
                another process can ask, so that two runs never get one id.

        Raises:
            UsageError: The evidence folder cannot be made.
            PtestError: The disk fails.
        """
        finding_type = FindingType(kind)
        if reserve_in is None:
            return self._free_finding_id(entry_id, finding_type)
        with exclusive(self.runs_folder / entry_id):
            found = self._free_finding_id(entry_id, finding_type)
            make_folder(reserve_in.evidence_of(found))
        return found

    @contextlib.contextmanager
    def _staging(self, entry_id: str) -> Iterator[Path]:
        """Where a run of an entry is prepared; only for who has the entry's folder for itself."""
        staging = self.runs_folder / f".new-{entry_id}.tmp"
        shutil.rmtree(staging, ignore_errors=True)  # what a killed process left there
        try:
            yield staging / entry_id
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _free_finding_id(self, entry_id: str, kind: FindingType) -> str:
        used = [
            parsed.seq
            for text in self._finding_ids(entry_id)
            if (parsed := parse_finding_id(text)) is not None
            and (parsed.entry_id, parsed.type) == (entry_id, kind)
        ]
        return str(FindingId(entry_id=entry_id, type=kind, seq=max(used, default=0) + 1))

    def _finding_ids(self, entry_id: str) -> Iterator[str]:
        """Ids that are taken. Files are searched as text: a broken one still holds its ids."""
        files = [self.aggregate_file]
        for run in self.all_runs(entry_id):
            files.append(run.findings)
            if run.evidence.is_dir():
                yield from (path.name for path in run.evidence.iterdir())
        for file in files:
            if file.is_file():
                yield from re.findall(
                    r'"id"\s*:\s*"([^"]+)"', read_bytes(file).decode("utf-8", "replace")
                )

    def _findings(self, entry: str | None = None) -> Iterator[RunFindings]:
        """What every run found; a run that has no findings.json yet is left out."""
        for run in self.all_runs(entry):
            if run.findings.is_file():
                yield RunFindings(address=run.address, document=run.read_findings())

    def _entries(self, entry: str | None) -> Iterator[Path]:
        if entry is not None:
            yield self.runs_folder / entry
        elif self.runs_folder.is_dir():
            yield from (path for path in self.runs_folder.iterdir() if is_entry_id(path.name))


def _is_workspace(path: Path) -> bool:
    return (path / "ROADMAP.md").is_file() and (path / "runs").is_dir()


def _runs_in(folder: Path) -> Iterator[RunFolder]:
    if folder.is_dir():
        for path in folder.iterdir():
            if parse_run_name(path.name) is not None and path.is_dir():
                yield RunFolder(path)


def _sorted(runs: Iterator[RunFolder]) -> tuple[RunFolder, ...]:
    return tuple(sorted(runs, key=lambda run: (run.entry_id, run.name)))


def _last_seq(folder: Path, day: date) -> int:
    """The highest number of that day: run folders, archived ones, and bare archives."""
    names = [
        parse_run_name(path.name.partition(".")[0])
        for place in (folder, folder / ARCHIVE)
        if place.is_dir()
        for path in place.iterdir()
    ]
    return max((name.seq for name in names if name is not None and name.day == day), default=0)
