"""validate → customer, velocity, model → rules → decide → settle."""

import asyncio
import json
import logging

import stageflow
from stageflow import StageKind, StageOutput

log = logging.getLogger("bank")
PATIENCE = 2.0  # seconds that a service has


def payment_of(ctx):
    return json.loads(ctx.snapshot.input_text)


async def asked(call):
    """A service's answer, or an error when it takes too long."""
    return await asyncio.wait_for(call, PATIENCE)


def members(answer, *names):
    """A service's answer, once it is known to be whole."""
    if not isinstance(answer, dict) or any(name not in answer for name in names):
        raise ValueError("a service gave an answer that is not whole")
    return answer


class Validate:
    name, kind = "validate", StageKind.GUARD

    async def execute(self, ctx):
        payment = payment_of(ctx)
        if payment["amount"] <= 0:
            raise ValueError("the amount is not positive")
        return StageOutput.ok(data={"amount": payment["amount"], "currency": payment["currency"]})


class Customer:
    name, kind = "customer", StageKind.ENRICH

    def __init__(self, database):
        self.database = database

    async def execute(self, ctx):
        found = await asked(self.database.customer(payment_of(ctx)["customer"]))
        found = members(found, "name", "since", "limit")
        return StageOutput.ok(data={"limit": found["limit"], "since": found["since"]})


class Velocity:
    name, kind = "velocity", StageKind.ENRICH

    def __init__(self, database):
        self.database = database

    async def execute(self, ctx):
        found = await asked(self.database.payments_today(payment_of(ctx)["customer"]))
        return StageOutput.ok(data={"today": members(found, "count")["count"]})


class Model:
    name, kind = "model", StageKind.AGENT

    def __init__(self, model):
        self.model = model

    async def execute(self, ctx):
        payment = payment_of(ctx)
        call = self.model.assess(merchant=payment["merchant"], amount=payment["amount"])
        answer = await asked(call)
        try:
            risk = members(json.loads(answer), "risk", "reason")["risk"]
        except (TypeError, ValueError) as error:
            raise ValueError("the model gave no usable answer") from error
        return StageOutput.ok(data={"risk": risk})


class Rules:
    name, kind = "rules", StageKind.TRANSFORM

    async def execute(self, ctx):
        outputs = ctx.inputs.prior_outputs
        amount = outputs["validate"].data["amount"]
        broken = []
        if amount > outputs["customer"].data["limit"]:
            broken.append("over limit")
        if outputs["velocity"].data["today"] > 5:
            broken.append("too many today")
        return StageOutput.ok(data={"broken": broken})


class Decide:
    name, kind = "decide", StageKind.ROUTE

    async def execute(self, ctx):
        outputs = ctx.inputs.prior_outputs
        risky = outputs["model"].data["risk"] > 0.7
        held = bool(outputs["rules"].data["broken"]) or risky
        return StageOutput.ok(data={"decision": "hold" if held else "release"})


class Settle:
    name, kind = "settle", StageKind.WORK

    def __init__(self, payments):
        self.payments = payments

    async def execute(self, ctx):
        payment = payment_of(ctx)
        decision = ctx.inputs.prior_outputs["decide"].data["decision"]
        log.info("payment %s: %s", payment["payment"], decision)
        call = self.payments.settle(
            payment=payment["payment"], decision=decision, key=payment["payment"]
        )
        members(await asked(call), "settled")
        return StageOutput.ok(data={"decision": decision})


def build(model, database, payments):
    """The pipeline over the services that it is given."""
    pipeline = stageflow.Pipeline()
    for stage, after in (
        (Validate(), ()),
        (Customer(database), ("validate",)),
        (Velocity(database), ("validate",)),
        (Model(model), ("validate",)),
        (Rules(), ("validate", "customer", "velocity")),
        (Decide(), ("rules", "model")),
        (Settle(payments), ("decide",)),
    ):
        pipeline = pipeline.with_stage(stage.name, stage, stage.kind, dependencies=after)
    return pipeline
