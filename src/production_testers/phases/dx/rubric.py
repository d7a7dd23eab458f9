"""The rubric: how measurements become scores from 1 to 5, written down before anybody looks.

Each of the eight categories has rules. A rule reads one measurement and has four limits: at the
first the score is 5, at the second 4, at the third 3, at the fourth 2, beyond it 1. A yes-or-no
measurement gives 5 or 1. A category's score is the mean of its rules that have a measurement,
rounded to a whole number, halves up; with none it is 3, and its notes say `not measured`.

`overall_score` is the mean of the eight category scores, unmeasured ones included, rounded to
one decimal, halves up. The limits are ours, not a standard: they are there so that two releases
are judged alike, and a limit that somebody disagrees with is changed here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from production_testers.phases.dx.measurements import BlockOutcome, Measurements, Share

NOT_MEASURED = 3
Limits = tuple[float, float, float, float]
YES: Limits = (1, 1, 1, 1)


class Category(StrEnum):
    """The eight categories of the specification, in its order."""

    DISCOVERABILITY = "discoverability"
    CLARITY = "clarity"
    DOCUMENTATION = "documentation"
    ERROR_MESSAGES = "error_messages"
    DEBUGGING = "debugging"
    BOILERPLATE = "boilerplate"
    FLEXIBILITY = "flexibility"
    PERFORMANCE = "performance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One measurement and what it is worth.

    Attributes:
        name: The measurement, as it stands in notes.
        category: What it counts for.
        limits: For the scores 5, 4, 3 and 2.
        more_is_better: Whether a value has to reach a limit or to stay within it.
        value: Reads it; None when it was not measured.
        shown: The value as people read it.
        friction: What is wrong where the score is low.
        suggestion: What would raise it.
        examples: Places or names that show it.
    """

    name: str
    category: Category
    limits: Limits
    more_is_better: bool
    value: Callable[[Measurements], float | None]
    shown: Callable[[Measurements], str]
    friction: str
    suggestion: str
    examples: Callable[[Measurements], tuple[str, ...]] = lambda _: ()

    def score(self, measurements: Measurements) -> int | None:
        """From 1 to 5; None when it was not measured."""
        value = self.value(measurements)
        if value is None:
            return None
        for score, limit in zip((5, 4, 3, 2), self.limits, strict=True):
            if value >= limit if self.more_is_better else value <= limit:
                return score
        return 1

    @property
    def scale(self) -> str:
        """Its limits in words."""
        if self.limits == YES:
            return "yes 5, no 1"
        sign = "≥" if self.more_is_better else "≤"
        steps = zip((5, 4, 3, 2), self.limits, strict=True)
        return ", ".join(f"{sign} {limit:g} → {score}" for score, limit in steps) + ", else 1"


def working_examples(measurements: Measurements) -> Share | None:
    """README examples that run, of those that claim to; None when they were not run."""
    outside = measurements.outside
    if outside.readme_blocks_total is None or outside.readme_blocks_ok is None:
        return None
    claiming = outside.readme_blocks_total - (outside.readme_blocks_fragments or 0)
    return Share(outside.readme_blocks_ok, claiming)


def _share_rule(  # noqa: PLR0913 - the columns of a table
    name: str,
    category: Category,
    limits: Limits,
    read: Callable[[Measurements], Share | None],
    *,
    friction: str,
    suggestion: str,
    examples: Callable[[Measurements], tuple[str, ...]] = lambda _: (),
) -> Rule:
    def value(measurements: Measurements) -> float | None:
        share = read(measurements)
        return None if share is None else share.value

    return Rule(
        name=name,
        category=category,
        limits=limits,
        more_is_better=True,
        value=value,
        shown=lambda measurements: str(read(measurements)),
        friction=friction,
        suggestion=suggestion,
        examples=examples,
    )


def _yes_rule(
    name: str,
    category: Category,
    read: Callable[[Measurements], bool | None],
    *,
    friction: str,
    suggestion: str,
) -> Rule:
    def value(measurements: Measurements) -> float | None:
        answer = read(measurements)
        return None if answer is None else float(answer)

    return Rule(
        name=name,
        category=category,
        limits=YES,
        more_is_better=True,
        value=value,
        shown=lambda measurements: "yes" if read(measurements) else "no",
        friction=friction,
        suggestion=suggestion,
    )


def _per_thousand_lines(places: tuple[str, ...], measurements: Measurements) -> float | None:
    return 1000 * len(places) / measurements.lines if measurements.lines else None


def _failing_examples(measurements: Measurements) -> tuple[str, ...]:
    return tuple(
        f"example {result.number} ({result.first_line}): {result.error}"
        for result in measurements.readme_results
        if result.outcome is BlockOutcome.FAILS
    )


RULES = (
    Rule(
        name="names to choose from in the import root",
        category=Category.DISCOVERABILITY,
        limits=(25, 50, 100, 200),
        more_is_better=False,
        value=lambda m: m.surface.names,
        shown=lambda m: str(m.surface.names),
        friction="The import root offers more names than a newcomer can survey",
        suggestion="Keep what a first pipeline needs in the root; move the rest to submodules.",
    ),
    _share_rule(
        "public names with a docstring",
        Category.DISCOVERABILITY,
        (0.95, 0.8, 0.6, 0.4),
        lambda m: m.surface.names_documented,
        friction="Public classes and functions have no docstring, so `help()` says nothing",
        suggestion="Write one sentence for each public name; check it with interrogate or ruff D1.",
        examples=lambda m: m.surface.names_undocumented,
    ),
    _share_rule(
        "parameters with an annotation",
        Category.CLARITY,
        (0.98, 0.9, 0.75, 0.5),
        lambda m: m.surface.parameters_annotated,
        friction="Parameters of public functions have no annotation",
        suggestion="Annotate every public parameter and let a type checker demand it.",
    ),
    _yes_rule(
        "type information is shipped",
        Category.CLARITY,
        lambda m: m.surface.ships_types,
        friction="No `py.typed` is shipped, so a user's type checker ignores the annotations",
        suggestion="Add an empty `py.typed` beside the root's `__init__.py`.",
    ),
    Rule(
        name="arguments replaced when empty, per 1,000 lines",
        category=Category.CLARITY,
        limits=(0.05, 0.2, 0.5, 1.0),
        more_is_better=False,
        value=lambda m: _per_thousand_lines(m.failures.hidden_defaults, m),
        shown=lambda m: f"{len(m.failures.hidden_defaults)} in {m.lines:,} lines",
        friction="An empty list or a zero is treated as if nothing had been given",
        suggestion="Compare with None: `x if x is not None else default()`.",
        examples=lambda m: m.failures.hidden_defaults,
    ),
    _share_rule(
        "README examples that run, of those that are no fragments",
        Category.DOCUMENTATION,
        (1.0, 0.9, 0.75, 0.5),
        working_examples,
        friction="README examples fail when they are pasted into a file and run",
        suggestion="Run every README example in the test suite of the framework.",
        examples=_failing_examples,
    ),
    Rule(
        name="Python examples in the README",
        category=Category.DOCUMENTATION,
        limits=(8, 5, 3, 1),
        more_is_better=True,
        value=lambda m: m.readme_code_blocks,
        shown=lambda m: str(m.readme_code_blocks),
        friction="The README shows few examples",
        suggestion="Show one complete example for each feature that the README lists.",
    ),
    _share_rule(
        "public methods with a docstring",
        Category.DOCUMENTATION,
        (0.95, 0.8, 0.6, 0.4),
        lambda m: m.surface.methods_documented,
        friction="Public methods have no docstring",
        suggestion="Document what each public method takes, gives and raises.",
        examples=lambda m: m.surface.methods_undocumented,
    ),
    _share_rule(
        "exception classes with a message or fields",
        Category.ERROR_MESSAGES,
        (0.9, 0.75, 0.5, 0.25),
        lambda m: m.failures.exceptions_informative,
        friction="Exception classes carry neither a message nor fields",
        suggestion="Give each exception the values that a handler needs as attributes.",
        examples=lambda m: m.failures.exceptions_bare,
    ),
    _share_rule(
        "raised exceptions that are given a value seen",
        Category.ERROR_MESSAGES,
        (0.9, 0.75, 0.5, 0.25),
        lambda m: m.failures.raises_with_value,
        friction="Exceptions are raised with fixed text that does not say which value was wrong",
        suggestion="Name the value seen and what to do in every message.",
        examples=lambda m: m.failures.raises_without_value,
    ),
    _yes_rule(
        "the error of a failed run names the stage",
        Category.ERROR_MESSAGES,
        lambda m: m.outside.error_names_stage,
        friction="The exception of a failed run does not say which stage failed",
        suggestion="Put the stage's name into the message and into an attribute.",
    ),
    _yes_rule(
        "the error keeps the original exception",
        Category.DEBUGGING,
        lambda m: m.outside.error_keeps_original,
        friction="The exception that a stage raised is lost on its way to the caller",
        suggestion="Raise `from` the original and keep it as an attribute.",
    ),
    _share_rule(
        "exceptions raised in a handler that name their cause",
        Category.DEBUGGING,
        (0.95, 0.8, 0.6, 0.4),
        lambda m: m.failures.raises_chained,
        friction="Handlers raise a new exception without naming the one that they caught",
        suggestion="Use `raise … from error`; ruff B904 finds the places.",
        examples=lambda m: m.failures.raises_unchained,
    ),
    Rule(
        name="broad exceptions that end in asynchronous code, per 1,000 lines",
        category=Category.DEBUGGING,
        limits=(0.05, 0.3, 0.6, 1.2),
        more_is_better=False,
        value=lambda m: _per_thousand_lines(m.failures.swallowed, m),
        shown=lambda m: f"{len(m.failures.swallowed)} in {m.lines:,} lines",
        friction="Broad exceptions are dropped or only logged, so a caller never learns of them",
        suggestion="Catch what is expected by name; count and report what is not.",
        examples=lambda m: m.failures.swallowed,
    ),
    Rule(
        name="lines of code for a first pipeline",
        category=Category.BOILERPLATE,
        limits=(10, 15, 25, 40),
        more_is_better=False,
        value=lambda m: m.outside.lines_of_code_for_hello_pipeline,
        shown=lambda m: str(m.outside.lines_of_code_for_hello_pipeline),
        friction="A first pipeline needs many lines",
        suggestion="Accept plain asynchronous functions as stages, and give contexts defaults.",
    ),
    Rule(
        name="protocols and abstract classes to implement",
        category=Category.FLEXIBILITY,
        limits=(8, 5, 3, 1),
        more_is_better=True,
        value=lambda m: None if m.surface.names is None else len(m.surface.extension_points),
        shown=lambda m: str(len(m.surface.extension_points)),
        friction="Few places are meant to be extended",
        suggestion="Publish protocols for what users replace: storage, events, retry, clock.",
        examples=lambda m: m.surface.extension_points,
    ),
    Rule(
        name="overhead per stage in microseconds",
        category=Category.PERFORMANCE,
        limits=(50, 150, 500, 2000),
        more_is_better=False,
        value=lambda m: m.outside.overhead_us_per_stage,
        shown=lambda m: f"{m.outside.overhead_us_per_stage or 0:.0f} µs",
        friction="The framework itself takes noticeable time for each stage",
        suggestion="Profile a pipeline of empty stages and keep the number in a benchmark.",
    ),
    Rule(
        name="seconds to import the root",
        category=Category.PERFORMANCE,
        limits=(0.1, 0.25, 0.5, 1.0),
        more_is_better=False,
        value=lambda m: m.outside.import_seconds,
        shown=lambda m: f"{m.outside.import_seconds or 0:.2f} s",
        friction="Importing the root is slow, which every cold start pays",
        suggestion="Import optional parts when they are used; `python -X importtime` shows which.",
    ),
)
"""Every rule, in the order of the categories."""
