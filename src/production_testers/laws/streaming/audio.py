"""What an audio buffer gives back of what it took."""

import base64
from collections.abc import Mapping
from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.audio_buffer import BYTES_PER_SAMPLE, samples


class _Buffer:
    """What must be in it, as its own answers say what it dropped and gave."""

    def __init__(self, settings: Mapping[str, Any], judgement: Judgement) -> None:
        self._frame = BYTES_PER_SAMPLE * int(settings["channels"])
        self._rate = int(settings["rate"])
        self._channels = int(settings["channels"])
        self._max_ms = float(settings["max_ms"])
        self._judgement = judgement
        self._held = b""
        self._counts = {"received": 0, "read": 0, "dropped": 0}

    def apply(self, line: CallLine) -> bool:
        """Judge one call; False where nothing can be said of what follows."""
        if line.outcome != "returned":
            return False
        return {"add": self._add, "read": self._read, "stats": self._stats}[line.call.operation](
            line
        )

    def _ms(self, count: int) -> float:
        return count / self._frame / self._rate * 1000

    def _whole(self, line: CallLine, count: int, what: str) -> None:
        self._judgement.judge(
            count % self._frame == 0,
            "torn-samples",
            lambda: (
                f"call {line.key} {what} {count} bytes, and one sample of every channel has"
                f" {self._frame}"
            ),
            run=line.key,
        )

    def _add(self, line: CallLine) -> bool:
        given: Mapping[str, Any] = line.call.arguments
        chunk = samples(given["first"], given["frames"], self._channels)
        dropped = line.value
        if not isinstance(dropped, int) or not 0 <= dropped <= len(self._held) + len(chunk):
            self._judgement.judge(
                False,  # noqa: FBT003 - it is wrong
                "counts-wrong",
                lambda: f"call {line.key} of add {line.in_words()}",
                run=line.key,
            )
            return False
        before = self._ms(len(self._held) + len(chunk))
        self._judgement.judge(
            dropped == 0 or before > self._max_ms,
            "drops-with-room",
            lambda: (
                f"call {line.key} dropped {dropped} bytes, though with it {before:.1f} of"
                f" {self._max_ms:g} ms were there"
            ),
            run=line.key,
        )
        self._whole(line, dropped, "dropped")
        self._held = (self._held + chunk)[dropped:]
        self._counts["received"] += len(chunk)
        self._counts["dropped"] += dropped
        held = self._ms(len(self._held))
        self._judgement.judge(
            held <= self._max_ms + 1,
            "over-max",
            lambda: (
                f"after call {line.key} {held:.1f} ms are in a buffer of at most"
                f" {self._max_ms:g} ms"
            ),
            run=line.key,
        )
        return True

    def _read(self, line: CallLine) -> bool:
        if not isinstance(line.value, str):
            return False  # too long for the history
        got = base64.b64decode(line.value)
        right = self._held.startswith(got)
        self._judgement.judge(
            right,
            "not-what-came",
            lambda: f"call {line.key} gave {len(got)} bytes that are not the oldest ones",
            run=line.key,
        )
        self._whole(line, len(got), "gave")
        wanted = min(line.call.arguments["ms"], self._ms(len(self._held)))  # type: ignore[type-var]
        self._judgement.judge(
            abs(self._ms(len(got)) - float(wanted)) <= 1,  # type: ignore[arg-type]
            "wrong-length",
            lambda: (
                f"call {line.key} asked for {line.call.arguments['ms']} ms,"
                f" {self._ms(len(self._held)):.1f} were there, and {self._ms(len(got)):.1f} came"
            ),
            run=line.key,
        )
        self._held = self._held[len(got) :]
        self._counts["read"] += len(got)
        return right

    def _stats(self, line: CallLine) -> bool:
        due = {**self._counts, "held": len(self._held)}
        self._judgement.judge(
            line.value == due,
            "counts-wrong",
            lambda: f"call {line.key} says {line.value}, and it is {due}",
            run=line.key,
        )
        return True


def check(observation: Observation) -> Verdict:
    """Judge the calls in the order in which they were made."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    lines = [line for line in calls_of(observation) if line.ended is not None]
    lines.sort(key=lambda line: line.ended.seq if line.ended else 0)
    buffer = _Buffer(usage.settings, judgement)
    for index, line in enumerate(lines):
        if not all(ended_before(line, later) for later in lines[index + 1 :]):
            break  # which came first cannot be told
        if not buffer.apply(line):
            break
    return judgement.verdict()


LAW = Law(
    id="streaming/audio",
    statement="An audio buffer gives back the samples that came, whole and in order, as many as"
    " were asked for or are there; it holds no more than its maximum, drops the oldest only where"
    " there is no room, and counts what it does.",
    category=Category.CORRECTNESS,
    capability=Capability.AUDIO_BUFFER,
    units=frozenset({"audio_buffer"}),
    classes={
        "not-what-came": OutcomeClass(
            title="An audio buffer gives back other samples than came",
            severity=Severity.HIGH,
            why="what is heard is not what was said",
        ),
        "torn-samples": OutcomeClass(
            title="An audio buffer cuts through the middle of a sample",
            severity=Severity.HIGH,
            why="from there on every sample is made of two halves that do not belong together:"
            " noise, or an error in whatever decodes it",
        ),
        "wrong-length": OutcomeClass(
            title="An audio buffer gives more or less than was asked for and is there",
            severity=Severity.MEDIUM,
            why="playing runs ahead or stutters",
        ),
        "over-max": OutcomeClass(
            title="An audio buffer holds more than its maximum",
            severity=Severity.MEDIUM,
            why="the delay that the maximum bounds grows",
        ),
        "drops-with-room": OutcomeClass(
            title="An audio buffer drops samples although there is room",
            severity=Severity.MEDIUM,
            why="what is heard has holes for no reason",
        ),
        "counts-wrong": OutcomeClass(
            title="An audio buffer counts its bytes wrong",
            severity=Severity.LOW,
            why="losses are not noticed",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
