"""Wrong trace contexts."""

from contextlib import contextmanager

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.trace_context import CURRENT, TraceContext


class ForgetsBaggage(TraceContext):
    """A header holds one pair."""

    def _written(self, context):
        return {**context, "baggage": dict(list(context["baggage"].items())[:1])}


class OuterShinesThrough(TraceContext):
    """What the context does not say stays as it was outside."""

    def _active(self, ids):
        said = {name: value for name, value in ids.items() if value is not None}
        return super()._active({**CURRENT.get(), **said})


class TasksStartAfresh(TraceContext):
    """The context is handed on to tasks without its span."""

    async def _elsewhere(self):
        return {**CURRENT.get(), "span": None}


class StaysAfterAnError(TraceContext):
    """The way back is not taken when the work inside fails."""

    @contextmanager
    def _active(self, ids):
        token = CURRENT.set(ids)
        yield
        CURRENT.reset(token)


PLANTED = (
    PlantedUnit("trace_context", "tracing/context", "not-carried", ForgetsBaggage),
    PlantedUnit("trace_context", "tracing/context", "not-inside", OuterShinesThrough),
    PlantedUnit("trace_context", "tracing/context", "not-in-task", TasksStartAfresh),
    PlantedUnit("trace_context", "tracing/context", "left-behind", StaysAfterAnError),
)
