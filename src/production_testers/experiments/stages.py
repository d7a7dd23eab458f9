"""Neutral stage functions to build pipelines from; run folders add their own."""

from collections.abc import Mapping

from production_testers.model.canonical import Json, digest
from production_testers.model.pipeline import Outcome, Port


def _work_ms(port: Port) -> float:
    value = port.params.get("work_ms", 1)
    return float(value) if isinstance(value, int | float) else 1.0


async def give(port: Port) -> Mapping[str, Json]:
    """Give a value that depends on the run's input and on everything that was received."""
    await port.work(_work_ms(port))
    return {"from": port.stage, "value": digest([dict(port.input), port.stage, _received(port)])}


async def work_in_steps(port: Port) -> Mapping[str, Json]:
    """Like `give`, in several pieces of work, so that other stages run in between."""
    steps = port.params.get("steps", 3)
    for _ in range(steps if isinstance(steps, int) else 3):
        await port.work(_work_ms(port))
    return {"from": port.stage, "value": digest([dict(port.input), port.stage, _received(port)])}


async def route(port: Port) -> Outcome:
    """Ask that skippable dependants be skipped, when the input's `route` says so."""
    await port.work(_work_ms(port))
    wanted = port.input.get("route") == port.params.get("skip_when", "skip")
    return Outcome(
        value={"from": port.stage, "decided": wanted},
        skip_dependants=f"{port.stage} decided so" if wanted else None,
    )


async def look_up(port: Port) -> Mapping[str, Json]:
    """Ask the mock LLM about the run's input, then give its answer on."""
    await port.work(_work_ms(port))
    question = digest(dict(port.input))
    answer = await port.call("llm", "chat", messages=[{"role": "user", "content": question}])
    return {"from": port.stage, "answer": answer, "received": _received(port)}


async def carry(port: Port) -> Mapping[str, Json]:
    """Give on the run's whole input: whatever leaks between runs becomes visible."""
    await port.work(_work_ms(port))
    return {"from": port.stage, "input": dict(port.input), "tenant": _tenant(port)}


def _tenant(port: Port) -> str:
    return port.identity.tenant


def _received(port: Port) -> Json:
    return {name: digest(dict(value)) for name, value in sorted(port.outputs.items())}
