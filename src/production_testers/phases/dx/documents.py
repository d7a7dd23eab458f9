"""friction_points.md and suggestions.md."""

from production_testers.phases.dx.evaluation import EXAMPLES_MAX, DxEvaluation, Friction
from production_testers.phases.dx.measurements import BlockOutcome
from production_testers.phases.dx.rubric import RULES
from production_testers.phases.research.markdown import code, document, folded, table


def friction_document(evaluation: DxEvaluation) -> str:
    """Every friction point with its evidence, then how the scores came about."""
    measured = evaluation.measurements
    return document(
        f"# Friction points: {measured.distribution} {measured.version}",
        _introduction(evaluation),
        *(_point(point) for point in evaluation.friction),
        "## How the scores came about",
        _scores(evaluation),
        folded("Every measurement, its value and its scale", _rules(evaluation)),
        _examples_run(evaluation),
        _recorded(evaluation),
    )


def suggestions_document(evaluation: DxEvaluation) -> str:
    """One suggestion for each friction point."""
    measured = evaluation.measurements
    rows = [
        (f"S{point.id[1:]}", point.suggestion, f"{point.id}: {point.title}", _weight(point))
        for point in evaluation.friction
    ]
    return document(
        f"# Suggestions: {measured.distribution} {measured.version}",
        "Each answers one friction point of `friction_points.md`, in the same order. The score is "
        "what the point's measurement has now, of 5."
        if rows
        else "No friction point was measured, so there is nothing to suggest.",
        table(("#", "Suggestion", "Answers", "Score now"), rows) if rows else "",
    )


def _introduction(evaluation: DxEvaluation) -> str:
    if not evaluation.friction:
        return "No measurement scored less than 4 of 5."
    return (
        f"{len(evaluation.friction)} points, from what was measured on the installed files"
        f"{' and by running the README' if evaluation.measurements.readme_results else ''}. Nobody "
        "was watched or timed while working, so a point that only people notice is missing here. "
        "`suggestions.md` has one suggestion for each."
    )


def _point(point: Friction) -> str:
    shown = point.examples[:EXAMPLES_MAX]
    rest = len(point.examples) - len(shown)
    lines = [f"- {example}" if " " in example else f"- {code(example)}" for example in shown]
    if rest > 0:
        lines.append(f"- … and {rest} more")
    return document(
        f"## {point.id}. {point.title}",
        f"**{point.category}**, {_weight(point)}. Evidence: {point.evidence}.",
        "\n".join(lines),
    ).rstrip()


def _weight(point: Friction) -> str:
    return "not scored" if point.score is None else f"{point.score} of 5"


def _scores(evaluation: DxEvaluation) -> str:
    rows = [
        (category.value, str(scored.score), scored.notes)
        for category, scored in evaluation.categories.items()
    ]
    rows.append(
        (
            "**overall**",
            f"**{evaluation.overall_score:.1f}**",
            "mean of the eight; a category that was not measured counts as 3",
        )
    )
    return table(("Category", "Score", "From"), rows)


def _rules(evaluation: DxEvaluation) -> str:
    measured = evaluation.measurements
    rows = []
    for rule in RULES:
        score = rule.score(measured)
        value = "not measured" if score is None else rule.shown(measured)
        rows.append((rule.category.value, rule.name, value, str(score or "—"), rule.scale))
    return table(("Category", "Measurement", "Value", "Score", "Scale"), rows)


def _recorded(evaluation: DxEvaluation) -> str:
    measured = evaluation.measurements
    unresolved = measured.surface.names_unresolved
    listed = f": {', '.join(map(code, unresolved))}" if unresolved else ""
    return (
        f"Recorded without a score: the README has {measured.readme_lines} lines; "
        f"{measured.doc_files} documents are installed with the code; {len(unresolved)} public "
        f"names are defined outside the distribution or could not be followed{listed}. Nobody was "
        "timed, so both `time_to_…_minutes` are null."
    )


def _examples_run(evaluation: DxEvaluation) -> str:
    results = evaluation.measurements.readme_results
    if not results:
        return ""
    rows = [
        (str(result.number), code(result.first_line), result.outcome.value, code(result.error))
        for result in results
    ]
    ok, fails, fragments = (
        sum(result.outcome is outcome for result in results) for outcome in BlockOutcome
    )
    body = table(("#", "First line", "Outcome", "Error"), rows)
    title = f"README examples, each run by itself: {ok} ok, {fails} fail, {fragments} fragments"
    return folded(title, body)
