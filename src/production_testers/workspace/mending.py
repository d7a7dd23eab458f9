"""Completes the skeleton of a folder that was made by hand; what stands there is never touched.

A draft says that it is one, and nothing but what is known: from the folder's name, the roadmap and
the run's other files. What only a measurement can tell is left missing.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from production_testers.model.errors import InvalidDocumentError
from production_testers.workspace.atomic import exclusive, make_folder, write_json, write_text
from production_testers.workspace.clock import iso, parse_iso
from production_testers.workspace.content_rules import Contents, read_contents
from production_testers.workspace.documents import (
    DxScores,
    EnvironmentDocument,
    RunConfig,
    RunParameters,
    RunStatus,
)
from production_testers.workspace.layout import Place
from production_testers.workspace.naming import is_entry_id
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.run_readme import ParsedReadme
from production_testers.workspace.scaffold import put_back
from production_testers.workspace.tree_rules import places_to_make
from production_testers.workspace.workspace import Workspace

_NOT_WRITTEN = "Draft: not written yet."
_BY_HAND = "Draft: this file was missing, and nobody has written the summary yet."
_ONLY_THE_DAY = "Of the run's start only the day is known, from its name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One place that was missing and is there now.

    Attributes:
        path: Relative to the run folder or the workspace.
        is_draft: Whether somebody has still to fill it.
    """

    path: str
    is_draft: bool = False


def mend_run(run: RunFolder, entry: RoadmapEntry | None) -> tuple[Made, ...]:
    """Make the required places of a run that are missing, as far as their content is known.

    Args:
        run: The run.
        entry: Its row of the roadmap; None where there is none.

    Raises:
        UsageError: The folder cannot be written to.
        PtestError: The disk is full, or fails in another way.
    """
    with exclusive(run.path):
        contents, _ = read_contents(run)
        in_progress = contents.status in {None, RunStatus.IN_PROGRESS}
        try:
            places = tuple(places_to_make(run, in_progress=in_progress))
        except InvalidDocumentError:  # what a run must hold stands in its journal
            return ()
        drafts = _drafts(run, entry, contents)
        return tuple(made for place in places if (made := _make(run, place, drafts)) is not None)


def mend_root(workspace: Workspace) -> tuple[Made, ...]:
    """Put back what is missing at the root of a workspace; raises as `mend_run` does."""
    made = [Made(path=path) for path in put_back(workspace.root)]
    if not os.path.lexists(workspace.aggregate_file):
        with contextlib.suppress(InvalidDocumentError):  # validation tells which file is broken
            workspace.aggregate()
            made.append(Made(path=workspace.aggregate_file.name))
    return tuple(made)


def _make(run: RunFolder, place: Place, drafts: Mapping[Path, object]) -> Made | None:
    path = run.path / place.path
    if _is_taken(run.path, path):
        return None
    if place.is_folder:
        make_folder(path)
        return Made(path=place.path)
    content = drafts.get(path, _by_form(path))
    if content is None:
        return None
    if isinstance(content, str):
        write_text(path, content)
    else:
        write_json(path, content)
    return Made(path=place.path, is_draft=content != "")


def _is_taken(top: Path, path: Path) -> bool:
    """Whether something stands at `path`, or something that is no folder above it."""
    above = (folder for folder in path.parents if folder.is_relative_to(top))
    return os.path.lexists(path) or any(
        os.path.lexists(folder) and not folder.is_dir() for folder in above
    )


def _by_form(path: Path) -> object:
    """What a file about which nothing is known can say; None where a draft would be a lie."""
    if path.name == "__init__.py":
        return ""
    title = path.stem.replace("_", " ").capitalize()
    return {
        ".py": f'"""{_NOT_WRITTEN}"""\n',
        ".md": f"# {title}\n\n> {_NOT_WRITTEN}\n",
    }.get(path.suffix)


def _drafts(run: RunFolder, entry: RoadmapEntry | None, contents: Contents) -> dict[Path, object]:
    """File → its text or JSON value, for those of which something is known."""
    known = _Known.of(run, entry, contents)
    drafts: dict[Path, object] = {
        run.config: _config(known, entry),
        run.environment: _environment(known),
        run.scores: DxScores.draft().as_json(),
        run.research / "citations.json": [],
        **run.draft_texts(known.title or ""),
    }
    if is_entry_id(run.entry_id):  # else the folder was carried away from its workspace
        document = contents.findings or run.draft_findings(
            title=known.title or "",
            started_at=known.started_at,
            stageflow_version=known.stageflow_version,
            agent_model=known.agent_model,
            summary=known.summary,
        )
        drafts[run.findings] = document.as_json()
        drafts[run.readme] = run.readme_of(document, summary=known.summary).render()
    return drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the folder's name, the roadmap and the run's other files say of it."""

    entry_id: str | None
    title: str | None
    run_id: str
    started_at: str
    stageflow_version: str | None
    agent_model: str | None
    summary: str

    @classmethod
    def of(cls, run: RunFolder, entry: RoadmapEntry | None, contents: Contents) -> "_Known":
        config, readme = contents.config, contents.readme
        metadata = contents.findings.metadata if contents.findings else None
        stated = metadata or config
        started = stated.started_at if stated else _stamp(readme)
        return cls(
            entry_id=run.entry_id if is_entry_id(run.entry_id) else None,
            title=(stated.roadmap_entry_title if stated else None)
            or (readme.title if readme else None)
            or (entry.title if entry else None),
            run_id=run.run_id,
            started_at=started or f"{run.name.day.isoformat()}T00:00:00Z",
            stageflow_version=stated.stageflow_version if stated else None,
            agent_model=stated.agent_model if stated else None,
            summary=_BY_HAND if started else f"{_BY_HAND} {_ONLY_THE_DAY}",
        )


def _stamp(readme: ParsedReadme | None) -> str | None:
    """When a README says that its run started, if that is a moment."""
    try:
        return iso(parse_iso(readme.started)) if readme and readme.started else None
    except ValueError:
        return None


def _config(known: _Known, entry: RoadmapEntry | None) -> dict[str, object]:
    """config/run_config.json; null is what nobody knows."""
    of_the_entry = (
        {
            "priority": entry.priority,
            "risk_class": entry.risk,
            "industry": entry.industry,
            "deployment_mode": entry.deployment_mode,
        }
        if entry
        else {}
    )
    stated = {
        **of_the_entry,
        "roadmap_entry_id": known.entry_id,
        "roadmap_entry_title": known.title,
        "run_id": known.run_id,
        "started_at": known.started_at,
        "agent_model": known.agent_model,
        "stageflow_version": known.stageflow_version,
        "test_parameters": RunParameters().as_json(),
    }
    return {name: stated.get(name) for name in RunConfig.model_fields}


def _environment(known: _Known) -> dict[str, object]:
    """config/environment.json: of the machine nothing is known."""
    unknown: dict[str, object] = dict.fromkeys(EnvironmentDocument.model_fields)
    return {**unknown, "dependencies": {"stageflow": known.stageflow_version}}
