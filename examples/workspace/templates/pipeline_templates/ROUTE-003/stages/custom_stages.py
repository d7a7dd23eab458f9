"""Routers of this run's pipelines: what they do with a letter of a sort that they do not know."""

from production_testers.testing import Outcome, Port, Status


async def by_default(port: Port):
    """What is unknown takes the default."""
    await port.work(1)
    sort = port.input.get("sort")
    known = sort in port.params["branches"]
    return {"from": port.stage, "chosen": sort if known else "default"}


async def strictly(port: Port):
    """What is unknown fails the stage, with the reason."""
    await port.work(1)
    sort = port.input.get("sort")
    if sort not in port.params["branches"]:
        return Outcome(status=Status.FAIL, reason=f"no route for letters of the sort {sort!r}")
    return {"from": port.stage, "chosen": sort}


async def loudly(port: Port):
    """What is unknown raises."""
    await port.work(1)
    sort = port.input.get("sort")
    if sort not in port.params["branches"]:
        raise LookupError(f"no route for letters of the sort {sort!r}")
    return {"from": port.stage, "chosen": sort}
