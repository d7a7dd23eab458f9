"""Audio buffer: takes chunks of 16-bit samples as they come, and gives them back evenly."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

BYTES_PER_SAMPLE = 2

RATES = (8_000, 11_025, 16_000, 22_050)
"""Sample rates of telephony and of multimedia files."""

CHUNK_MS_MAX = 40


def samples(first: int, frames: int, channels: int) -> bytes:
    """What a chunk holds: bytes that go on from each other, so that a shift is seen."""
    return bytes((first + i) % 251 for i in range(frames * channels * BYTES_PER_SAMPLE))


def draw(random: Random, kind: Kind) -> Usage:
    """Chunks come and are played, mostly one after the other."""
    rate = random.choice(RATES)
    channels = 1 if rate > RATES[1] else random.choice((1, 2))
    calls = []
    for client in range(drawing.clients(random, kind)):
        share = random.choice((2, 6))
        for number in range(random.randint(2, 12)):
            operation = random.choices(("add", "read", "stats"), (5, share, 1))[0]
            arguments: dict[str, Any] = {}
            if operation == "add":
                ms = random.choice((5, 10, 20, CHUNK_MS_MAX))
                frames = rate * ms // 1000 - random.choice((0, 0, 1))
                arguments = {"first": random.randint(0, 250), "frames": frames}
            elif operation == "read":
                arguments = {"ms": random.choice((5, 10, 20, CHUNK_MS_MAX))}
            calls.append(
                drawing.call(
                    client, number, operation, arguments, after_ms=random.choice((0.0, 1.0, 5.0))
                )
            )
    return Usage(
        unit="audio_buffer",
        settings={
            "rate": rate,
            "channels": channels,
            "max_ms": random.choice((CHUNK_MS_MAX, 60, 100, 2_000)),
        },
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """The rate is a real one, chunks are not empty and not longer than the buffer."""
    settings: Mapping[str, Any] = usage.settings
    if settings["rate"] not in RATES or settings["channels"] not in (1, 2):
        return False
    for call in usage.calls:
        given: Mapping[str, Any] = call.arguments
        longest = settings["rate"] * min(settings["max_ms"], CHUNK_MS_MAX) // 1000
        if call.operation == "add" and not 1 <= given["frames"] <= longest:
            return False
        if call.operation == "read" and not 1 <= given["ms"] <= CHUNK_MS_MAX:
            return False
    return True


UNIT = Unit(
    name="audio_buffer",
    does="Takes chunks of 16-bit samples, gives them back in the order of coming, and drops the"
    " oldest where more comes than it holds.",
    capability=Capability.AUDIO_BUFFER,
    operations={
        "add": Operation(
            does="Takes a chunk of so many frames, and says how many bytes were dropped for it.",
            required=("first", "frames"),
            fixed=("first",),
        ),
        "read": Operation(
            does="Gives the oldest samples, of so many milliseconds or less, base64.",
            required=("ms",),
        ),
        "stats": Operation(does="Says how many bytes were received, read, dropped and are there."),
    },
    draw=draw,
    accepts=accepts,
    fixed=("rate", "channels"),
)
