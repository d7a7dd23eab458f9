"""Stages that ask a source: what they do when it is down is their own decision."""

from production_testers.testing import Outcome, Port, Status, digest


async def required(port: Port):
    """Nothing can be done without this source: the error goes on to the framework."""
    return {"from": port.stage, "found": await _asked(port)}


async def optional(port: Port):
    """Without this source there is nothing to do, and that is no failure."""
    try:
        return {"from": port.stage, "found": await _asked(port)}
    except Exception as error:  # noqa: BLE001 - whatever keeps the source from answering
        return Outcome(status=Status.SKIP, reason=f"{port.params['source']}: {error}")


async def cached(port: Port):
    """Without this source, what was known before is good enough, and is marked as such."""
    try:
        return {"from": port.stage, "found": await _asked(port), "stale": False}
    except Exception:  # noqa: BLE001 - whatever keeps the source from answering
        return {"from": port.stage, "found": "as of yesterday", "stale": True}


async def _asked(port: Port) -> str:
    await port.work(1)
    question = {"role": "user", "content": digest([dict(port.input), port.stage])}
    return digest(await port.call(port.params["source"], "chat", messages=[question]))
