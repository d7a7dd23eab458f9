"""Neutral stage functions to build pipelines from; run folders add their own."""

import asyncio
from collections.abc import Mapping
from typing import Any

from production_testers.mocks.datasets import fraud_reason
from production_testers.model.canonical import Json, digest
from production_testers.model.pipeline import ORIGIN, SLICES, Outcome, Port, Status


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


async def compute(port: Port) -> Mapping[str, Json]:
    """Compute for long without waiting for anything; between slices the event loop goes on."""
    slices = port.params.get(SLICES, 1)
    mark = digest([dict(port.input), port.stage, _received(port)])
    for number in range(slices if isinstance(slices, int) else 1):
        mark = digest([mark, number])
        await asyncio.sleep(0)
    return {"from": port.stage, "value": mark}


async def route(port: Port) -> Outcome:
    """Ask that skippable dependants be skipped, when the input's `route` says so."""
    await port.work(_work_ms(port))
    wanted = port.input.get("route") == port.params.get("skip_when", "skip")
    return Outcome(
        value={"from": port.stage, "decided": wanted},
        skip_dependants=f"{port.stage} decided so" if wanted else None,
    )


async def choose(port: Port) -> Mapping[str, Json]:
    """Choose one of the branches that its parameters name, by the input's number."""
    await port.work(_work_ms(port))
    number, branches = port.input.get("number"), port.params.get("branches")
    named = branches if isinstance(branches, list | tuple) else ()
    index = number if isinstance(number, int) else 0
    return {"from": port.stage, "chosen": named[index % len(named)] if named else None}


async def select(port: Port) -> Outcome:
    """Close the branch that its parameters name, unless it is the one that was chosen."""
    await port.work(_work_ms(port))
    chosen = [output.get("chosen") for output in port.outputs.values()]
    branch = port.params.get("selects")
    return Outcome(
        value={"from": port.stage, "open": branch in chosen},
        skip_dependants=None if branch in chosen else f"another branch than {branch} was chosen",
    )


async def look_up(port: Port) -> Mapping[str, Json]:
    """Ask the mock LLM about the run's input, then give its answer on."""
    await port.work(_work_ms(port))
    question = digest(dict(port.input))
    answer = await port.call("llm", "chat", messages=[{"role": "user", "content": question}])
    return {"from": port.stage, "answer": answer, "received": _received(port)}


async def ask(port: Port) -> Mapping[str, Json] | Outcome:
    """Ask the mock LLM, and refuse an answer that is empty or says that it is not whole."""
    await port.work(_work_ms(port))
    question = digest(dict(port.input))
    answer = await port.call("llm", "chat", messages=[{"role": "user", "content": question}])
    if refusal := why_not_whole(answer):
        return Outcome(status=Status.FAIL, reason=refusal)
    return {"from": port.stage, "answer": digest(answer)}


def why_not_whole(answer: Any) -> str:
    """Why a completion cannot be used; empty where it can.

    A completion says itself why it ended: `stop` is whole, and so is a call of a tool.
    """
    try:
        choice = answer["choices"][0]
        message, ended = choice["message"], choice["finish_reason"]
        said = message.get("content") or message.get("tool_calls")
    except (KeyError, IndexError, TypeError, AttributeError):
        return "the model's answer is no completion"
    if ended not in ("stop", "tool_calls"):
        return f"the model's answer ended by {ended!r}"
    return "" if said else "the model's answer is empty"


async def carry(port: Port) -> Mapping[str, Json]:
    """Give on the run's whole input: whatever leaks between runs becomes visible."""
    await port.work(_work_ms(port))
    return {"from": port.stage, "input": dict(port.input), "tenant": _tenant(port)}


async def bulk(port: Port) -> Mapping[str, Json]:
    """Give `megabytes` millions of characters, in pieces of one million."""
    await port.work(_work_ms(port))
    wanted = port.params.get("megabytes", 1)
    pieces = wanted if isinstance(wanted, int) else 1
    pattern = digest([dict(port.input), port.stage]) * 62_500
    return {"from": port.stage, "pieces": [f"{piece:06d}{pattern[6:]}" for piece in range(pieces)]}


async def weigh(port: Port) -> Mapping[str, Json]:
    """Give how much was received from whom; cheap, however large it is."""
    await port.work(_work_ms(port))
    weights: dict[str, Json] = {}
    for name, value in sorted(port.outputs.items()):
        pieces = value.get("pieces")
        weights[name] = sum(map(len, pieces)) if isinstance(pieces, list | tuple) else 0
    return {"from": port.stage, "weights": weights, "request": digest(dict(port.input))}


async def structured(port: Port) -> Mapping[str, Json]:
    """Give nested lists and objects that depend on everything that was received."""
    await port.work(_work_ms(port))
    mark = digest([dict(port.input), port.stage, _received(port)])
    rows: list[Json] = [{"mark": mark, "row": row, "tags": [mark[:4], "x"]} for row in range(3)]
    return {"from": port.stage, "mark": mark, "rows": rows, "deep": {"deeper": {"mark": mark}}}


async def redact(port: Port) -> Mapping[str, Json]:
    """Have the framework's own redaction make every message of the input anonymous."""
    await port.work(_work_ms(port))
    messages = port.input.get("messages")
    asked = 0
    for message in messages if isinstance(messages, list) else ():
        personal = [(str(kind), str(words)) for kind, words in message["personal"]]
        if port.redact(str(message["text"]), personal) is not None:
            asked += 1
    return {"from": port.stage, "redacted": asked}


async def decide_fraud(port: Port) -> Mapping[str, Json]:
    """Decide for every payment of the input whether it is fraud, by the rules of the mock data."""
    await port.work(_work_ms(port))
    payments = port.input.get("payments")
    decided: list[Json] = [
        [payment["id"], fraud_reason(payment) or "ok"]
        for payment in (payments if isinstance(payments, list) else ())
    ]
    return {"from": port.stage, "decisions": decided}


def _tenant(port: Port) -> str:
    return port.identity.tenant


def _received(port: Port) -> Json:
    """Digests of what the dependencies gave; by which run they gave it makes no difference."""
    return {
        name: digest({key: member for key, member in value.items() if key != ORIGIN})
        for name, value in sorted(port.outputs.items())
    }
