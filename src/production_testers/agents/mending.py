"""Brings a run folder back into order after somebody worked in it, without inventing anything."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import UsageError
from production_testers.phases.proposals import collect
from production_testers.workspace.atomic import write_bytes
from production_testers.workspace.problems import Problem, ProblemSeverity, Rule
from production_testers.workspace.proposals import Proposal, proposal_files
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.validation import validate_run


@dataclass(frozen=True, slots=True)
class Kept:
    """A run folder as it was before somebody worked in it.

    Attributes:
        stated: Documents that people may edit and the machine reads; file → bytes.
        written: Documents that the machine writes anew; file → bytes.
        journal: Every event.
    """

    stated: dict[Path, bytes]
    written: dict[Path, bytes]
    journal: bytes

    @classmethod
    def of(cls, run: RunFolder) -> "Kept":
        """What is to be kept of a run."""
        stated = (run.config, run.environment, run.findings, run.readme, *proposal_files(run))
        research = sorted(run.research.iterdir()) if run.research.is_dir() else []
        written = (run.final_report, run.scores, run.friction_points, run.suggestions, *research)
        return cls(_bytes_of(stated), _bytes_of(written), run.events.read_bytes())


def _bytes_of(paths: tuple[Path, ...]) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in paths if path.is_file()}


def mend(run: RunFolder, kept: Kept) -> tuple[Problem, ...]:
    """Say what is wrong with a run folder, and put back what the machine had written.

    Findings that the machine did not record become proposals. What was written over a document
    that the machine writes anew stays beside it as NAME_agent. What the phases put back
    (templates) is left to them.

    Raises:
        UsageError: The folder is gone, or something in it cannot be written.
    """
    if not run.path.is_dir():
        raise UsageError(f"{run.path} is gone.", do="Start a new run.")
    problems = [
        *_of_the_journal(run, kept),
        *_of_the_sut(run, kept),
        *_of_the_proposals(run, kept),
        *validate_run(run),
    ]
    try:
        collect(run)
    except UsageError as error:  # then nothing that was written by hand may stay
        findings = _relative(run, run.findings)
        problems.append(Problem(path=findings, rule=Rule.UNUSABLE, message=str(error)))
    broken = {problem.path for problem in problems if problem.severity is ProblemSeverity.ERROR}
    for path, data in {**kept.stated, **kept.written}.items():
        if _relative(run, path) in broken or not path.is_file():
            with contextlib.suppress(UsageError):  # a folder stands there: validation tells it
                write_bytes(path, data)
        elif path in kept.written and (now := path.read_bytes()) != data:
            write_bytes(path.with_name(f"{path.stem}_agent{path.suffix}"), now)
    run.write_state(run.read_findings())
    return tuple(problems)


def _relative(run: RunFolder, path: Path) -> str:
    return path.relative_to(run.path).as_posix()


def _of_the_journal(run: RunFolder, kept: Kept) -> Iterator[Problem]:
    if run.journal.put_back(kept.journal):
        yield Problem(
            path=_relative(run, run.events),
            rule=Rule.JOURNAL,
            message="the journal only grows: what stood there was changed, or no event was added",
        )


def _of_the_proposals(run: RunFolder, kept: Kept) -> Iterator[Problem]:
    """Proposals that were kept before stay readable."""
    for path in proposal_files(run):
        try:
            Proposal.load(path)
        except UsageError as error:
            if path in kept.stated:
                write_bytes(path, kept.stated[path])
            yield Problem(path=_relative(run, path), rule=Rule.SCHEMA, message=error.what)


def _of_the_sut(run: RunFolder, kept: Kept) -> Iterator[Problem]:
    """Who works on a run does not choose what it tests."""
    asked = json.loads(kept.stated[run.config])["sut"]
    try:
        stated = json.loads(run.config.read_bytes())["sut"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return  # validation says what is wrong with the file
    if stated != asked:
        yield Problem(
            path=_relative(run, run.config),
            rule=Rule.AGREEMENT,
            message=f"sut is {stated!r}, the run was started for {asked!r}",
        )
