"""What is broken on the newest release of a matrix, each with a script that was played there."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from production_testers.evidence.defect import Defect
from production_testers.evidence.promised import promised
from production_testers.evidence.ranges import Answer
from production_testers.evidence.replay import REPLAY
from production_testers.evidence.repro.script import Claim
from production_testers.evidence.words import exhibit_in_words
from production_testers.experiments.environments import Environment, Sut, prepare
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.folders import IN_FOLDER, in_folder
from production_testers.laws import LAWS
from production_testers.model.canonical import Json
from production_testers.model.verdict import told_of
from production_testers.phases.matrix import lay_out
from production_testers.phases.scripts import FILE, keep_script
from production_testers.workspace.atomic import write_text

FORMAT = "ptest.broken/1"
SCRIPTS = "scripts"
VERDICTS = "verdicts.toml"
"""What people wrote about the findings; nothing writes it but they."""


def what_is_broken(
    matrix: Mapping[str, Any], folder: Path, tell: Callable[[str], None]
) -> dict[str, Json]:
    """The findings about the newest release, as a document; their scripts go into the folder.

    Args:
        matrix: As `make_matrix` gives it.
        folder: Where `scripts/` is made anew.
        tell: Shows progress.

    Raises:
        SutUnavailableError: The release cannot be installed.
    """
    release = matrix["releases"][-1]
    sut = Sut(name=matrix["sut"], version=release)
    environment = prepare(sut)
    for old in sorted((folder / SCRIPTS).glob("*.py")):
        old.unlink()
    with (
        TemporaryDirectory(prefix="ptest-broken-") as name,
        WorkerPool(environment.python, sut.name, size=1) as workers,
    ):
        told = _Telling(matrix, sut, environment, workers, Path(name))
        findings = []
        for way in matrix["ways"]:
            if (exhibit := _on(release, way)) is not None:
                tell(f"  {release}: {way['law']}, {way['outcome_class']}")
                findings.append(told.finding(way, exhibit, folder))
    return {"format": FORMAT, "sut": sut.name, "release": release, "findings": findings}


def _on(release: str, way: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The evidence of that release itself, or else the newest there is; None where it holds."""
    answers = {one["release"]: one["answer"] for one in way["range"]["observed"]}
    if answers[release] != Answer.BROKEN.value:
        return None
    exhibits: Sequence[Mapping[str, Any]] = way["exhibits"]
    return next((one for one in exhibits if one["found_on"] == release), exhibits[-1])


class _Telling:
    """Says what a maintainer wants to know of one way of breaking a law."""

    def __init__(
        self,
        matrix: Mapping[str, Any],
        sut: Sut,
        environment: Environment,
        workers: WorkerPool,
        folders: Path,
    ) -> None:
        self._promises, self._words = matrix["promises"], matrix["words"]
        self._offered = matrix["capabilities"][matrix["releases"][-1]]
        self._sut = sut
        self._python = environment.python
        self._workers = workers
        self._folders = folders

    def finding(
        self, way: Mapping[str, Any], exhibit: Mapping[str, Any], folder: Path
    ) -> dict[str, Json]:
        law = LAWS[way["law"]]
        verdict, history = self._replayed(law.id, way["outcome_class"], exhibit)
        declared = law.classes[way["outcome_class"]].where(self._offered)
        defect = Defect(
            law=law.id,
            outcome_class=way["outcome_class"],
            component=exhibit["component"],
            features=tuple(exhibit["features"]),
            fingerprint=exhibit["fingerprint"],
            verdict=verdict,
            exhibit=exhibit["exhibit"],
            digest="",
            sut={"name": self._sut.name, "version": self._sut.version},
        )
        promise = promised(defect, self._promises, self._words)
        source = f"“{promise['quote']}” ({promise['file']}:{promise['line']})" if promise else ""
        claim = Claim(title=way["title"], source=source, sut=str(self._sut))
        return {
            "law": law.id,
            "outcome_class": way["outcome_class"],
            "capability": law.capability.value,
            "title": way["title"],
            "severity": way["severity"],
            "type": declared.type.value,
            "component": exhibit["component"],
            "fingerprint": exhibit["fingerprint"],
            "scenario": list(exhibit_in_words(exhibit["exhibit"])),
            "seen": str(verdict["summary"]),
            "range": way["range"]["words"],
            "confidence": way["range"]["confidence"],
            "promise": source,
            "recipe": exhibit["recipe"],
            "script": self._script(defect, history, claim, folder),
        }

    def _replayed(
        self, law: str, outcome_class: str, exhibit: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], str]:
        """The law's word on it and the history, once more."""
        if "scenario" not in exhibit["exhibit"]:
            return {"summary": exhibit["detail"]}, ""
        at = self._folders / exhibit["recipe"]
        if not at.is_dir():
            lay_out(self._folders, exhibit["recipe"])
        asked = {"scenario": exhibit["exhibit"]["scenario"]}
        told = self._workers.call(IN_FOLDER, in_folder(str(at), REPLAY, asked))
        verdict = told["verdicts"][law]
        return told_of(verdict, outcome_class) or verdict, told["history"]

    def _script(self, defect: Defect, history: str, claim: Claim, folder: Path) -> Json:
        with TemporaryDirectory(prefix="ptest-broken-") as scratch:
            told = keep_script(self._python, Path(scratch), defect, history, claim)
            if "file" not in told:
                return dict(told)
            name = f"{re.sub(r'[^a-z0-9]+', '-', defect.law)}-{defect.outcome_class}.py"
            write_text(folder / SCRIPTS / name, (Path(scratch) / FILE).read_text(encoding="utf-8"))
        return {"file": f"{SCRIPTS}/{name}", "said": str(told["said"])}


def ways_of(document: Mapping[str, Any]) -> Iterator[str]:
    """`law: way` of each finding; a verdict stands under that name."""
    return (f"{one['law']}: {one['outcome_class']}" for one in document["findings"])
