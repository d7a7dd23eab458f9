"""Transformations of this run's pipelines: what each gives follows from what it was given."""

from production_testers.testing import Port, digest


async def clean(port: Port):
    """The record in one form: text without white space around it, numbers of three places."""
    await port.work(1)
    cleaned = {}
    for name, value in sorted(port.input.items()):
        if isinstance(value, str):
            cleaned[name] = value.strip()
        elif isinstance(value, float):
            cleaned[name] = round(value, 3)
        else:
            cleaned[name] = value
    return {"from": port.stage, "record": cleaned}


async def total(port: Port):
    """The sum of the record's whole numbers."""
    await port.work(1)
    record = port.outputs["clean"]["record"]
    whole = [v for v in record.values() if isinstance(v, int) and not isinstance(v, bool)]
    return {"from": port.stage, "result": sum(whole)}


async def words(port: Port):
    """The record's words, counted."""
    await port.work(1)
    record = port.outputs["clean"]["record"]
    said = " ".join(v for v in record.values() if isinstance(v, str)).split()
    return {"from": port.stage, "result": len(said), "of": digest(sorted(said))}
