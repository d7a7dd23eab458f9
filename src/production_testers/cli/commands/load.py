"""`ptest load`."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import show, show_json, tell
from production_testers.experiments.targets import parse_targets
from production_testers.load import documents
from production_testers.load.arrivals import Shape, parse_burst, parse_rate, read_log
from production_testers.load.plan import Plan
from production_testers.load.result import Result
from production_testers.load.running import keep, perform
from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_json

MISSED, CANNOT_TELL, INTERRUPTED = 3, 2, 75


def load(
    target: str | None = None,
    *,
    url: str | None = None,
    rate: str | None = None,
    concurrency: int | None = None,
    duration: float = 10.0,
    poisson: bool = False,
    burst: str | None = None,
    replay: Path | None = None,
    speed: float = 1.0,
    think: float = 0.0,
    workers: int = 1,
    warm_up: float | None = None,
    timeout: float | None = None,
    slo: str = "",
    method: str = "GET",
    header: tuple[str, ...] = (),
    body: str = "",
    out: Path | None = None,
    seed: Seed = 0,
    json: JsonFlag = False,
) -> int:
    """Put a target under load, and tell the truth about its latency.

    Open loop (--rate, --burst, --replay): operations start when they are meant to, and latency
    counts from there. Closed loop (--concurrency alone): each caller starts its next operation
    when its last one has ended. With both, at most so many are under way, and others wait.

    Args:
        target: An async callable, package.module:name, called with no argument or its number.
        url: An HTTP address instead of a target.
        rate: Operations a second: 500, a ramp 0..2000, or parts such as 100@10,100..900@30.
        concurrency: Callers, or with --rate the most operations under way.
        duration: How long operations are started, in seconds.
        poisson: Gaps between arrivals are random instead of even.
        burst: SIZE@SECONDS: so many at once, every so many seconds.
        replay: A file of arrival times in seconds, one a line.
        speed: A replay goes this many times faster.
        think: Closed loop: seconds between an operation and its caller's next one.
        workers: Processes that share the load.
        warm_up: Seconds cut off at the beginning; a tenth of the duration, at most 10 s.
        timeout: Seconds after which an operation fails.
        slo: Targets such as p99_ms=50,throughput_tps=5000; missing one gives exit code 3.
        method: HTTP method.
        header: HTTP header NAME:VALUE; may be given several times.
        body: HTTP body.
        out: Folder for latency.json, throughput.json, resource_usage.json and *.hlog.
        seed: Where random gaps come from.
        json: Print one JSON document.
    """
    targets = parse_targets(slo)
    kind, words, paths = _target(target, url, method, header, body)
    plan = Plan(
        target=kind,
        words=words,
        paths=paths,
        duration_s=duration,
        shape=_shape(rate, burst, replay, poisson=poisson, speed=speed, seed=seed),
        concurrency=concurrency,
        think_s=think,
        workers=workers,
        warm_up_s=warm_up,
        timeout_s=timeout,
    )
    tell(f"{plan.words}: {plan.load_words}, {plan.duration_s:g} s, seed {seed}")
    result = perform(plan, tell, seed=seed)
    return finish(result, targets, out, json=json)


def finish(
    result: Result, targets: dict[str, float], out: Path | None, *, json: bool
) -> int:
    """Keep and print what a load showed; gives the exit code."""
    document = documents.document(result, targets)
    code = exit_code(result, document)
    files = keep(result, out, result.plan.words) if out is not None else []
    document |= {"files": [str(path.resolve()) for path in files], "exit_code": code}
    if out is not None:
        write_json(out / "load.json", document)
    if json:
        show_json(document)
    else:
        show(told(document))
    return code


def exit_code(result: Result, document: dict[str, Any]) -> int:
    """75 stopped by the user, 2 partial or nothing completed, 3 a target missed, else 0."""
    if result.load.interrupted:
        return INTERRUPTED
    if result.partial or not result.completed:
        return CANNOT_TELL
    return MISSED if document["slo"]["missed"] else 0


def told(document: dict[str, Any]) -> str:
    """The document in lines for people."""
    lines = []
    if document["partial"]:
        lines.append("PARTIAL: these are not the figures of the whole load.")
        lines += [f"  {reason}" for reason in document["partial_reasons"]]
    lines += [
        f"{document['target']}: {document['load']}, {document['duration_s']:g} s"
        f" (the first {document['warm_up_s']:g} s do not count)",
        f"  {document['throughput_tps']:,.1f} operations a second{_between(document)};"
        f" {document['count']:,} completed",
        f"  latency from the {document['latency_from']}: {_latency(document)}",
    ]
    if document["dispatch_lateness"] is not None:
        lines.append(f"  from the send:                   {_latency(document['from_send'])}")
        lines.append(f"  sent late by:                    {_latency(document['dispatch_lateness'])}")
    if document["corrected"] is not None:
        lines.append(f"  corrected for omission: {_latency(document['corrected'])}")
    lines += _losses(document)
    used = document["resources"]
    lines.append(
        f"  {used['cpu_us_per_operation']:,.1f} µs CPU an operation (driver and target),"
        f" {used['rss_max_mb']:,.0f} MB, loop late by {used['loop_lag_ms']['max']:g} ms at most,"
        f" garbage collected for {used['gc_ms']['max']:g} ms at most"
    )
    causes = document["slowest"]["causes"].items()
    if causes:
        named = ", ".join(f"{name} ({count})" for name, count in causes)
        lines.append(f"  the slowest operations' time went to: {named}")
    if not document["settled"]:
        lines.append(
            f"  The latency had settled only after {document['settled_s']:g} s:"
            " a longer --warm-up, or a longer --duration, would be surer."
        )
    lines += [f"  missed: {missed}" for missed in document["slo"]["missed"]]
    lines += [f"  {path}" for path in document["files"]]
    return "\n".join(lines)


def _between(document: dict[str, Any]) -> str:
    edges = document["confidence_95"].get("throughput_tps")
    return "" if edges is None else f" (95 %: {edges[0]:,.1f} to {edges[1]:,.1f})"


def _latency(values: dict[str, float]) -> str:
    names = ("p50_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms")
    shown = (f"{name.removesuffix('_ms')} {values[name]:,.4g}" for name in names)
    return f"{'  '.join(shown)} ms"


def _losses(document: dict[str, Any]) -> list[str]:
    words = {
        "failed": "failed",
        "dropped": "arrivals dropped, because too many operations were under way",
        "not_sent": "arrivals never sent: they waited for their turn until the end",
        "unfinished": "had not ended when waiting for them was given up",
    }
    lines = [f"  {document[name]:,} {said}" for name, said in words.items() if document[name]]
    shown = list(document["errors"].items())[:5]
    lines += [f"    {count:,} x {error}" for error, count in shown]
    if document["percentiles_are_lower_bounds"]:
        lines.append("  Percentiles are lower bounds: those took at least as long as they had waited.")
    return lines or ["  nothing failed, was dropped or was left over"]


def _shape(
    rate: str | None,
    burst: str | None,
    replay: Path | None,
    *,
    poisson: bool,
    speed: float,
    seed: int,
) -> Shape | None:
    given = [name for name, value in _named(rate, burst, replay) if value is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other.")
    if poisson and rate is None:
        raise UsageError("--poisson needs --rate.")
    if not 0 < speed < float("inf"):
        raise UsageError(f"--speed {speed:g}: it must be more than 0, and finite.")
    if rate is not None:
        return Shape(segments=parse_rate(rate), poisson=poisson, seed=seed)
    if burst is not None:
        return Shape(burst=parse_burst(burst), seed=seed)
    if replay is not None:
        read_log(replay)
        return Shape(replay=str(replay.resolve()), speed=speed, seed=seed)
    return None


def _named(*values: object) -> list[tuple[str, object]]:
    return list(zip(("--rate", "--burst", "--replay"), values, strict=True))


def _target(
    target: str | None, url: str | None, method: str, header: tuple[str, ...], body: str
) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    if (target is None) == (url is None):
        raise UsageError("Give either a target such as package.module:function, or --url.")
    if url is not None:
        made = {"kind": "http", "url": url, "method": method.upper(), "body": body}
        return {**made, "headers": _headers(header)}, f"{method.upper()} {url}", ()
    name = str(target)
    if ":" not in name:
        raise UsageError(f"{name!r} is no target.", do="Write it like package.module:function.")
    return {"kind": "callable", "name": name}, name, (str(Path.cwd()),)


def _headers(lines: tuple[str, ...]) -> list[list[str]]:
    found = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or "\n" in line or "\r" in line:
            raise UsageError(f"--header {line!r}: it is no header.", do="Write it like Name: value.")
        found.append([name.strip(), value.strip()])
    return found
