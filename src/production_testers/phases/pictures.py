"""The pictures of a run: drawn at its end, kept in results/screenshots/, attached to findings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from production_testers.evidence.defect import load_defect
from production_testers.laws.cost.operations_per_stage import LAW as OPERATIONS
from production_testers.model.history import History
from production_testers.phases.context import RunContext
from production_testers.reports.charts.chart import Chart
from production_testers.reports.charts.drawing import Drawn, draw
from production_testers.reports.charts.laws import laws
from production_testers.reports.charts.measurements import latency, memory, throughput
from production_testers.reports.charts.measurements import timeline as timeline_of_load
from production_testers.reports.charts.page import page
from production_testers.reports.charts.timeline import timeline
from production_testers.reports.charts.work import work
from production_testers.reports.record import Picture
from production_testers.workspace.atomic import write_bytes, write_text
from production_testers.workspace.documents import Attachment, Finding

TYPE = "screenshot"
"""The attachment's type, as the reporting schema names it."""

_TIMELINE = "timeline_"
_OURS = ("latency", "throughput", "memory", "timeline-of-load", "work", "laws")


def draw_pictures(context: RunContext) -> None:
    """Draw what there is to see; where it cannot be drawn, the report says why.

    A picture's name follows from what it shows, so doing it again replaces it.
    """
    charts = _charts(context)
    drawn = draw(list(charts.values()), svg=True)
    context.pictures_missing = drawn.missing
    folder = context.run.screenshots
    _drop_earlier(folder)
    for name, image in drawn.images.items():
        write_bytes(folder / f"{name}.png", image)
    _write_page(context, charts, drawn)
    shown = {key: chart for key, chart in charts.items() if chart.name in drawn.images}
    context.pictures = tuple(_picture(context, chart) for chart in shown.values())
    findings = [_attached(context, finding, shown) for finding in context.findings]
    if findings != context.findings:
        context.findings = findings
        context.run.write_findings(context.run.read_findings().with_findings(findings))


def _write_page(context: RunContext, charts: Mapping[str, Chart], drawn: Drawn) -> None:
    """results/report.html: the run's own pictures, to be looked at more closely."""
    ours = [chart for chart in charts.values() if chart.name in drawn.vectors]
    if not ours or drawn.missing:
        context.run.html_report.unlink(missing_ok=True)
        return
    figures = [("Run", context.run.address), ("System under test", context.sut_label)]
    write_text(context.run.html_report, page(f"{context.entry.id}", figures, ours, drawn))


def _charts(context: RunContext) -> dict[str, Chart]:
    """By subject, and the timelines by their finding."""
    run = context.run
    found = {
        "latency": latency(_read(run.metrics / "latency.json")),
        "throughput": throughput(_read(run.metrics / "throughput.json")),
        "memory": memory(_read(run.metrics / "resource_usage.json")),
        "timeline-of-load": timeline_of_load(
            _read(run.metrics / "throughput.json"), _read(run.metrics / "resource_usage.json")
        ),
        "work": work(_read(run.metrics / "cost.json")),
        "laws": laws(_read(run.results / "exploration.json")),
        **{finding.id: _timeline(context, finding) for finding in context.findings},
    }
    return {key: chart for key, chart in found.items() if chart is not None}


def _read(path: Path) -> dict[str, Any]:
    """A document that this run has written; empty where it measured nothing."""
    if not path.is_file():
        return {}
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _timeline(context: RunContext, finding: Finding) -> Chart | None:
    folder = context.run.evidence_of(finding.id)
    history = folder / "history.jsonl"
    if not history.is_file():
        return None
    told = History.load(history.read_text(encoding="utf-8"), path=str(history))
    return timeline(finding.id, load_defect(folder), told)


def _drop_earlier(folder: Path) -> None:
    """Pictures of an earlier attempt; what a person has put there stays."""
    for path in folder.glob("*.png"):
        if path.stem in _OURS or path.stem.startswith(_TIMELINE):
            path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _picture(context: RunContext, chart: Chart) -> Picture:
    return Picture(subject=chart.subject, path=_path(context, chart), title=chart.title)


def _path(context: RunContext, chart: Chart) -> str:
    path = context.run.screenshots / f"{chart.name}.png"
    return path.relative_to(context.run.path).as_posix()


def _attached(context: RunContext, finding: Finding, shown: dict[str, Chart]) -> Finding:
    """With its timeline; a finding about growing work has the picture of that instead."""
    evidence = finding.evidence
    chart = shown.get(finding.id)
    if chart is None and evidence.get("law") == OPERATIONS.id:
        chart = shown.get("work")
    if chart is None:
        return finding
    picture = Attachment(name=chart.title, path=_path(context, chart), type=TYPE)
    return finding.model_copy(update={"attachments": (*finding.attachments, picture)})
