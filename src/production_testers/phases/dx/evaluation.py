"""From measurements to scores, friction points and gaps; nothing here that no rule wrote."""

from collections.abc import Iterator
from dataclasses import dataclass

from production_testers.model.canonical import Json
from production_testers.phases.dx.measurements import BlockOutcome, Measurements
from production_testers.phases.dx.rubric import NOT_MEASURED, RULES, Category, Rule

FRICTION_BELOW = 4
"""A rule that scores less than this is a friction point."""
EXAMPLES_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryScore:
    """One category.

    Attributes:
        score: From 1 to 5.
        notes: The values that it comes from, each with its own score.
    """

    score: int
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Friction:
    """Something that costs a developer time.

    Attributes:
        id: `F1`, `F2`, …; its suggestion is `S1`, `S2`, ….
        category: Where it counts.
        title: What is wrong.
        evidence: What was measured.
        examples: Places or names that show it.
        suggestion: What would help.
        score: Of its rule; None for what no rule scores.
    """

    id: str
    category: Category
    title: str
    evidence: str
    examples: tuple[str, ...]
    suggestion: str
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DxEvaluation:
    """What the phase says about a release.

    Attributes:
        measurements: What everything comes from.
        overall_score: One decimal.
        categories: All eight.
        friction: The friction points, worst first.
        documentation_gaps: What the documentation lacks.
    """

    measurements: Measurements
    overall_score: float
    categories: dict[Category, CategoryScore]
    friction: tuple[Friction, ...]
    documentation_gaps: tuple[str, ...]

    def as_json(self) -> dict[str, Json]:
        """`scores.json`, as the specification has it; nobody was timed."""
        return {
            "overall_score": self.overall_score,
            "categories": {
                category.value: {"score": scored.score, "notes": scored.notes}
                for category, scored in self.categories.items()
            },
            "time_to_first_pipeline_minutes": None,
            "time_to_understand_error_minutes": None,
            "documentation_gaps": list(self.documentation_gaps),
        }


def evaluate(measurements: Measurements) -> DxEvaluation:
    """Judge a release by the rubric."""
    categories = {category: _score(category, measurements) for category in Category}
    total = sum(scored.score for scored in categories.values())
    return DxEvaluation(
        measurements=measurements,
        overall_score=_halves_up(10 * total, len(categories)) / 10,
        categories=categories,
        friction=_friction(measurements),
        documentation_gaps=tuple(_gaps(measurements)),
    )


def _score(category: Category, measurements: Measurements) -> CategoryScore:
    rules = [rule for rule in RULES if rule.category is category]
    scored = [(rule, score) for rule in rules if (score := rule.score(measurements)) is not None]
    missing = [rule.name for rule in rules if rule.score(measurements) is None]
    if not scored:
        return CategoryScore(score=NOT_MEASURED, notes=f"not measured ({'; '.join(missing)})")
    notes = [f"{rule.name}: {rule.shown(measurements)} → {score}" for rule, score in scored]
    if missing:
        notes.append(f"not measured: {', '.join(missing)}")
    total = sum(score for _, score in scored)
    return CategoryScore(score=_halves_up(total, len(scored)), notes="; ".join(notes))


def _halves_up(total: int, count: int) -> int:
    """`total / count` rounded to a whole number, halves up, without floating point."""
    return (2 * total + count) // (2 * count)


def _friction(measurements: Measurements) -> tuple[Friction, ...]:
    low = [
        (score, rule)
        for rule in RULES
        if (score := rule.score(measurements)) is not None and score < FRICTION_BELOW
    ]
    low.sort(key=lambda pair: pair[0])
    ruled = [_of_rule(rule, score, measurements) for score, rule in low]
    found = [*_observed(measurements), *ruled]
    return tuple(
        Friction(
            id=f"F{number}",
            category=point.category,
            title=point.title,
            evidence=point.evidence,
            examples=point.examples,
            suggestion=point.suggestion,
            score=point.score,
        )
        for number, point in enumerate(found, start=1)
    )


def _of_rule(rule: Rule, score: int, measurements: Measurements) -> Friction:
    return Friction(
        id="",
        category=rule.category,
        title=rule.friction,
        evidence=f"{rule.name}: {rule.shown(measurements)}",
        examples=rule.examples(measurements),
        suggestion=rule.suggestion,
        score=score,
    )


def _observed(measurements: Measurements) -> Iterator[Friction]:
    """What is wrong whatever its share: contradictions, and slips in the list of names."""
    surface = measurements.surface
    if measurements.contradictions:
        yield Friction(
            id="",
            category=Category.DOCUMENTATION,
            title="The README contradicts the metadata of the same release",
            evidence=f"{len(measurements.contradictions)} sentence(s)",
            examples=measurements.contradictions,
            suggestion="Correct the sentences, and check them when a release is built.",
            score=None,
        )
    slips = [f"`{name}` is private" for name in surface.names_private]
    slips += [f"`{name}` stands there more than once" for name in surface.names_repeated]
    if slips:
        yield Friction(
            id="",
            category=Category.DISCOVERABILITY,
            title="The list of public names has slips",
            evidence=f"{len(slips)} in `__all__` of the import root",
            examples=tuple(slips),
            suggestion="Sort `__all__` and let ruff (RUF022, PLE0604) watch over it.",
            score=None,
        )


def _gaps(measurements: Measurements) -> Iterator[str]:
    surface = measurements.surface
    if not measurements.readme_lines:
        yield "No README in the metadata"
    for result in measurements.readme_results:
        if result.outcome is BlockOutcome.FAILS:
            yield f"README example {result.number} does not run: {result.error}"
    for contradiction in measurements.contradictions:
        yield f"README: {contradiction}"
    if surface.names_undocumented:
        yield f"No docstring: {shortened(surface.names_undocumented)}"
    if surface.methods_undocumented:
        yield f"No docstring on public methods: {shortened(surface.methods_undocumented)}"


def shortened(names: tuple[str, ...]) -> str:
    """The first few, and how many more there are."""
    rest = len(names) - EXAMPLES_MAX
    return ", ".join(names[:EXAMPLES_MAX]) + (f" and {rest} more" if rest > 0 else "")
