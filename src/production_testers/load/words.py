"""Loads in lines for people: what `ptest load` prints."""

from typing import Any

WAITED_TOLD = 5.0
"""From this percentage on, people are told that others used the machine."""


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
        lines.append(
            f"  sent late by:                    {_latency(document['dispatch_lateness'])}"
        )
    if document["corrected"] is not None:
        lines.append(f"  corrected for omission: {_latency(document['corrected'])}")
    lines += _losses(document)
    used = document["resources"]
    lines.append(
        f"  {used['cpu_us_per_operation']:,.1f} µs CPU an operation (driver and target),"
        f" {used['rss_max_mb']:,.0f} MB, loop late by {used['loop_lag_ms']['max']:g} ms at most,"
        f" garbage collected for {used['gc_ms']['max']:g} ms at most"
    )
    if (waited := used["waited_for_a_core_percent"]) >= WAITED_TOLD:
        lines.append(
            f"  Others had the workers' cores {waited:.0f} % of the time:"
            " an idle machine is faster."
        )
    lines += _memory(used["memory_slope"])
    causes = document["slowest"]["causes"].items()
    if causes:
        named = ", ".join(f"{name} ({count})" for name, count in causes)
        lines.append(f"  the slowest operations' time went to: {named}")
    logged = document["logs"]
    if logged["lines"]:
        levels = ", ".join(f"{count:,} {level}" for level, count in logged["levels"].items())
        lines.append(f"  the target logged {logged['lines']:,} lines: {levels}")
    if not document["settled"]:
        lines.append(
            f"  The latency had settled only after {document['settled_s']:g} s:"
            " a longer --warm-up, or a longer --duration, would be surer."
        )
    lines += [f"  missed: {missed}" for missed in document["slo"]["missed"]]
    lines += told_fault(document["fault"])
    lines += [f"  {path}" for path in document["files"]]
    return "\n".join(lines)


def _memory(slope: dict[str, Any]) -> list[str]:
    """Whether memory grew, with the interval of its slope; nothing where that is not known."""
    if "mb_per_1000" not in slope:
        return []
    low, high = slope["interval_95"]
    return [
        f"  memory: {slope['verdict']}; {slope['mb_per_1000']:+.4g} MB for 1,000 operations"
        f" (95 %: {low:+.4g} to {high:+.4g}), {slope['grown_mb']:+.4g} MB in all"
    ]


def told_fault(fault: dict[str, Any] | None) -> list[str]:
    """Whose fault it is that a target was missed, or a release slower; none where nobody asked."""
    if fault is None:
        return []
    lines = [f"  whose fault: {fault['says']}"]
    for found in fault["findings"]:
        lines.append(f"  FINDING, {found['severity']}: {found['title']}")
        lines.append(f"    {found['replay']}")
    return [*lines, *(f"  no finding: {reason}" for reason in fault["rejected"])]


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
        lines.append("  Percentiles are lower bounds: those took at least as long as they waited.")
    return lines or ["  nothing failed, was dropped or was left over"]


def told_search(document: dict[str, Any]) -> str:
    """The highest rate that meets the targets."""
    best, worst = document["sustainable_tps"], document["missed_from_tps"]
    wanted = ", ".join(f"{name}={value:g}" for name, value in document["targets"].items())
    if best is None:
        head = f"{document['target']}: no rate met {wanted}"
    else:
        sure = "" if document["sure"] else " (not sure: an interval holds its target)"
        above = "" if worst is None else f"; {worst:,.0f} a second did not"
        head = f"{document['target']}: {best:,.0f} a second met {wanted}{sure}{above}"
    rows = [
        f"  {trial['rate']:>12,.0f}  p50 {trial['p50_ms']:>10,.4g}"
        f"  p99 {trial['p99_ms']:>10,.4g} ms"
        f"  {'met' if trial['met'] else '; '.join(trial['why'])}"
        for trial in document["trials"]
    ]
    return "\n".join([head, *rows])


def told_sweep(document: dict[str, Any]) -> str:
    """Throughput against concurrency."""
    lines = [f"{document['target']}: closed loops"]
    for point in document["points"]:
        mean = sum(point["throughput_tps"]) / len(point["throughput_tps"])
        took = sum(point["mean_ms"]) / len(point["mean_ms"])
        lines.append(
            f"  {point['concurrency']:>6}  {mean:>12,.1f} a second  mean {took:>10,.4g} ms"
            f"  Little's law {point['littles_law']:.2f}"
        )
    lines.append(f"  knee (throughput divided by latency): {document['knee']}")
    law = document["law"]
    if law is None:
        return "\n".join([*lines, f"  no law: {document['why_no_law']}"])
    best = law["best_concurrency"]
    peak = "never falls" if best is None else f"highest at {best:,.0f}: {law['highest_tps']:,.0f}"
    lines.append(
        f"  Universal Scalability Law: contention {law['contention']:.4f}, coherency"
        f" {law['coherency']:.2e}, throughput {peak};"
        f" off by {law['error_percent']:.1f} % on average"
    )
    said = document["prediction"]
    lines.append(
        f"  without the last point it predicts {said['predicted_tps']:,.0f} at"
        f" {said['concurrency']}; measured {said['measured_tps']:,.0f}"
        f" ({said['error_percent']:+.1f} %)"
    )
    return "\n".join(lines)


def told_growth(document: dict[str, Any]) -> str:
    """Cost against size."""
    lines = [f"{document['target']}: CPU µs of one operation by {document['quantity']}"]
    for point in document["points"]:
        mean = sum(point["cost_us"]) / len(point["cost_us"])
        lines.append(f"  {point['size']:>8,}  {mean:>12,.1f}")
    for step in document["exponents"]:
        low, high = step["interval"]
        lines.append(
            f"  from {step['from']:,} to {step['to']:,}: grows like"
            f" n^{step['exponent']:.2f} ({low:.2f} to {high:.2f})"
        )
    said = document.get("prediction")
    if said is not None:
        word = "confirmed" if said["confirmed"] else "NOT confirmed"
        low, high = said["interval"]
        lines.append(
            f"  the smaller sizes predict {said['predicted_us']:,.0f} ({low:,.0f} to {high:,.0f})"
            f" at {said['size']:,}; measured {said['measured_us']:,.0f}: {word}"
        )
    return "\n".join(lines)


def told_comparison(document: dict[str, Any]) -> str:
    """Two targets side by side."""
    lines = [f"{document['second']} against {document['first']}, {document['pairs']} pairs"]
    for name, figure in document["figures"].items():
        if figure["verdict"] == "unknown":
            lines.append(f"  {name}: unknown, {figure['why']}")
            continue
        low, high = figure["interval_99"]
        lines.append(
            f"  {name:<21} {figure['first']:>12,.4g} -> {figure['second']:>12,.4g}"
            f"  x{figure['ratio']:.3f} ({low:.3f} to {high:.3f})  {figure['verdict']}"
        )
    return "\n".join([*lines, *told_fault(document["fault"])])


def told_capacity(document: dict[str, Any]) -> str:
    """A load goal, and what it would take."""
    needed, model = document["needed"], document["model"]
    tail, send = document["sustained"], document["at_the_goal"]["from_send"]
    goal = f"{document['goal_tps']:,.0f} a second"
    low, high = needed["cores_between"]
    some, many = needed["machines_between"]
    off = model["error_percent"]
    return "\n".join(
        [
            f"{document['target']}: {goal}: {'met' if document['goal_met'] else 'NOT met'}",
            f"  the most that was sustained: {document['highest_tps']:,.0f} a second"
            f"{_edges(document['highest_interval'])} on {document['cores_used']:.2f} of"
            f" {needed['cores_of_this_machine']} cores; p99 {send['p99_ms']:,.4g} ms from the send",
            f"  at {document['sustained_tps']:,.0f} a second: p50 {tail['p50_ms']:,.4g},"
            f" p99 {tail['p99_ms']:,.4g}, p99.9 {tail['p999_ms']:,.4g} ms from the intended start",
            f"  {goal} need about {needed['cores']} cores busy at most"
            f" {100 * needed['busy_at_most']:.0f} % ({low} to {high}), that is"
            f" {needed['machines_like_this']} machines of {needed['cores_of_this_machine']} cores"
            f" ({some} to {many})",
            f"  one execution cost {model['alone_us']:,.0f} µs CPU alone,"
            f" {model['at_the_goal_us']:,.0f} at the goal"
            f"{'' if off is None else f' ({off:+.1f} %: the error of the model)'},"
            f" {model['sustained_us']:,.0f} at what can be sustained",
        ]
    )


def _edges(edges: list[float] | None) -> str:
    return "" if edges is None else f" (95 %: {edges[0]:,.0f} to {edges[1]:,.0f})"
