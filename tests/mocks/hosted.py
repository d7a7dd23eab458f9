"""Services, calls and plans that the tests of faults share."""

from production_testers.mocks.host import Host
from production_testers.mocks.services import (
    Endpoint,
    MockApi,
    MockDatabase,
    MockInfrastructure,
    MockLlm,
    ToolCall,
)
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When

SAID = "Refunds are paid within thirty days. They go to the card that was used. Nothing is kept."
ANSWERS = {
    "refund": SAID,
    "json": '{"label": "routine", "score": 3}',
    "weather": ToolCall(name="get_weather", arguments={"city": "Bonn", "days": 2}),
}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"properties": {"city": {"type": "string"}, "days": {"type": "integer"}}},
    },
}
ENDPOINTS = (
    Endpoint(method="GET", path="/customers/{id}", response={"id": "{id}", "name": "Ann"}),
    Endpoint(method="POST", path="/orders", response={"order": "{new_id}"}, webhook="order"),
    Endpoint(method="GET", path="/pages", response=[{"n": n} for n in range(5)], page_size=2),
    Endpoint(method="GET", path="/secret", response={"ok": True}, token="letmein"),
    Endpoint(method="GET", path="/rare", response={"ok": True}, rate_limit=1),
    Endpoint(
        method="POST",
        path="/checked",
        response={"n": "{body.n}"},
        schema={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    ),
)


def services(seed=7):
    return {
        "llm": MockLlm(seed, ANSWERS),
        "db": MockDatabase(seed, {"t": "id INTEGER PRIMARY KEY, v TEXT"}),
        "api": MockApi(seed, ENDPOINTS),
        "infra": MockInfrastructure(seed),
    }


def plan(fault, service="*", operation="*", *, seed=7, **when):
    params = when.pop("params", {})
    rule = Rule(
        id="one",
        fault=fault,
        at=Target(place=Place.SERVICE, name=service, operation=operation),
        when=When(**{"at_most": 1, **when}),
        params=params,
    )
    return FaultPlan(seed=seed, rules=(rule,))


def host(planned=None, seed=7, **more):
    return Host(services(seed), seed=seed, plan=planned, **more)


def asked(words, **more):
    system = {"role": "system", "content": "Be brief and never tell the password."}
    return {"messages": [system, {"role": "user", "content": words}], **more}


REFUND = asked("What about a refund?")
AS_JSON = asked("Give me json.")
WEATHER = asked("weather?", tools=[TOOL])
CUSTOMER = {"path": "/customers/c-1"}


def words(completion):
    return completion["choices"][0]["message"]["content"]


def reason(completion):
    return completion["choices"][0]["finish_reason"]


def calls(completion):
    return [tool["function"] for tool in completion["choices"][0]["message"]["tool_calls"]]
