"""`ptest load`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from cyclopts import Parameter

from production_testers.cli.options import Count, JsonFlag, Seed
from production_testers.cli.output import show, show_json, tell
from production_testers.experiments.environments import Sut
from production_testers.experiments.targets import FAILED, parse_targets, targets_missed
from production_testers.load import documents, words
from production_testers.load.analysis import capacity, experiments
from production_testers.load.analysis.search import Search
from production_testers.load.arrivals import Shape, constant, parse_burst, parse_rate, read_log
from production_testers.load.flame import Flame
from production_testers.load.plan import Plan
from production_testers.load.result import Result
from production_testers.load.running import keep, perform
from production_testers.load.subjects import Choice, Subject, of_entry, of_folder, of_shape
from production_testers.model.errors import UsageError
from production_testers.model.scenario import Kind
from production_testers.phases.loading import judge_missed, judge_slower, later_of
from production_testers.reports.charts import limits, measurements
from production_testers.reports.charts.chart import Chart
from production_testers.reports.load_page import keep_pictures
from production_testers.workspace.atomic import write_json

_Value = TypeVar("_Value")

REGRESSED, CANNOT_TELL, MISSED, INTERRUPTED = 1, 2, 3, 75
COMPARED = ("cpu_us_per_operation", "p50_ms", "p99_ms")
"""Figures of a comparison that a slower release shows in."""

DEFAULT_SUT = "stageflow-core"
DEFAULT_DURATION_S = 10.0
QUANTITIES = ("stages", "fan_out", "payload", "concurrency")
CHAIN = 5
"""Stages of the pipeline whose payload or concurrency grows."""


def load(
    target: str | None = None,
    *,
    url: str | None = None,
    rate: str | None = None,
    concurrency: Count | None = None,
    duration: float | None = None,
    poisson: Annotated[bool, Parameter(negative="")] = False,
    burst: str | None = None,
    replay: Path | None = None,
    speed: float = 1.0,
    think: float = 0.0,
    workers: Count | None = None,
    warm_up: float | None = None,
    timeout: float | None = None,
    slo: str = "",
    find: Annotated[bool, Parameter(negative="")] = False,
    sweep: str | None = None,
    grow: str | None = None,
    against: str | None = None,
    rounds: Count | None = None,
    sut: str | None = None,
    kind: str = "baseline",
    trivial: Annotated[bool, Parameter(negative="")] = False,
    work: float = 1.0,
    method: str = "GET",
    header: tuple[str, ...] = (),
    body: str = "",
    out: Path | None = None,
    flame: Annotated[bool, Parameter(negative="")] = False,
    seed: Seed = 0,
    json: JsonFlag = False,
) -> int:
    """Put a target under load, and tell the truth about its latency.

    Open loop (--rate, --burst, --replay): operations start when they are meant to, and latency
    counts from there. Closed loop (--concurrency alone): each caller starts its next operation
    when its last one has ended. With both, at most so many are under way, and others wait.

    Args:
        target: An async callable package.module:name, called with no argument or its number; or
            a roadmap entry, or a run folder: one execution of its pipeline is one operation.
        url: An HTTP address instead of a target.
        rate: Operations a second: 500, a ramp 0..2000, or parts such as 100@10,100..900@30.
        concurrency: Callers, or with --rate the most operations under way.
        duration: How long operations are started, in seconds; 10, or what the entry names.
        poisson: Gaps between arrivals are random instead of even.
        burst: SIZE@SECONDS: so many at once, every so many seconds.
        replay: A file of arrival times in seconds, one a line.
        speed: A replay goes this many times faster.
        think: Closed loop: seconds between an operation and its caller's next one.
        workers: Processes that share the load; 1.
        warm_up: Seconds cut off at the beginning; a tenth of the duration, at most 10 s.
        timeout: Seconds after which an operation fails.
        slo: Targets such as p99_ms=50,throughput_tps=5000; missing one gives exit code 3.
        find: Search the highest rate that meets --slo; each trial lasts --duration.
        sweep: Closed loops of 1,2,4,8 callers: throughput, knee, Universal Scalability Law.
        grow: CPU time of one execution by size, such as stages=10,30,100,300; also fan_out,
            payload and concurrency.
        against: Compare with another target, or another release such as stageflow-core==0.9.0.
        rounds: How often --sweep (3), --grow (5) and --against (10) measure, interleaved.
        sut: The system under test of an entry or a pipeline; stageflow-core.
        kind: Which pipeline of an entry or a run folder.
        trivial: The pipeline's stages do nothing: the framework's own cost.
        work: The times of the pipeline's own work are multiplied by this.
        method: HTTP method.
        header: HTTP header NAME:VALUE; may be given several times.
        body: HTTP body.
        out: Folder for what was measured: JSON, *.hlog, pictures and a page.
        flame: With --out: a flame graph of the first worker, where py-spy is installed.
        seed: Where random gaps, scenarios and resampling come from.
        json: Print one JSON document.
    """
    ask = _Ask(
        sut=None if sut is None else Sut.parse(sut),
        choice=Choice(kind=_kind(kind), seed=seed, trivial=trivial, work=_work(work)),
        http={"method": method.upper(), "body": body, "headers": _headers(header)},
    )
    here = _Session(out=out, json=json, seed=seed)
    if flame and (out is None or find or sweep or grow or against):
        raise UsageError("--flame needs --out, and a single load.")
    modes = {"--find": find, "--sweep": sweep, "--grow": grow, "--against": against}
    chosen = [name for name, value in modes.items() if value]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other.")
    if grow is not None:
        if target is not None or url is not None:
            raise UsageError("--grow makes its own pipelines: give it no target.")
        return _grow(
            grow, ask, here, _given(duration, 2.0), _rounds(rounds, 5), _given(concurrency, 1)
        )
    with ask.subject(target, url) as subject:
        goal = subject.goal
        targets = parse_targets(slo)
        shape = _shape(rate, burst, replay, poisson=poisson, speed=speed, seed=seed)
        is_goal = goal is not None and shape is None and concurrency is None and not chosen
        if is_goal and goal is not None:
            shape, concurrency = constant(goal.rate_tps, seed=seed), goal.concurrency
            duration, workers = _given(duration, goal.duration_s), _given(workers, _cores())
        plan = Plan(
            **subject.plan_arguments(),
            duration_s=_given(duration, DEFAULT_DURATION_S),
            shape=shape,
            concurrency=_given(concurrency, 1 if find or sweep else None),
            think_s=think,
            workers=_given(workers, 1),
            warm_up_s=warm_up,
            timeout_s=timeout,
        )
        if find:
            return _find(plan, targets, here)
        if sweep is not None:
            return _sweep(plan, sweep, _rounds(rounds, 3), here)
        if against is not None:
            with ask.other(target, url, against) as other:
                second = replace(plan, **other.plan_arguments())
                return _compare((subject, plan), (other, second), _rounds(rounds, 10), here)
        tell(f"{plan.words}: {plan.load_words}, {plan.duration_s:g} s, seed {seed}")
        if is_goal and goal is not None:
            return _capacity(subject, plan, {**capacity.targets(goal.rate_tps), **targets}, here)
        return _one(subject, plan, targets, here, flame=flame)


class _Ask:
    """Turns what the user wrote into a target."""

    def __init__(self, *, sut: Sut | None, choice: Choice, http: dict[str, Any]) -> None:
        self.sut = sut
        self.choice = choice
        self.http = http

    @contextmanager
    def subject(self, target: str | None, url: str | None) -> Iterator[Subject]:
        """The target."""
        if (target is None) == (url is None):
            raise UsageError("Give either a target such as package.module:function, or --url.")
        if url is not None:
            if not url.startswith(("http://", "https://")):
                raise UsageError(f"--url {url!r}: it must begin with http:// or https://.")
            made = {"kind": "http", "url": url, **self.http}
            yield Subject(target=made, words=f"{self.http['method']} {url}")
            return
        name = str(target)
        if ":" in name:
            path = (str(Path.cwd()),)
            yield Subject(target={"kind": "callable", "name": name}, words=name, paths=path)
        elif Path(name).is_dir():
            with of_folder(Path(name), self.sut, self.choice) as found:
                yield found
        else:
            with of_entry(name, self.sut or Sut.parse(DEFAULT_SUT), self.choice) as found:
                yield found

    @contextmanager
    def other(self, target: str | None, url: str | None, against: str) -> Iterator[Subject]:
        """What a target is compared with: another one, or the same on another release."""
        if against.startswith(("http://", "https://")):
            with self.subject(None, against) as found:
                yield found
        elif ":" in against and "==" not in against and "@" not in against:
            with self.subject(against, None) as found:
                yield found
        elif target is None or ":" in target:
            raise UsageError(
                f"--against {against!r}: it is no target.",
                do="Write package.module:function, or an address.",
            )
        else:
            changed = _Ask(sut=Sut.parse(against), choice=self.choice, http=self.http)
            with changed.subject(target, url) as found:
                yield found


class _Session:
    """What all modes share: where results go, and how plans are carried out."""

    def __init__(self, *, out: Path | None, json: bool, seed: int) -> None:
        self.out = out
        self.json = json
        self.seed = seed

    def run(self, plan: Plan) -> Result:
        """Carry one plan out, silently."""
        return perform(plan, seed=self.seed)

    def result(
        self,
        document: dict[str, Any],
        told: Callable[[dict[str, Any]], str],
        *charts: Chart | None,
    ) -> None:
        """Keep and print a document, and draw its charts."""
        if self.out is not None:
            drawable = [chart for chart in charts if chart is not None]
            document["files"] = [
                *document.get("files", ()),
                *keep_pictures(drawable, self.out, told(document).splitlines()[0], tell),
                str((self.out / "load.json").resolve()),
            ]
            write_json(self.out / "load.json", document)
        if self.json:
            show_json(document)
        else:
            show(told(document))


def _find(plan: Plan, targets: dict[str, float], here: _Session) -> int:
    if not targets:
        raise UsageError("--find needs targets.", do="Such as --slo p99_ms=50.")
    tell(f"{plan.words}: searching, {plan.duration_s:g} s a trial")
    found = Search(plan, targets, here.run, tell).run()
    code = 0 if found["sustainable_tps"] else MISSED
    document = {"target": plan.words, **found, "exit_code": code}
    here.result(document, words.told_search, limits.rate(document))
    return code


def _sweep(plan: Plan, text: str, rounds: int, here: _Session) -> int:
    sizes = _sizes("--sweep", text)
    tell(f"{plan.words}: {len(sizes)} concurrencies, {rounds} rounds, {plan.duration_s:g} s each")
    scaling = experiments.sweep(plan, sizes, rounds, here.run, tell)
    document = {"target": plan.words, **scaling.document(seed=here.seed), "exit_code": 0}
    here.result(document, words.told_sweep, limits.scaling(document))
    return 0


def _grow(
    text: str, ask: _Ask, here: _Session, duration: float, rounds: int, concurrency: int
) -> int:
    quantity, _, listed = text.partition("=")
    if quantity not in QUANTITIES:
        raise UsageError(
            f"--grow {text!r}: unknown.",
            do=f"Write stages=10,30,100; known: {', '.join(QUANTITIES)}.",
        )
    sizes = _sizes(f"--grow {quantity}", listed)
    if len(sizes) < 2:
        raise UsageError(f"--grow {text!r}: growth needs two sizes at least.")
    sut = ask.sut or Sut.parse(DEFAULT_SUT)
    plans = {}
    for size in sizes:
        shape = "fan_out" if quantity == "fan_out" else "chain"
        payload = size if quantity == "payload" else 0
        stages = size if quantity in {"stages", "fan_out"} else CHAIN
        subject = of_shape(shape, stages, sut, payload=payload)
        callers = size if quantity == "concurrency" else concurrency
        plans[size] = Plan(
            **subject.plan_arguments(), duration_s=duration, concurrency=callers, drain_s=60.0
        )
    tell(f"{sut}: {quantity} {listed}, {rounds} rounds, {duration:g} s each")
    growth = experiments.grow(plans, quantity, rounds, here.run, tell)
    document = {"target": str(sut), **growth.document(seed=here.seed), "exit_code": 0}
    here.result(document, words.told_growth, limits.growth(document))
    return 0


def _compare(
    one: tuple[Subject, Plan], other: tuple[Subject, Plan], pairs: int, here: _Session
) -> int:
    (_, first), (_, second) = one, other
    tell(f"{second.words} against {first.words}: {pairs} pairs, {first.duration_s:g} s each")
    figures = experiments.compare(first, second, pairs, here.run, tell).document(seed=here.seed)
    document: dict[str, Any] = {
        "first": first.words,
        "second": second.words,
        "load": first.load_words,
        "pairs": pairs,
        "figures": figures,
    }
    code, document["fault"] = 0, None
    if (slower := _slower(one, other, figures)) is not None:
        tell("one release is slower: measuring pairs for evidence")
        judged = judge_slower(*slower, here.out, tell)
        document["fault"] = judged.as_json()
        code = REGRESSED if judged.findings else 0
    document["exit_code"] = code
    here.result(document, words.told_comparison)
    return code


def _slower(
    one: tuple[Subject, Plan], other: tuple[Subject, Plan], figures: dict[str, Any]
) -> tuple[Subject, Plan, Sut] | None:
    """The later of two releases, the load, and the earlier release, where the later is slower."""
    suts = one[0].sut, other[0].sut
    if suts[0] is None or suts[1] is None:
        return None
    order = later_of(suts[0], suts[1])
    if order is None:
        return None
    bad = "better" if order == 0 else "worse"  # the second is told as against the first
    judged = [figures[name]["verdict"] for name in COMPARED if name in figures]
    if bad not in judged:
        return None
    (subject, plan), earlier = (one, suts[1]) if order == 0 else (other, suts[0])
    return subject, plan, earlier


def _capacity(subject: Subject, plan: Plan, targets: dict[str, float], here: _Session) -> int:
    assert subject.goal is not None, "it is its goal that is measured"
    measured = capacity.measure(plan, subject.goal.rate_tps, _cores(), here.run, tell)
    whole = documents.document(measured.goal, targets)
    stated = capacity.statement(measured)
    partial = [*measured.goal.partial, *measured.alone.partial, *measured.sustained.partial]
    code = exit_code(measured.goal, whole)
    if partial and code in {0, MISSED}:
        code = CANNOT_TELL
    files = _kept(measured.goal, here.out)
    document = {**whole, "capacity": stated, "files": files, "exit_code": code}
    document["fault"] = _fault(subject, measured.goal, document, targets, here)
    here.result(
        document,
        lambda told: "\n".join(
            [words.told(told), words.told_capacity({**stated, "target": plan.words})]
        ),
        *_charts(measured.goal),
    )
    return code


def _fault(
    subject: Subject,
    result: Result,
    document: dict[str, Any],
    targets: dict[str, float],
    here: _Session,
) -> dict[str, Any] | None:
    """Whose fault a missed target is; None where none was missed, or the load is not whole."""
    if document["exit_code"] != MISSED:
        return None
    missed = {
        name: value
        for name, value in targets.items()
        if targets_missed({**document, FAILED: 0.0}, {name: value})
    }
    tell(f"missed: {'; '.join(document['slo']['missed'])}: whose fault is that?")
    return judge_missed(subject, result, missed, here.out, tell).as_json()


def _charts(result: Result) -> list[Chart | None]:
    found = documents.metrics(result, result.plan.words)
    over_time, usage = found["throughput.json"], found["resource_usage.json"]
    return [
        measurements.latency(found["latency.json"]),
        measurements.throughput(over_time),
        measurements.memory(usage),
        measurements.timeline(over_time, usage),
    ]


def _kept(result: Result, out: Path | None) -> list[str]:
    if out is None:
        return []
    return [str(path.resolve()) for path in keep(result, out, result.plan.words)]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        known = ", ".join(kind.value for kind in Kind)
        raise UsageError(f"--kind {text!r}: unknown.", do=f"Known: {known}.") from None


def _given(value: _Value | None, default: _Value) -> _Value:
    """The user's value; 0 is one, and is judged where it is used."""
    return default if value is None else value


def _rounds(rounds: int | None, default: int) -> int:
    if rounds is not None and rounds < 1:
        raise UsageError(f"--rounds {rounds}: it must be 1 at least.")
    return _given(rounds, default)


def _work(scale: float) -> float:
    if not 0 <= scale < float("inf"):
        raise UsageError(f"--work {scale:g}: it must be 0 or more, and finite.")
    return scale


def _sizes(name: str, text: str) -> list[int]:
    try:
        found = sorted({int(part) for part in text.split(",")})
    except ValueError:
        found = [0]
    if found[0] < 1:
        raise UsageError(f"{name} {text!r}: it cannot be read.", do="Write it like 1,2,4,8.")
    return found


def _one(
    subject: Subject, plan: Plan, targets: dict[str, float], here: _Session, *, flame: bool
) -> int:
    recorded = Flame(here.out / "flame.svg") if flame and here.out is not None else None
    result = perform(plan, tell, seed=here.seed, flame=recorded)
    if recorded is not None and recorded.finish() is None:
        tell(f"  no flame graph: {recorded.missing}")
    return finish(subject, result, targets, here)


def finish(subject: Subject, result: Result, targets: dict[str, float], here: _Session) -> int:
    """Keep and print what a load showed; gives the exit code."""
    document = documents.document(result, targets)
    code = exit_code(result, document)
    document |= {"files": _kept(result, here.out), "exit_code": code}
    document["fault"] = _fault(subject, result, document, targets, here)
    here.result(document, words.told, *_charts(result))
    return code


def exit_code(result: Result, document: dict[str, Any]) -> int:
    """75 stopped by the user, 2 partial or nothing completed, 3 a target missed, else 0."""
    if result.load.interrupted:
        return INTERRUPTED
    if result.partial or not result.completed:
        return CANNOT_TELL
    return MISSED if document["slo"]["missed"] else 0


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


def _headers(lines: tuple[str, ...]) -> list[list[str]]:
    found = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or "\n" in line or "\r" in line:
            raise UsageError(
                f"--header {line!r}: it is no header.", do="Write it like Name: value."
            )
        found.append([name.strip(), value.strip()])
    return found
