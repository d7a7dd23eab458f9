"""Verifies a defect: k of n replays in a fresh environment with only its system under test."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from production_testers.evidence.defect import Defect
from production_testers.evidence.loads import is_load
from production_testers.evidence.replay import Replay, replay
from production_testers.experiments.environments import Fresh, Sut, install_fresh
from production_testers.experiments.worker import Worker

REPLAYS = 10
"""Replays, all of which must show the defect with one and the same history."""

PROCESSES = 2
"""New processes among which they are shared out; each replay is in a fresh child of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying showed.

    Attributes:
        shown: How many replays showed the defect.
        unknown: How many could not tell.
        replays: How many there were.
        histories: How many distinct histories they gave.
        same_history: Whether that is the history of the evidence.
        offline: Whether the environment was made without a registry.
        detail: What the last replay saw.
        measured: Whether the one replay was a load, which has no history and is pairs in itself.
    """

    shown: int
    unknown: int
    replays: int
    histories: int
    same_history: bool
    offline: bool
    detail: str
    measured: bool = False

    @property
    def verified(self) -> bool | None:
        """True: every replay showed it, alike. None: nobody can tell."""
        if self.unknown == self.replays:
            return None
        return self.shown == self.replays and self.histories == 1

    @property
    def words(self) -> str:
        """With the numbers."""
        registry = "; made from the cache, no registry answered" if self.offline else ""
        if self.measured:
            told = {1: "it shows", 0: "it does not show"}.get(self.shown, "")
            said = "nobody can tell" if self.unknown else told
            return f"measured in pairs in a fresh environment{registry}: {said}; {self.detail}"
        same = "the history of the evidence" if self.same_history else "another history"
        alike = same if self.histories == 1 else f"{self.histories} distinct histories"
        return (
            f"{self.shown} of {self.replays} replays in {PROCESSES} new processes of a fresh"
            f" environment{registry}: {alike}; {self.detail}"
        )


def verify(
    defect: Defect,
    sut: Sut,
    packages: Mapping[str, str],
    paths: tuple[Path, ...],
    scratch: Path,
) -> Verification:
    """Replay in a fresh environment, in new processes.

    Args:
        defect: What is verified.
        sut: On what.
        packages: The versions that stood beside it when it was found; empty for the newest.
        paths: What its stages are imported from.
        scratch: An empty folder for the environment.

    Raises:
        SutUnavailableError: The environment cannot be made.
    """
    fresh = install_fresh(sut, packages, scratch)
    if is_load(defect.exhibit):
        with Worker(fresh.python, sut.name, paths) as worker:
            return _counted(defect, [replay(worker, defect)], fresh)
    share = REPLAYS // PROCESSES

    def in_a_new_process(_number: int) -> list[Replay]:
        with Worker(fresh.python, sut.name, paths) as worker:
            return [replay(worker, defect) for _ in range(share)]

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        replays = [one for some in threads.map(in_a_new_process, range(PROCESSES)) for one in some]
    return _counted(defect, replays, fresh)


def _counted(defect: Defect, replays: list[Replay], fresh: Fresh) -> Verification:
    digests = {one.digest for one in replays}
    return Verification(
        shown=sum(one.shows is True for one in replays),
        unknown=sum(one.shows is None for one in replays),
        replays=len(replays),
        histories=len(digests),
        same_history=digests == {defect.digest},
        offline=fresh.offline,
        detail=replays[-1].detail,
        measured=is_load(defect.exhibit),
    )
