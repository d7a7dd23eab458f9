"""Everything this package raises on purpose, and the exit code that each means.

    PtestError                  70  our own error
    ├── UsageError              64  the user's input or configuration
    │   └── InvalidDocumentError    a file of the workspace breaks its schema
    ├── SutUnavailableError     77  the system under test cannot be installed or imported
    └── RunInterruptedError     75  stopped by the user; the run resumes

A message names three things: what is wrong, the value seen, and what to do. Errors of the
system under test are data (`model.history`), never exceptions of this tree.
"""

from typing import ClassVar


class PtestError(Exception):
    """An error of this tool, told in one line.

    Args:
        what: What is wrong, with the value that was seen.
        do: What the user can do about it.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, do: str = "") -> None:
        super().__init__(f"{what} {do}".strip())
        self.what = what
        self.do = do


class UsageError(PtestError):
    """The user's input or configuration cannot be used as it is."""

    exit_code: ClassVar[int] = 64


class InvalidDocumentError(UsageError):
    """A file of the workspace does not keep its schema.

    Args:
        path: The file, as the user would name it.
        problems: Every problem, each starting with its place in the document.
    """

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        listed = "; ".join(problems)
        super().__init__(
            f"{path} breaks its schema in {len(problems)} place(s): {listed}.",
            do="Mend them, then run the command again.",
        )
        self.path = path
        self.problems = problems


class SutUnavailableError(PtestError):
    """The system under test cannot be installed or imported."""

    exit_code: ClassVar[int] = 77


class RunInterruptedError(PtestError):
    """The user stopped the run; what it had done is kept and it resumes."""

    exit_code: ClassVar[int] = 75
