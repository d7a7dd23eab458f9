"""Every unit, one a file: its contract and how usages of it are drawn. A new one joins `UNITS`."""

from production_testers.units import (
    audio_buffer,
    batch_exporter,
    chunk_queue,
    conversation_memory,
    delta,
    event_sink,
    id_monitor,
    retry,
    timestamps,
    trace_context,
)
from production_testers.units.contract import Operation, Unit

UNITS: dict[str, Unit] = {
    module.UNIT.name: module.UNIT
    for module in (
        audio_buffer,
        batch_exporter,
        chunk_queue,
        conversation_memory,
        delta,
        event_sink,
        id_monitor,
        retry,
        timestamps,
        trace_context,
    )
}

__all__ = ["UNITS", "Operation", "Unit"]
