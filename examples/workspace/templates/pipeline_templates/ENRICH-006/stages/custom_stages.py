"""Stages of retrieval, and the library that they ask: it keeps documents for every tenant."""

from production_testers.testing import Port, digest


class Library:
    """Gives the documents of whoever asks; each holds the owner's mark."""

    name = "library"
    stateless = True

    def handle(self, operation, payload, random):
        """`find`: three documents about the question."""
        del operation, random
        about, owner = digest(payload["question"]), payload["owner"]
        return [{"id": f"{about[:8]}-{n}", "text": f"of {owner}: {about}"} for n in range(3)]


def library(seed: int) -> Library:
    """The library of this run."""
    del seed
    return Library()


async def search(port: Port):
    """Ask the library in the name of the run's tenant."""
    await port.work(1)
    question = [port.input.get("question"), port.stage]
    owner = port.input.get("secret", "nobody")
    found = await port.call("library", "find", question=question, owner=owner)
    return {"from": port.stage, "documents": found}


async def rank(port: Port):
    """The documents of all searches, in one order."""
    await port.work(1)
    found = [dict(d) for output in port.outputs.values() for d in output["documents"]]
    return {"from": port.stage, "documents": sorted(found, key=lambda one: one["id"])}


async def answer(port: Port):
    """Answer with the first document."""
    await port.work(1)
    documents = port.outputs["rank"]["documents"]
    return {"from": port.stage, "answer": documents[0]["text"], "of": len(documents)}
