"""`ptest matrix`."""

from pathlib import Path
from typing import Any

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import show, show_json, table, tell
from production_testers.experiments.environments import Sut, cache_folder
from production_testers.experiments.releases import parse_releases
from production_testers.model.errors import RunInterruptedError, UsageError
from production_testers.phases.broken import VERDICTS, ways_of, what_is_broken
from production_testers.phases.matrix import MatrixPlan, Tier, make_matrix
from production_testers.reports.broken_page import broken_page, read_verdicts
from production_testers.reports.matrix_page import SIGNS, matrix_page
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.clock import stopwatch


def matrix(
    *,
    sut: str = "stageflow-core",
    releases: str | None = None,
    tier: str = "quick",
    seed: Seed = 0,
    out: Path | None = None,
    page: Path | None = None,
    findings: Path | None = None,
    json: JsonFlag = False,
) -> int:
    """Ask every law on every release: holds, broken, unknown, not offered; what was fixed.

    Args:
        sut: The system under test, without a version.
        releases: Such as 0.9.0..1.2.0 or 1.1.0,1.2.0; every known release by default.
        tier: quick or full.
        seed: Where everything is drawn from.
        out: Where the document is kept; by default in the cache.
        page: Also write it as a Markdown page.
        findings: Also write what is broken on the newest release into this folder: a page, its
            data, and scripts. Verdicts stand there in verdicts.toml, written by hand.
        json: Print the document.
    """
    chosen = Sut.parse(sut)
    if chosen.source or "==" in sut:
        raise UsageError(f"--sut {sut!r}: name it without a version.", do="See --releases.")
    plan = MatrixPlan(
        sut=chosen.name,
        releases=parse_releases(chosen.name, releases),
        tier=_tier(tier),
        seed=seed,
    )
    elapsed = stopwatch()
    try:
        document = make_matrix(plan, tell)
    except KeyboardInterrupt:
        raise RunInterruptedError(
            "Interrupted; what was done is kept.", do="The same command goes on with it."
        ) from None
    path = out or cache_folder() / "matrix" / f"{chosen.name}-{plan.tier.value}.json"
    write_json(path, document)
    if page is not None:
        write_text(page, matrix_page(document))
    if findings is not None:
        _write_findings(document, findings)
    tell(f"{len(plan.releases)} releases in {elapsed():.0f} s")
    if json:
        show_json(document)
        return 0
    show(_told(document))
    show(f"\nKept in {path}")
    return 0


def _write_findings(document: Any, folder: Path) -> None:
    verdicts = read_verdicts(folder / VERDICTS)
    broken = what_is_broken(document, folder, tell)
    release = document["releases"][-1]
    write_json(folder / f"{release}.json", broken)
    write_text(folder / f"{release}.md", broken_page(broken, document, verdicts))
    written = [way for way in ways_of(broken) if way not in verdicts.of]
    if written:
        tell(f"Not judged yet in {folder / VERDICTS}: {'; '.join(written)}")


def _tier(text: str) -> Tier:
    try:
        return Tier(text)
    except ValueError:
        known = ", ".join(tier.value for tier in Tier)
        raise UsageError(f"--tier {text!r}: unknown.", do=f"Known: {known}.") from None


def _told(document: Any) -> str:
    releases = document["releases"]
    rows = [
        (law, *(SIGNS[cells[release]["state"]] for release in releases))
        for law, cells in document["cells"].items()
    ]
    legend = ", ".join(f"{sign} {state.replace('_', ' ')}" for state, sign in SIGNS.items())
    lines = [table(rows, ("LAW", *releases)), "", legend, ""]
    for way in document["ways"]:
        lines.append(f"{way['severity']:<8}  {way['law']}: {way['outcome_class']}")
        lines.append(f"          {way['range']['words']} Confidence {way['range']['confidence']}.")
    for release, change in document["changes"].items():
        lines += [f"{release}: {key} was fixed" for key in change["fixed"]]
        lines += [f"{release}: {key} came in" for key in change["came_in"]]
    return "\n".join(lines)
