"""results/evidence/ID/states.json: every state that a finding went through, with its time.

Times stand here and not in the evidence, whose bytes are the same on every machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError
from production_testers.workspace.atomic import exclusive, make_folder, write_json
from production_testers.workspace.clock import iso, utc_now
from production_testers.workspace.schema import read_bytes

FORMAT = "ptest.states/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedState:
    """One state.

    Attributes:
        state: proposed, minimised, reproduced, attributed, verified, ranged, fixed, resolved …
        passed: Whether it went on from there.
        detail: Why, with numbers.
        at: When, in UTC.
        sut: On what.
    """

    state: str
    passed: bool
    detail: str
    at: str
    sut: str

    def as_json(self) -> dict[str, Json]:
        """As it stands in the file."""
        return asdict(self)


class StateLog:
    """The states of one finding.

    Args:
        folder: Its evidence folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "states.json"

    def read(self) -> tuple[ReachedState, ...]:
        """Every state, oldest first; none where there is no file.

        Raises:
            InvalidDocumentError: It is no such file.
        """
        if not self.path.is_file():
            return ()
        raw: Any = self._parsed()
        if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
            raise InvalidDocumentError(str(self.path), (f"format: is not {FORMAT!r}",))
        try:
            return tuple(ReachedState(**one) for one in raw["states"])
        except (KeyError, TypeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise InvalidDocumentError(str(self.path), (problem,)) from error

    def _parsed(self) -> object:
        try:
            return json.loads(read_bytes(self.path))
        except ValueError as error:
            raise InvalidDocumentError(str(self.path), (f"$: {error}",)) from error

    def write(self, states: Sequence[ReachedState]) -> None:
        """Put these in place of whatever stands there."""
        write_json(self.path, {"format": FORMAT, "states": [state.as_json() for state in states]})

    def add(self, state: str, detail: str, *, sut: str, passed: bool = True) -> ReachedState:
        """Append one, now."""
        reached = ReachedState(
            state=state, passed=passed, detail=detail, at=iso(utc_now()), sut=sut
        )
        make_folder(self.path.parent)
        with exclusive(self.path.parent):
            self.write((*self.read(), reached))
        return reached
