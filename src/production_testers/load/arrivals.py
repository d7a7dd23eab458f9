"""Load shapes: when operations are meant to start.

A shape is a rate over time, bursts, or a recorded log. The n-th arrival of a shape is a function
of n, so several workers share one shape by taking every k-th arrival.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from production_testers.model import seeds
from production_testers.model.errors import UsageError

NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a shape in which the rate goes evenly from one value to another.

    Attributes:
        first: Arrivals a second at its beginning.
        last: Arrivals a second at its end.
        seconds: How long it lasts; None for what is left of the run.
    """

    first: float
    last: float
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """When operations are meant to start; exactly one of the first three is given.

    Attributes:
        segments: The rate over time; after the last one it stays at its end.
        burst: This many at once, and the seconds from one burst to the next.
        replay: A file of arrival times in seconds, one a line.
        poisson: Gaps are random (exponential) instead of even; the rates stay.
        speed: A replay goes this many times faster.
        seed: Where random gaps come from.
    """

    segments: tuple[Segment, ...] = ()
    burst: tuple[int, float] | None = None
    replay: str | None = None
    poisson: bool = False
    speed: float = 1.0
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """As it crosses the pipe to a worker, and stands in reports."""
        return {
            "segments": [[s.first, s.last, s.seconds] for s in self.segments],
            "burst": None if self.burst is None else list(self.burst),
            "replay": self.replay,
            "poisson": self.poisson,
            "speed": self.speed,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Shape":
        """The inverse of `as_json`."""
        segments = [Segment(first=a, last=b, seconds=s) for a, b, s in value["segments"]]
        burst = value["burst"]
        return cls(
            segments=tuple(segments),
            burst=None if burst is None else (int(burst[0]), float(burst[1])),
            replay=value["replay"],
            poisson=value["poisson"],
            speed=value["speed"],
            seed=value["seed"],
        )

    @property
    def words(self) -> str:
        """The shape in words, for reports."""
        if self.burst is not None:
            return f"bursts of {self.burst[0]} every {self.burst[1]:g} s"
        if self.replay is not None:
            faster = "" if self.speed == 1 else f", {self.speed:g} times as fast"
            return f"arrivals of {Path(self.replay).name}{faster}"
        parts = [_words(segment) for segment in self.segments]
        return f"{', then '.join(parts)} a second{', Poisson' if self.poisson else ''}"

    def arrivals(self, duration_s: float, worker: int = 0, workers: int = 1) -> Iterator[int]:
        """Nanoseconds from the start, ascending, of every `workers`-th arrival before the end.

        Raises:
            UsageError: A log to be replayed cannot be read.
        """
        end = round(duration_s * NS)
        if self.replay is not None:
            times: Iterator[int] = iter(read_log(Path(self.replay), self.speed)[worker::workers])
        elif self.burst is not None:
            times = _bursts(self.burst, worker, workers)
        else:
            times = _inverted(self.segments, self._counts(worker, workers))
        for moment in times:
            if moment >= end:
                return
            yield moment

    def _counts(self, worker: int, workers: int) -> Iterator[float]:
        """How many arrivals of the whole there were before each of this worker's."""
        if not self.poisson:
            count = worker
            while True:
                yield count
                count += workers
        random = Random(seeds.derive(self.seed, "arrivals", worker))
        total = 0.0
        while True:
            total += random.expovariate(1 / workers)
            yield total


def constant(rate: float, *, poisson: bool = False, seed: int = 0) -> Shape:
    """The same rate all the time."""
    return Shape(segments=(Segment(first=rate, last=rate),), poisson=poisson, seed=seed)


def parse_rate(text: str) -> tuple[Segment, ...]:
    """Read a rate over time: `500`, a ramp `0..2000`, or parts such as `100@10,100..900@30,900`.

    Raises:
        UsageError: It cannot be read, or there is never a rate above 0.
    """
    parts = [part.strip() for part in text.split(",")]
    segments = tuple(_segment(part, text) for part in parts)
    if any(segment.seconds is None for segment in segments[:-1]):
        raise UsageError(
            f"--rate {text!r}: every part but the last needs its seconds.",
            do="Write it like 100@10,100..900@30,900.",
        )
    if not any(segment.first or segment.last for segment in segments):
        raise UsageError(f"--rate {text!r}: nothing would ever start.", do="Give a rate above 0.")
    return segments


def parse_burst(text: str) -> tuple[int, float]:
    """Read `SIZE@SECONDS`.

    Raises:
        UsageError: It cannot be read.
    """
    size, _, seconds = text.partition("@")
    try:
        found = int(size), float(seconds)
    except ValueError:
        found = 0, 0.0
    if found[0] < 1 or not 0 < found[1] < math.inf:
        raise UsageError(
            f"--burst {text!r}: it cannot be read.", do="Write it like 100@5: 100 every 5 s."
        )
    return found


def read_log(path: Path, speed: float = 1.0) -> list[int]:
    """Arrival times of a log, in nanoseconds from its first one, ascending.

    Raises:
        UsageError: There is no such file, or a line is no number.
    """
    moments = []
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip() and not line.startswith("#"):
                    moments.append(_moment(line, path, number))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--replay {path}: it cannot be read: {error}.") from error
    if not moments:
        raise UsageError(f"--replay {path}: it holds no arrival.", do="One time in seconds a line.")
    moments.sort()
    return [round((moment - moments[0]) / speed * NS) for moment in moments]


def _moment(line: str, path: Path, number: int) -> float:
    try:
        moment = float(line.split(maxsplit=1)[0])
    except ValueError:
        moment = math.nan
    if not math.isfinite(moment):
        raise UsageError(
            f"--replay {path}:{number}: {line.strip()[:40]!r} is no time.",
            do="One time in seconds a line.",
        )
    return moment


def _segment(part: str, whole: str) -> Segment:
    rate, _, seconds = part.partition("@")
    first, is_ramp, last = rate.partition("..")
    try:
        begin = float(first)
        found = Segment(
            first=begin,
            last=float(last) if is_ramp else begin,
            seconds=float(seconds) if seconds else None,
        )
    except ValueError:
        found = Segment(first=-1, last=-1)
    numbers = (found.first, found.last, found.seconds or 0.0)
    if not all(0 <= number < math.inf for number in numbers) or found.seconds == 0:
        raise UsageError(
            f"--rate {whole!r}: {part!r} cannot be read.",
            do="Write 500, a ramp 0..2000, or parts such as 100@10,100..900@30,900.",
        )
    return found


def _words(segment: Segment) -> str:
    same = segment.first == segment.last
    rate = f"{segment.first:g}" if same else f"{segment.first:g} rising to {segment.last:g}"
    if segment.last < segment.first:
        rate = f"{segment.first:g} falling to {segment.last:g}"
    return rate if segment.seconds is None else f"{rate} for {segment.seconds:g} s"


def _bursts(burst: tuple[int, float], worker: int, workers: int) -> Iterator[int]:
    size, seconds = burst
    count = worker
    while True:
        yield round(count // size * seconds * NS)
        count += workers


def _inverted(segments: Sequence[Segment], counts: Iterator[float]) -> Iterator[int]:
    """When the integral of the rate reaches each count."""
    parts = iter(segments)
    part = next(parts)
    began_s = before = 0.0
    for count in counts:
        while part.seconds is not None and count >= before + _area(part):
            following = next(parts, None)
            before += _area(part)
            began_s += part.seconds
            part = following or Segment(first=part.last, last=part.last)
        if part.first == part.last == 0:
            return
        yield round((began_s + _into(part, count - before)) * NS)


def _area(part: Segment) -> float:
    return (part.first + part.last) / 2 * (part.seconds or 0.0)


def _into(part: Segment, count: float) -> float:
    """Seconds into a part after which it has given `count` arrivals."""
    slope = (part.last - part.first) / part.seconds if part.seconds else 0.0
    if count <= 0:
        return 0.0
    root = math.sqrt(max(0.0, part.first**2 + 2 * slope * count))
    return 2 * count / (part.first + root)


def bounded(shape: Shape, duration_s: float) -> Shape:
    """The shape with an end for its last part: a ramp without seconds lasts until the run's end."""
    if not shape.segments or shape.segments[-1].seconds is not None:
        return shape
    *earlier, last = shape.segments
    left = duration_s - sum(segment.seconds or 0.0 for segment in earlier)
    if left <= 0:
        return shape
    whole = Segment(first=last.first, last=last.last, seconds=left)
    return Shape(
        segments=(*earlier, whole), poisson=shape.poisson, seed=shape.seed, speed=shape.speed
    )


def planned(shape: Shape, duration_s: float) -> float:
    """How many arrivals the shape has before the end, on average for random gaps."""
    if shape.replay is not None or shape.burst is not None:
        return sum(1 for _ in shape.arrivals(duration_s))
    total, left = 0.0, duration_s
    for segment in bounded(shape, duration_s).segments:
        seconds = min(left, segment.seconds if segment.seconds is not None else left)
        length = segment.seconds or seconds or 1.0
        at_end = segment.first + (segment.last - segment.first) * seconds / length
        total += (segment.first + at_end) / 2 * seconds
        left -= seconds
    return total + left * shape.segments[-1].last
