"""Stages of this run's pipelines: how sure a classifier is, and what is made of it."""

from production_testers.testing import Port


async def classify(port: Port):
    """Say how sure it is; the number goes on as it is."""
    await port.work(1)
    return {"from": port.stage, "label": "spam", "confidence": port.input.get("confidence")}


async def by_confidence(port: Port):
    """From the threshold on, the first branch; below it, the second."""
    await port.work(1)
    confidence, threshold = port.outputs["classify"]["confidence"], port.params["threshold"]
    sure, unsure = port.params["branches"]
    chosen = sure if confidence is not None and confidence >= threshold else unsure
    return {"from": port.stage, "chosen": chosen, "confidence": confidence}
