"""What every mock service keeps."""

import copy
import pickle
from random import Random

import pytest

from production_testers.mocks.services import (
    MockApi,
    MockDatabase,
    MockInfrastructure,
    MockLlm,
    Service,
    ServiceError,
)
from production_testers.mocks.services.call import Call, copied

SERVICES = [MockLlm, MockDatabase, MockApi, MockInfrastructure]


@pytest.mark.parametrize("make", SERVICES)
def test_an_unknown_operation_names_the_known_ones(make):
    service: Service = make(1)
    with pytest.raises(ServiceError) as refused:
        service.handle("fly", {}, Random(1))
    assert refused.value.code == "unknown_operation"
    assert not refused.value.retryable
    known = {"llm": "chat", "db": "query", "api": "request", "infra": "queue_publish"}
    assert known[service.name] in refused.value.message
    assert "'fly'" in refused.value.message


def test_an_error_survives_a_pipe_and_reads_as_one_line():
    error = ServiceError("rate_limited", "slow down", retryable=True, details={"retry_after_ms": 5})
    again = pickle.loads(pickle.dumps(error))
    assert again.as_json() == error.as_json()
    assert again.as_json() == {
        "code": "rate_limited",
        "message": "slow down",
        "retryable": True,
        "details": {"retry_after_ms": 5},
    }
    assert str(again) == "rate_limited: slow down"


@pytest.mark.parametrize(
    ("reader", "bad"),
    [
        (lambda call: call.text("x"), 3),
        (lambda call: call.integer("x"), True),
        (lambda call: call.integer("x"), -1),
        (lambda call: call.integer("x", least=1), 0),
        (lambda call: call.flag("x"), "yes"),
        (lambda call: call.mapping("x"), []),
        (lambda call: call.sequence("x"), "text"),
    ],
)
def test_a_payload_of_the_wrong_type_is_refused_with_the_value_seen(reader, bad):
    call = Call(operation="op", payload={"x": bad}, random=Random(1))
    with pytest.raises(
        ServiceError, match=r"op: 'x' must be .*, not " + repr(bad).replace("[", r"\[")
    ):
        reader(call)


def test_a_missing_member_is_refused_unless_it_has_a_default():
    call = Call(operation="op", payload={}, random=Random(1))
    assert call.text("x", "y") == "y"
    assert call.flag("x") is False
    with pytest.raises(ServiceError, match="not nothing"):
        call.integer("x")


def test_a_copy_shares_nothing_and_refuses_what_json_cannot_say():
    value = {"a": [1, {"b": "c"}], "d": (True, None)}
    made = copied(value)
    assert made == {"a": [1, {"b": "c"}], "d": [True, None]}
    made["a"][1]["b"] = "changed"
    assert value["a"][1]["b"] == "c"
    for bad in ({1: 2}, {1, 2}, object()):
        with pytest.raises(ServiceError, match="bad_request"):
            copied(bad)


@pytest.mark.parametrize(
    ("make", "operation", "payload"),
    [
        (MockLlm, "chat", {"messages": [{"role": "user", "content": "hi"}]}),
        (MockDatabase, "put", {"key": "k", "value": {"a": [1]}}),
        (MockInfrastructure, "queue_publish", {"queue": "q", "message": {"a": [1]}}),
    ],
)
def test_a_call_changes_no_payload_and_is_a_function_of_its_arguments(make, operation, payload):
    before = copy.deepcopy(payload)
    first = make(3).handle(operation, payload, Random(9))
    assert payload == before
    assert make(3).handle(operation, payload, Random(9)) == first
