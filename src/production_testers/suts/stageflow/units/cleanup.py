"""`CleanupRegistry`."""

from stageflow.pipeline.cancellation import CleanupRegistry

_REGISTRY = "stageflow.pipeline.cancellation.CleanupRegistry"


class Binding:
    errors = {}
    components = {
        "register": f"{_REGISTRY}.register",
        "forget": f"{_REGISTRY}.unregister",
        "clean": f"{_REGISTRY}.run_all",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.registry = CleanupRegistry()
        self.callbacks = {}

    async def perform(self, operation, arguments):
        if operation == "clean":
            limit_s = arguments["limit_ms"] / 1000
            well, failed = await self.registry.run_all(timeout=limit_s)
            return {"well": list(well), "failed": [name for name, _ in failed]}
        name = arguments["name"]
        if operation == "forget":
            callback = self.callbacks.get(name)
            return callback is not None and self.registry.unregister(callback)

        async def callback():
            await self.bench.work(f"cleanup {name}")

        self.callbacks[name] = callback
        return self.registry.register(callback, name=name)
