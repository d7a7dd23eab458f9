"""A guard of this run's pipelines, and what works behind it."""

from production_testers.testing import Port, digest


async def mask(port: Port):
    """The text without its marks."""
    await port.work(1)
    words = str(port.input.get("text", "")).split()
    kept = [word for word in words if not word.startswith("CANARY-")]
    return {"from": port.stage, "text": " ".join(kept), "removed": len(words) - len(kept)}


async def use(port: Port):
    """Work with what the guard left."""
    await port.work(1)
    return {"from": port.stage, "about": digest(port.outputs["guard"]["text"])}
