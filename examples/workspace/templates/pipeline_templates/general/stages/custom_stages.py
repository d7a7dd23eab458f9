"""Neutral stages: `async (port) -> output`. One file runs on every framework and the reference.

A stage reads `port.input` (the run's input) and `port.outputs` (what its dependencies gave),
takes time with `port.work(milliseconds)`, calls a mock service with `port.call(...)`, and returns
its output, or an `Outcome` to skip, cancel, fail or ask for a retry.
"""

from production_testers.testing import Outcome, Port, Status, digest, why_not_whole


async def ingest(port: Port):
    """Take the request in."""
    await port.work(1)
    return {"from": port.stage, "request": digest(dict(port.input))}


async def ask_llm(port: Port):
    """Ask the mock LLM about the request; an answer that is not whole is no answer."""
    await port.work(1)
    question = digest([dict(port.input), port.stage])
    answer = await port.call(
        "llm", "chat", model="mock", messages=[{"role": "user", "content": question}]
    )
    if refusal := why_not_whole(answer):
        return Outcome(status=Status.FAIL, reason=refusal)
    return {"from": port.stage, "answer": digest(answer)}


async def look_up(port: Port):
    """Look the request up in two pieces of work, so that other stages run in between."""
    await port.work(1)
    await port.work(1)
    return {"from": port.stage, "found": digest([dict(port.input), port.stage])}


async def decide(port: Port):
    """Bring together what the parallel stages gave."""
    await port.work(1)
    seen = {name: digest(dict(value)) for name, value in sorted(port.outputs.items())}
    return {"from": port.stage, "decision": digest(seen), "seen": len(seen)}
