"""Streams of ordinary records, and the variants that nearly every scenario has."""

from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from production_testers.mocks.datasets.schema import Schema
from production_testers.mocks.datasets.shape import DataClass, Record, Stream, Variant
from production_testers.model.seeds import random_for

Make = Callable[[int], Record]
"""The record's number, from 1 → the record."""


def stream_of(scenario: str, variant: str, start: Callable[[Random], Make]) -> Stream:
    """Records of a source that is started with a generator of its own for every stream."""

    def stream(seed: int) -> Iterator[Record]:
        return map(start(random_for(seed, scenario, variant)), count(1))

    return stream


def valid(stream: Stream, schema: Schema, about: str) -> Variant:
    """The variant of the happy path."""
    return Variant(about=about, data_class=DataClass.HAPPY_PATH, stream=stream, schema=schema)


def volume(stream: Stream, schema: Schema, about: str, in_run: int | None = None) -> Variant:
    """The variant for much data; `in_run` where its records are large."""
    return Variant(
        about=about, data_class=DataClass.SCALE, stream=stream, schema=schema, in_run=in_run
    )
