"""Everything is bounded; nothing is lost or given twice."""

from random import Random

import pytest

from production_testers.mocks.services import (
    InfrastructureLimits,
    MockInfrastructure,
    ServiceError,
)


@pytest.fixture
def infra():
    limits = InfrastructureLimits(disk_bytes=10, memory_bytes=100, queue_depth=3, clock_skew_ms=50)
    return MockInfrastructure(1, limits)


def call(infra, operation, random=None, **payload):
    return infra.handle(operation, payload, random or Random(1))


def refused(infra, operation, **payload):
    with pytest.raises(ServiceError) as caught:
        call(infra, operation, **payload)
    return caught.value.code, caught.value.retryable


def publish(infra, *messages):
    for message in messages:
        call(infra, "queue_publish", queue="q", message=message)


def test_a_queue_is_in_order_and_bounded(infra):
    publish(infra, "a", "b", "c")
    assert refused(infra, "queue_publish", queue="q", message="d") == ("queue_full", True)
    taken = [call(infra, "queue_consume", queue="q")["message"] for _ in range(3)]
    assert taken == ["a", "b", "c"]
    assert call(infra, "queue_consume", queue="q") is None
    assert call(infra, "queue_consume", queue="other") is None


def test_an_unacknowledged_message_comes_again(infra):
    publish(infra, "a")
    first = call(infra, "queue_consume", queue="q")
    assert first == {"id": 1, "message": "a", "attempt": 1}
    assert call(infra, "queue_nack", queue="q", id=1) == {"depth": 1}
    assert call(infra, "queue_consume", queue="q")["attempt"] == 2
    assert call(infra, "queue_ack", queue="q", id=1) == {"depth": 0}
    assert refused(infra, "queue_ack", queue="q", id=1) == ("not_found", False)
    assert refused(infra, "queue_nack", queue="q", id=1) == ("not_found", False)


def test_unordered_consumption_follows_the_calls_randomness(infra):
    def orders(seed):
        fresh, random = MockInfrastructure(1), Random(seed)
        publish(fresh, *"abc")
        take = lambda: call(fresh, "queue_consume", random, queue="q", unordered=True)  # noqa: E731
        return "".join(take()["message"] for _ in range(3))

    assert orders(1) == orders(1)
    seen = {orders(seed) for seed in range(30)}
    assert len(seen) > 3
    assert {"".join(sorted(order)) for order in seen} == {"abc"}


def test_a_message_cannot_be_changed_from_outside(infra):
    message = {"n": [1]}
    publish(infra, message)
    message["n"].append(2)
    taken = call(infra, "queue_consume", queue="q")
    taken["message"]["n"].append(3)
    call(infra, "queue_nack", queue="q", id=1)
    assert call(infra, "queue_consume", queue="q")["message"] == {"n": [1]}


def test_a_full_disk_keeps_what_it_had(infra):
    assert call(infra, "disk_write", path="a", text="12345678") == {"used_bytes": 8}
    assert refused(infra, "disk_write", path="b", text="123") == ("disk_full", False)
    assert refused(infra, "disk_write", path="a", text="x" * 11) == ("disk_full", False)
    assert call(infra, "disk_read", path="a") == {"text": "12345678"}
    assert call(infra, "disk_write", path="a", text="\u00e9") == {"used_bytes": 2}
    assert call(infra, "disk_write", path="b", text="12345678") == {"used_bytes": 10}
    assert call(infra, "disk_free", path="a") == {"used_bytes": 8}
    assert refused(infra, "disk_read", path="a") == ("not_found", False)
    assert refused(infra, "disk_free", path="a") == ("not_found", False)


def test_memory_has_a_cap_and_owners(infra):
    assert call(infra, "memory_allocate", owner="x", bytes=70) == {"used_bytes": 70}
    assert refused(infra, "memory_allocate", owner="y", bytes=31) == ("out_of_memory", True)
    assert call(infra, "memory_allocate", owner="y", bytes=30) == {"used_bytes": 100}
    assert refused(infra, "memory_release", owner="y", bytes=31) == ("conflict", False)
    assert call(infra, "memory_release", owner="x", bytes=70) == {"used_bytes": 30}


def test_clock_skew_belongs_to_seed_and_node_and_is_bounded(infra):
    skews = [call(infra, "clock_skew", node=f"n{n}")["skew_ms"] for n in range(200)]
    assert skews == [call(infra, "clock_skew", node=f"n{n}")["skew_ms"] for n in range(200)]
    assert min(skews) < 0 < max(skews)
    assert all(-50 <= skew <= 50 for skew in skews)
    other = MockInfrastructure(2, InfrastructureLimits(clock_skew_ms=50))
    assert skews != [call(other, "clock_skew", node=f"n{n}")["skew_ms"] for n in range(200)]


def test_a_lease_has_one_holder_and_its_token_grows(infra):
    assert call(infra, "lease_acquire", lease="l", owner="x") == {"token": 1}
    assert call(infra, "lease_acquire", lease="l", owner="x") == {"token": 1}
    assert refused(infra, "lease_acquire", lease="l", owner="y") == ("lease_held", True)
    assert refused(infra, "lease_release", lease="l", owner="y") == ("conflict", False)
    assert call(infra, "lease_release", lease="l", owner="x") == {"token": 1}
    assert refused(infra, "lease_release", lease="l", owner="x") == ("conflict", False)
    assert call(infra, "lease_acquire", lease="l", owner="y") == {"token": 2}


def test_an_expired_lease_makes_its_token_stale(infra):
    call(infra, "lease_acquire", lease="l", owner="x")
    assert call(infra, "lease_check", lease="l", token=1) == {"valid": True}
    call(infra, "lease_expire", lease="l")
    assert call(infra, "lease_check", lease="l", token=1) == {"valid": False}
    call(infra, "lease_acquire", lease="l", owner="y")
    assert call(infra, "lease_check", lease="l", token=1) == {"valid": False}
    assert call(infra, "lease_check", lease="l", token=2) == {"valid": True}
