"""`ptest verify`."""

import tempfile
from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.evidence.ranges import Answer, Observed
from production_testers.evidence.ranging import Question, ask_one
from production_testers.evidence.verifying import Verification
from production_testers.evidence.verifying import verify as verify_defect
from production_testers.experiments.environments import Sut
from production_testers.model.errors import UsageError
from production_testers.phases.kept import KeptFinding, with_evidence
from production_testers.workspace.clock import stopwatch
from production_testers.workspace.journal import JournalKind

FIXED_CODES = {Answer.HOLDS: 0, Answer.BROKEN: 1, Answer.UNKNOWN: 2, Answer.NOT_OFFERED: 2}
"""Exit codes of `--fixed-in`."""


def verify(
    finding: str,
    *,
    fixed_in: str | None = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Replay ten times in a fresh environment: 0 ten of ten show it, 1 they do not, 2 cannot tell.

    Args:
        finding: Id of the finding.
        fixed_in: Ask instead whether it is gone in this version (or NAME@PATH, NAME@git+URL#REV):
            0 it is, 1 it still shows, 2 nobody can tell.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    kept = KeptFinding.find(find_workspace(workspace), finding)
    if fixed_in is not None:
        return _fixed(kept, fixed_in, json=json)
    defect = kept.defect()
    sut = kept.sut(defect)
    tell(f"A fresh environment with {sut}")
    elapsed = stopwatch()
    with tempfile.TemporaryDirectory(prefix="ptest-verify-") as scratch:
        seen = verify_defect(defect, sut, kept.packages(), kept.paths(defect), Path(scratch))
    code = {True: 0, False: 1, None: 2}[seen.verified]
    kept.note("verified", seen.words, sut=str(sut), passed=code == 0)
    kept.change(
        lambda one: with_evidence(one, verification=_as_json(seen)),
        JournalKind.FINDING_VERIFIED,
        shown=seen.shown,
        replays=seen.replays,
    )
    if json:
        show_json({"finding": finding, "sut": str(sut), **_as_json(seen), "exit_code": code})
        return code
    answer = {True: "Verified", False: "Not verified", None: "Cannot tell"}[seen.verified]
    show(f"{answer} on {sut}: {seen.words}.")
    tell(f"{elapsed():.1f} s")
    return code


def _as_json(seen: Verification) -> dict[str, object]:
    return {
        "verified": seen.verified,
        "shown": seen.shown,
        "replays": seen.replays,
        "histories": seen.histories,
        "same_history": seen.same_history,
        "offline": seen.offline,
        "detail": seen.words,
    }


def sut_named(kept: KeptFinding, text: str) -> Sut:
    """A version of the finding's system under test, or a whole `--sut`.

    Raises:
        UsageError: It is neither, or another system.
    """
    name = str(kept.defect().sut["name"])
    sut = Sut.parse(text if text.startswith(name) else f"{name}=={text}")
    if sut.name != name:
        raise UsageError(f"{text!r}: {kept.finding.id} was found on {name}.")
    return sut


def ask_fixed(kept: KeptFinding, text: str) -> tuple[Sut, Observed]:
    """What a version says about a finding, in many timings."""
    defect, sut = kept.defect(), sut_named(kept, text)
    tell(f"Asking {sut}")
    return sut, ask_one(sut, text, Question.of(defect), kept.paths(defect))


def _fixed(kept: KeptFinding, text: str, *, json: bool) -> int:
    sut, seen = ask_fixed(kept, text)
    code = FIXED_CODES[seen.answer]
    kept.note("fixed", f"in {text}: {seen.detail}", sut=str(sut), passed=code == 0)
    if json:
        told = {"finding": kept.finding.id, "sut": str(sut), **seen.as_json(), "exit_code": code}
        show_json(told)
        return code
    answer = {0: "Gone", 1: "It still shows", 2: "Cannot tell"}[code]
    show(f"{answer} in {sut}: {seen.detail}.")
    return code
