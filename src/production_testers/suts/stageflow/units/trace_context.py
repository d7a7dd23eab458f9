"""`TraceContext`."""

import asyncio
import uuid
from contextlib import nullcontext, suppress

from stageflow.observability.tracing import TraceContext

ABOUT = {"run": "pipeline_run_id", "request": "request_id", "tenant": "org_id"}


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
        own = self.named("correlation", ids["correlation"])
        parts = {"trace_id": ids["trace"], "span_id": ids["span"], "correlation_id": own}
        return TraceContext(**parts, **more)

    def named(self, part, name):
        own = None if name is None else uuid.UUID(self.bench.identifier(part, name))
        self.names[own] = name
        return own

    def told(self, context):
        name = self.names.get(context.correlation_id, str(context.correlation_id))
        return {"trace": context.trace_id, "span": context.span_id, "correlation": name}

    async def perform(self, operation, arguments):
        ids, outer = arguments["ids"], arguments.get("outer")
        if operation == "carry":
            about = {ABOUT[part]: self.named(part, n) for part, n in arguments["about"].items()}
            headers = self.made(ids, baggage=arguments["baggage"], **about).to_headers()
            context = TraceContext.from_headers(headers)
            seen = {part: self.names.get(getattr(context, own)) for part, own in ABOUT.items()}
            return {**self.told(context), "baggage": context.baggage, "about": seen}
        with nullcontext() if outer is None else self.made(outer).activate():
            seen = {"before": await self.current()}
            with suppress(RuntimeError), self.made(ids).activate():
                task = asyncio.create_task(self.current())
                seen |= {"inside": await self.current(), "task": await task}
                await self.bench.work("inside")
            return {**seen, "after": await self.current()}

    async def current(self):
        return self.told(TraceContext.capture())
