"""`ptest replay`."""

from contextlib import suppress
from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.evidence.defect import Defect, load_defect
from production_testers.evidence.replay import replay as replay_defect
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import Sut, prepare
from production_testers.experiments.worker import Worker
from production_testers.laws import LAWS
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError
from production_testers.phases.configured import sut_of
from production_testers.workspace.run_folder import RunFolder

_STAGES_OF_A_RUN = '"function":"pipelines.'


def replay(
    finding: str,
    *,
    sut: str | None = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Show a finding again: exit code 1 when it shows, 0 when it does not, 2 when nobody can tell.

    Args:
        finding: Id of a finding, or path of an evidence folder or file.
        sut: Replay on this system under test instead of the one it was found on.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    path = _evidence(finding, workspace)
    defect = load_defect(path)
    folders = _run_folder(path)
    if not folders and _STAGES_OF_A_RUN in canonical_json(defect.exhibit):
        raise UsageError(
            f"{path} uses stages of its run's pipelines/, which do not stand above it.",
            do="Put it back into its run folder.",
        )
    chosen = Sut.parse(sut) if sut else _found_on(path, defect)
    tell(f"Preparing {chosen}")
    environment = prepare(chosen)
    with Worker(environment.python, chosen.name, folders) as worker:
        shown = replay_defect(worker, defect)
    if json:
        show_json(
            {
                "finding": finding,
                "law": defect.law,
                "outcome_class": defect.outcome_class,
                "fingerprint": defect.fingerprint,
                "sut": str(chosen),
                "shows": shown.shows,
                "same_history": bool(shown.digest) and shown.digest == defect.digest,
                "detail": shown.detail,
                "exit_code": shown.exit_code,
            }
        )
        return shown.exit_code
    show(f"Law: {LAWS[defect.law].statement} [{defect.law}]")
    for words in exhibit_in_words(defect.exhibit):
        show(f"  {words}")
    answer = {True: "It shows again", False: "It does not show", None: "Cannot tell"}[shown.shows]
    show(f"{answer} on {chosen}: {shown.detail}")
    if shown.digest:
        same = "the same as" if shown.digest == defect.digest else "another than"
        show(f"History {shown.digest}: {same} when it was found.")
    return shown.exit_code


def _found_on(evidence: Path, defect: Defect) -> Sut:
    """What it was found on: a source that is not released where its run's configuration says so."""
    name, version = str(defect.sut["name"]), defect.sut["version"]
    for folder in evidence.resolve().parents:
        with suppress(UsageError):  # no run folder, or one that somebody made by hand
            configured = sut_of(RunFolder(folder).read_config())
            if configured.source and configured.name == name:
                return configured
    return Sut.parse(f"{name}=={version}" if version else name)


def _evidence(finding: str, workspace: Path | None) -> Path:
    path = Path(finding)
    if path.exists():
        return path
    place = find_workspace(workspace)
    for run in reversed(place.all_runs()):
        if (run.evidence_of(finding) / "evidence.json").is_file():
            return run.evidence_of(finding)
    raise UsageError(
        f"There is no evidence of {finding!r} in {place.root}.",
        do="`ptest findings list` shows every finding.",
    )


def _run_folder(evidence: Path) -> tuple[Path, ...]:
    """The run folder that the evidence stands in: its scenario may use stages of that folder."""
    for folder in evidence.resolve().parents:
        if (folder / "pipelines").is_dir():
            return (folder,)
    return ()
