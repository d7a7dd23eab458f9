"""What is known about the experience of a developer with one release: numbers, no opinions."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        part: How many have it.
        whole: How many there are.
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None when there are none."""
        return self.part / self.whole if self.whole else None

    def __str__(self) -> str:
        percent = f" ({100 * self.part / self.whole:.0f} %)" if self.whole else ""
        return f"{self.part} of {self.whole}{percent}"


class BlockOutcome(StrEnum):
    """What became of a README example that was run by itself."""

    OK = "ok"
    FAILS = "fails"
    FRAGMENT = "fragment"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockResult:
    """One README example.

    Attributes:
        number: Which Python block of the README, from 1.
        outcome: What became of it.
        first_line: Its first line that says something.
        error: The last line of the error, for what did not work.
    """

    number: int
    outcome: BlockOutcome
    first_line: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What only an experiment can measure; None stands for not measured.

    Attributes:
        lines_of_code_for_hello_pipeline: Of the smallest program that runs two stages.
        error_names_stage: Whether the exception of a failed run names the stage.
        error_keeps_original: Whether it still holds the exception that the stage raised.
        overhead_us_per_stage: Time the framework adds to a stage that does nothing, microseconds.
        readme_blocks_total: Python examples of the README.
        readme_blocks_ok: Those that run by themselves.
        readme_blocks_fragments: Those that do not claim to.
        import_seconds: Time to import the root, in a fresh interpreter.
    """

    lines_of_code_for_hello_pipeline: int | None = None
    error_names_stage: bool | None = None
    error_keeps_original: bool | None = None
    overhead_us_per_stage: float | None = None
    readme_blocks_total: int | None = None
    readme_blocks_ok: int | None = None
    readme_blocks_fragments: int | None = None
    import_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the import root shows.

    Attributes:
        names: How many names there are to choose from; None when the root cannot be read.
        names_repeated: Names that `__all__` lists more than once.
        names_private: Names with an underscore in `__all__`.
        names_unresolved: Names whose definition is not in the distribution.
        names_documented: Classes and functions among them with a docstring.
        names_undocumented: Those without.
        methods_documented: Public methods of public classes with a docstring.
        methods_undocumented: Those without, as `Class.method`.
        parameters_annotated: Parameters of public functions, methods and constructors.
        extension_points: Protocols and abstract classes among the names.
        ships_types: Whether it ships `py.typed`.
    """

    names: int | None
    names_repeated: tuple[str, ...]
    names_private: tuple[str, ...]
    names_unresolved: tuple[str, ...]
    names_documented: Share
    names_undocumented: tuple[str, ...]
    methods_documented: Share
    methods_undocumented: tuple[str, ...]
    parameters_annotated: Share
    extension_points: tuple[str, ...]
    ships_types: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How the code tells of its failures.

    Attributes:
        exceptions_informative: Exception classes with a message or fields of their own.
        exceptions_bare: Those without.
        raises_with_value: `raise` statements whose exception is given a value that was seen.
        raises_without_value: Places of those without, `file:line`.
        raises_chained: Exceptions raised inside a handler `from` the one that was caught.
        raises_unchained: Places of those that are not.
        swallowed: Places where broad exceptions end in asynchronous code.
        hidden_defaults: Places where an empty argument is replaced.
    """

    exceptions_informative: Share
    exceptions_bare: tuple[str, ...]
    raises_with_value: Share
    raises_without_value: tuple[str, ...]
    raises_chained: Share
    raises_unchained: tuple[str, ...]
    swallowed: tuple[str, ...]
    hidden_defaults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Everything that the scores are made from.

    Attributes:
        distribution: Which one.
        version: Which release.
        lines: Lines of Python.
        surface: What the import root shows.
        failures: How the code tells of its failures.
        readme_lines: Lines of the README in the metadata.
        readme_code_blocks: Python examples in it; None when it is not written in Markdown.
        readme_results: What became of them, when they were run.
        doc_files: Documents that were installed with the code.
        contradictions: Sentences of the README that the metadata contradicts.
        outside: What only an experiment can measure.
    """

    distribution: str
    version: str
    lines: int
    surface: Surface
    failures: Failures
    readme_lines: int
    readme_code_blocks: int | None
    readme_results: tuple[BlockResult, ...]
    doc_files: int
    contradictions: tuple[str, ...]
    outside: Outside
