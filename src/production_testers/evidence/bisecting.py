"""Finds the revision that brought a defect, over a local git repository, by halving."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from production_testers.evidence.defect import Defect
from production_testers.evidence.ranges import Answer, Observed, Range, outside_of, range_of
from production_testers.evidence.ranging import Question, Tell, ask_one
from production_testers.experiments.environments import Sut
from production_testers.model.errors import UsageError

SHORT = 12
"""Characters by which a revision is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The revisions between a good and a bad one.

    Attributes:
        repository: The local repository.
        names: Oldest first, the good one included.
    """

    repository: Path
    names: tuple[str, ...]

    @classmethod
    def read(cls, repository: Path, between: str) -> "Revisions":
        """Read `GOOD..BAD`, along first parents.

        Raises:
            UsageError: It is no repository, or there are no such revisions.
        """
        good, dots, bad = between.partition("..")
        if not (good and dots and bad):
            raise UsageError(f"--git {between!r} cannot be read.", do="Write it like v1.1..main.")
        first = _git(repository, "rev-parse", "--verify", "--quiet", f"{good}^{{commit}}")
        rest = _git(repository, "rev-list", "--reverse", "--first-parent", f"{good}..{bad}", "--")
        if not rest:
            raise UsageError(f"--git {between!r}: nothing lies there.", do="Is it the other way?")
        names = [*first.split(), *rest.split()]
        return cls(repository=repository, names=tuple(name[:SHORT] for name in names))

    def sut(self, name: str, revision: str) -> Sut:
        """One revision, to be installed."""
        return Sut(name=name, source=f"git+{self.repository.resolve().as_uri()}@{revision}")


def _git(repository: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not installed.")
    done = subprocess.run(
        [git, "-C", str(repository), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["there is no such revision"])[-1]
        raise UsageError(f"--git: {' '.join(arguments[-2:])} in {repository}: {reason}.")
    return done.stdout.strip()


def halve(revisions: Sequence[str], ask: Callable[[str], Observed]) -> tuple[Observed, ...]:
    """Ask as few revisions as needed to find the first bad one.

    A revision that cannot tell is passed over: the nearest one beside it is asked instead, and the
    range says that nobody can tell about it.

    Args:
        revisions: Oldest first; the first one should be good and the last one bad.
        ask: Asks one.

    Returns:
        The answers in the order of the revisions.
    """
    seen: dict[int, Observed] = {}

    def answer(at: int) -> Answer:
        if at not in seen:
            seen[at] = ask(revisions[at])
        return seen[at].answer

    low, high = 0, len(revisions) - 1
    if answer(low) is Answer.HOLDS and answer(high) is Answer.BROKEN:
        while (middle := _next(low, high, seen)) is not None:
            said = answer(middle)
            if said is Answer.HOLDS:
                low = middle
            elif said is Answer.BROKEN:
                high = middle
    else:
        answer(high)
    return tuple(seen[at] for at in sorted(seen))


def _next(low: int, high: int, seen: dict[int, Observed]) -> int | None:
    """The revision nearest to the middle that was not asked."""
    middle = (low + high) // 2
    left = [at for at in range(low + 1, high) if at not in seen]
    return min(left, key=lambda at: (abs(at - middle), at), default=None)


def find_revision(
    defect: Defect, revisions: Revisions, paths: tuple[Path, ...], tell: Tell
) -> Range:
    """The range of a defect over revisions; both neighbours outside of it are asked again."""
    name, question = str(defect.sut["name"]), Question.of(defect)

    def ask(revision: str, asked: Question = question) -> Observed:
        seen = ask_one(revisions.sut(name, revision), revision, asked, paths)
        tell(f"  {revision}: {seen.answer.value.replace('_', ' ')} ({seen.detail})")
        return seen

    observed = halve(revisions.names, ask)
    found = range_of(observed, observed[-1].release)
    again = outside_of(found)
    if not again:
        return found
    tell(f"  asking again outside of the range: {', '.join(again)}")
    retested = [ask(revision, question.again()) for revision in again]
    return range_of(observed, observed[-1].release, retested)
