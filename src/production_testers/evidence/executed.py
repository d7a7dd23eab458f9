"""What a framework executes while a scenario runs: its lines, and who starts its tasks."""

import sys
from inspect import CO_COROUTINE
from types import CodeType, FrameType
from typing import Any, Self

from production_testers.experiments.execution import execute
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import SutDescription
from production_testers.simulation import SimulatedLoop
from production_testers.suts.contract import Adapter

Line = tuple[str, int]
"""Importable name of the function, and the line."""

_OURS = f"{__name__.partition('.')[0]}.suts."

_UP_TO_THE_STARTER = 6
"""Frames between the loop's method and the function that starts a task, at most."""


class Executed:
    """Records while it is entered: which lines of modules below one import root are executed.

    Args:
        root: The framework's import name.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._names: dict[CodeType, str | None] = {}
        self.lines: set[Line] = set()
        self.starts: set[tuple[str, str, int]] = set()
        """Function that starts tasks, the file that it stands in, and the line."""

    @property
    def codes(self) -> dict[str, CodeType]:
        """Function → its code; of a function that holds others, its own."""
        return {
            name: code
            for code, name in self._names.items()
            if name is not None and "<locals>" not in code.co_qualname
        }

    def __enter__(self) -> Self:
        self._create = SimulatedLoop.create_task
        create = self._create

        def create_task(*args: Any, **more: Any) -> Any:
            self._note_start(sys._getframe(1))  # noqa: SLF001 - who called is what is asked
            return create(*args, **more)

        SimulatedLoop.create_task = create_task  # type: ignore[method-assign]
        sys.settrace(self._call)
        return self

    def __exit__(self, *_exc: object) -> None:
        sys.settrace(None)
        SimulatedLoop.create_task = self._create  # type: ignore[method-assign]

    def _note_start(self, frame: FrameType | None) -> None:
        for _ in range(_UP_TO_THE_STARTER):
            if frame is None:
                return
            if (name := self._name_in_framework(frame)) is not None:
                self.starts.add((name, frame.f_code.co_filename, frame.f_lineno))
                return
            frame = frame.f_back

    def _call(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if code not in self._names:
            called_by_us = _is_called_by_us(frame)
            self._names[code] = None if called_by_us else self._name_in_framework(frame)
        return None if self._names[code] is None else self._line

    def _name_in_framework(self, frame: FrameType) -> str | None:
        module = frame.f_globals.get("__name__", "")
        if module != self._root and not module.startswith(f"{self._root}."):
            return None
        qualified = frame.f_code.co_qualname.partition(".<locals>")[0]
        return f"{module}.{qualified}"

    def _line(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            name = self._names[frame.f_code]
            assert name is not None, "others are not traced"
            self.lines.add((name, frame.f_lineno))
        return self._line


def _is_called_by_us(frame: FrameType) -> bool:
    """Whether an adapter calls it to make a value, such as a stage's output: no place of a defect.

    The coroutine that an adapter awaits is the framework's own run, and is one.
    """
    caller = frame.f_back
    ours = caller is not None and caller.f_globals.get("__name__", "").startswith(_OURS)
    return ours and not frame.f_code.co_flags & CO_COROUTINE


def executed_by(adapter: Adapter, sut: SutDescription, scenario: Scenario) -> Executed:
    """Execute a scenario once, and tell what of the framework that executes."""
    with Executed(adapter.import_roots[0]) as executed:
        execute(adapter, scenario, sut)
    return executed
