"""Proposals of people and agents on their way to a finding, or to a reason why not."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from production_testers.evidence import scripted
from production_testers.evidence.proposed import law_of, scenario_of, way_of
from production_testers.evidence.trial import Trial, try_out, try_out_script
from production_testers.experiments.worker import Workers
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace.proposals import (
    Proposal,
    ProposalSource,
    keep_proposal,
    new_proposal,
    proposals_of,
)
from production_testers.workspace.run_folder import RunFolder


def read_scenario(path: Path) -> dict[str, Any]:
    """The scenario in a scenario file or an evidence file.

    Raises:
        InvalidDocumentError: It is neither, or something in it is wrong; every place is named.
        UsageError: It cannot be read, or its stages do not fit together.
    """
    file = path / "evidence.json" if path.is_dir() else path
    try:
        raw = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidDocumentError(str(file), (f"$: not one JSON document: {error}",)) from error
    return dict(scenario_of(raw, str(file)))


def read_script(path: Path) -> str:
    """The text of a script.

    Raises:
        InvalidDocumentError: It is no Python, or too long.
        UsageError: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidDocumentError(str(path), (f"$: no text: {error}",)) from error
    if mistakes := scripted.mistakes_in(text):
        raise InvalidDocumentError(str(path), tuple(mistakes))
    return text


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")


def try_proposal(workers: Workers, proposal: Proposal) -> Trial:
    """The first look at a proposal, whatever it holds."""
    if isinstance(proposal.stated, str):
        return Trial(breaks=False, reason="findings.json was not one JSON document")
    if proposal.law is None:
        return Trial(breaks=False, reason="it names no law")
    origin = {"proposal": proposal.id, "title": proposal.title, "note": proposal.note}
    if proposal.script is not None:
        return _try_script(workers, proposal, proposal.law, origin)
    if proposal.scenario is None:
        return Trial(breaks=False, reason="it names no scenario or script that could be replayed")
    return _try_scenario(workers, proposal.law, proposal.scenario, origin)


def _try_scenario(
    workers: Workers, law: str, stated: Mapping[str, Any], origin: Mapping[str, Any]
) -> Trial:
    try:
        return try_out(workers, law_of(law), scenario_of(stated, "the scenario"), origin)
    except InvalidDocumentError as error:
        return Trial(breaks=False, reason=f"its scenario is wrong: {'; '.join(error.problems)}")
    except UsageError as error:
        return Trial(breaks=False, reason=error.what)


def _try_script(workers: Workers, proposal: Proposal, law: str, origin: Mapping[str, Any]) -> Trial:
    script = str(proposal.script)
    if mistakes := scripted.mistakes_in(script):
        return Trial(breaks=False, reason=f"its script is wrong: {mistakes[0]}")
    try:
        way = way_of(law, proposal.way or "")
    except UsageError as error:
        return Trial(breaks=False, reason=f"{error.what} {error.do}".rstrip("."))
    return try_out_script(workers, law, way, script, origin)


def settle(run: RunFolder, proposal: Proposal) -> Proposal:
    """Keep what became of a proposal, and journal it."""
    keep_proposal(run, proposal)
    run.journal.append(
        "proposal_judged",
        proposal=proposal.id,
        state=proposal.state.value,
        finding=proposal.finding,
        reason=proposal.reason,
    )
    return proposal


def collect(run: RunFolder) -> tuple[Proposal, ...]:
    """Move everything that the machine did not record out of findings.json, into proposals.

    The file may be broken: then it is kept whole as a rejected proposal, and left as it is.
    """
    kept = {_stated(proposal.stated) for proposal in proposals_of(run) if proposal.stated}
    by_hand = list(_by_hand(run))
    collected = tuple(_collected(run, one) for one in by_hand if _stated(one) not in kept)
    if by_hand:
        with contextlib.suppress(UsageError):  # broken: the next reader says so, with its places
            _leave_recorded(run)
    return collected


def _leave_recorded(run: RunFolder) -> None:
    document, recorded = run.read_findings(), _recorded(run)
    own = [one for one in document.findings if (one.id, one.fingerprint) in recorded]
    run.write_state(document.with_findings(own))


def _stated(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _by_hand(run: RunFolder) -> Iterator[object]:
    """What stands among the findings and is not as the machine recorded it."""
    if not run.findings.is_file():
        return
    text = run.findings.read_bytes().decode(errors="replace")
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        yield text
        return
    findings = document.get("findings") if isinstance(document, dict) else None
    recorded = _recorded(run)
    for finding in findings if isinstance(findings, list) else []:
        if _identity(finding) not in recorded:
            yield finding


def _recorded(run: RunFolder) -> set[tuple[object, object]]:
    return {
        (event.get("finding"), event.get("fingerprint"))
        for event in run.journal.read()
        if event["kind"] == "finding_recorded"
    }


def _identity(finding: object) -> tuple[object, object]:
    if not isinstance(finding, dict):
        return (None, None)
    told = _mapping(finding.get("evidence"))
    parts = (finding.get("id"), told.get("fingerprint"))
    return parts if all(isinstance(part, str) for part in parts) else (None, None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _collected(run: RunFolder, stated: object) -> Proposal:
    finding = _mapping(stated)
    told = _mapping(finding.get("evidence"))
    law, title, note = (told.get("law"), finding.get("law")), "title", "description"
    words = {name: finding.get(name) for name in (title, note)}
    return new_proposal(
        run,
        ProposalSource.FINDINGS_FILE,
        law=next((one for one in law if isinstance(one, str)), None),
        scenario=_scenario(run, finding, told),
        script=_script(run, finding),
        way=told.get("outcome_class") if isinstance(told.get("outcome_class"), str) else None,
        title=" ".join(str(words[title] or "").split()),
        note=str(words[note] or ""),
        stated=stated,
    )


def _scenario(
    run: RunFolder, finding: Mapping[str, Any], told: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The scenario inside a finding, or in a file of the run folder that it names."""
    for inside in (told.get("scenario"), _mapping(told.get("exhibit")).get("scenario")):
        if isinstance(inside, dict):
            return inside
        if isinstance(inside, str) and (read := _read_inside(run, inside)) is not None:
            return read
    files = finding.get("attachments")
    named = [_mapping(one).get("path") for one in files] if isinstance(files, list) else []
    for path in (*named, f"results/evidence/{finding.get('id')}/evidence.json"):
        if isinstance(path, str) and (read := _read_inside(run, path)) is not None:
            return read
    return None


def _script(run: RunFolder, finding: Mapping[str, Any]) -> str | None:
    """A script of the run folder that a finding attaches."""
    files = finding.get("attachments")
    for one in files if isinstance(files, list) else []:
        path = _mapping(one).get("path")
        if isinstance(path, str) and path.endswith(".py") and (place := _inside(run, path)):
            return place.read_text(encoding="utf-8", errors="replace")
    return None


def _read_inside(run: RunFolder, relative: str) -> dict[str, Any] | None:
    """The JSON object in a file of the run folder; nothing outside of it is read."""
    if (path := _inside(run, relative)) is None:
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    exhibit = _mapping(raw).get("exhibit")
    scenario = _mapping(exhibit).get("scenario", raw)
    return scenario if isinstance(scenario, dict) else None


def _inside(run: RunFolder, relative: str) -> Path | None:
    """A file of the run folder; None where there is none, or it lies outside."""
    path = (run.path / relative).resolve()
    return path if path.is_relative_to(run.path.resolve()) and path.is_file() else None
