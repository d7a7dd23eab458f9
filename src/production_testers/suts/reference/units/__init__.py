"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
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

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "trace_context": trace_context.TraceContext,
    "id_monitor": id_monitor.IdMonitor,
    "delta": delta.Delta,
    "timestamps": timestamps.Timestamps,
    "audio_buffer": audio_buffer.AudioBuffer,
    "chunk_queue": chunk_queue.ChunkQueue,
    "conversation_memory": conversation_memory.ConversationMemory,
    "batch_exporter": batch_exporter.BatchExporter,
    "event_sink": event_sink.EventSink,
    "retry": retry.Retry,
}
"""Name of the unit → what makes one."""
