"""`TraceContext`."""

import asyncio
import uuid
from contextlib import nullcontext, suppress

from stageflow.observability.tracing import TraceContext


class Binding:
    errors = {}
    components = {
        "carry": "stageflow.observability.tracing.TraceContext.from_headers",
        "activate": "stageflow.observability.tracing.TraceContext.activate",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.names = {None: None}

    def made(self, ids, **more):
        name = ids["correlation"]
        own = None if name is None else uuid.UUID(self.bench.identifier("correlation", name))
        self.names[own] = name
        parts = {"trace_id": ids["trace"], "span_id": ids["span"], "correlation_id": own}
        return TraceContext(**parts, **more)

    def told(self, context):
        name = self.names.get(context.correlation_id, str(context.correlation_id))
        return {"trace": context.trace_id, "span": context.span_id, "correlation": name}

    async def perform(self, operation, arguments):
        ids, outer = arguments["ids"], arguments.get("outer")
        if operation == "carry":
            headers = self.made(ids, baggage=arguments["baggage"]).to_headers()
            context = TraceContext.from_headers(headers)
            return {**self.told(context), "baggage": context.baggage}
        with nullcontext() if outer is None else self.made(outer).activate():
            seen = {"before": await self.current()}
            with suppress(RuntimeError), self.made(ids).activate():
                task = asyncio.create_task(self.current())
                seen |= {"inside": await self.current(), "task": await task}
                await self.bench.work("inside")
            return {**seen, "after": await self.current()}

    async def current(self):
        return self.told(TraceContext.capture())
