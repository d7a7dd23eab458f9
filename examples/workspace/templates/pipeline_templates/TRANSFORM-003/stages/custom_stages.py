"""Stages of this run's pipelines."""

from production_testers.testing import Port


async def parse(port: Port):
    """The record's amount in cents; a record without one is refused."""
    await port.work(1)
    amount = port.input["amount"]
    if not isinstance(amount, int):
        raise TypeError(f"amount is {type(amount).__name__}, not a whole number")
    return {"from": port.stage, "cents": 100 * amount}
