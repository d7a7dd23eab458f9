"""The API answers by its endpoints and does its work once per idempotency key."""

from random import Random

import pytest

from production_testers.mocks.services import ApiRequest, Endpoint, MockApi, ServiceError
from production_testers.model.errors import UsageError

ENDPOINTS = (
    Endpoint(method="GET", path="/items", response=[{"n": n} for n in range(5)], page_size=2),
    Endpoint(
        method="POST",
        path="/payments",
        required=("amount",),
        status=201,
        response={"id": "pay-{new_id}", "amount": "{body.amount}", "note": "of {body.amount}"},
    ),
    Endpoint(
        method="GET", path="/users/{user}/orders/{order}", response={"u": "{user}", "o": "{order}"}
    ),
    Endpoint(method="GET", path="/secret", response="yes", token="t-1"),
    Endpoint(method="GET", path="/slow", response="ok", rate_limit=2, retry_after_ms=250),
    Endpoint(method="GET", path="/v1.0/seed", response="{seed_id}"),
    Endpoint(
        method="GET", path="/double", response=lambda request: {"twice": [request.query["n"]] * 2}
    ),
)


@pytest.fixture
def api():
    return MockApi(1, ENDPOINTS)


def call(api, operation, path, random=None, **payload):
    return api.handle(operation, {"path": path, **payload}, random or Random(1))


def refused(api, operation, path, **payload):
    with pytest.raises(ServiceError) as caught:
        call(api, operation, path, **payload)
    return caught.value


def test_a_template_keeps_types_and_fills_texts(api):
    answer = call(api, "post", "/payments", body={"amount": 12})
    assert answer["status"] == 201
    assert answer["body"]["amount"] == 12
    assert answer["body"]["note"] == "of 12"


def test_parts_of_the_path_are_named(api):
    answer = call(api, "request", "/users/ada/orders/7", method="get")
    assert answer == {"status": 200, "body": {"u": "ada", "o": "7"}}
    assert refused(api, "get", "/users/ada/orders/7/8").code == "not_found"


def test_a_path_is_no_regular_expression(api):
    assert refused(api, "get", "/v1x0/seed").code == "not_found"


def test_ids_belong_to_the_call_or_to_the_seed(api):
    body = {"amount": 1}
    first = call(api, "post", "/payments", Random(1), body=body)
    assert call(api, "post", "/payments", Random(2), body=body) != first
    assert call(api, "post", "/payments", Random(1), body=body) == first
    seeded = call(api, "get", "/v1.0/seed", Random(2))
    assert call(api, "get", "/v1.0/seed", Random(3)) == seeded
    assert call(MockApi(2, ENDPOINTS), "get", "/v1.0/seed") != seeded


def test_a_function_may_answer(api):
    assert call(api, "get", "/double", query={"n": 4})["body"] == {"twice": [4, 4]}


def test_a_function_is_given_the_whole_request():
    seen = []

    def respond(request: ApiRequest):
        seen.append(request)
        return {"roll": request.random.randrange(100)}

    api = MockApi(1, [Endpoint(method="PUT", path="/x/{id}", response=respond)])
    call(api, "put", "/x/9", body={"b": 1}, query={"q": 2})
    (request,) = seen
    assert (request.method, request.path, request.params) == ("PUT", "/x/9", {"id": "9"})
    assert (request.body, request.query) == ({"b": 1}, {"q": 2})


def test_refusals_have_codes(api):
    assert refused(api, "get", "/nowhere").code == "not_found"
    assert refused(api, "delete", "/payments").code == "method_not_allowed"
    assert refused(api, "get", "/secret").code == "unauthorized"
    assert call(api, "get", "/secret", token="t-1")["body"] == "yes"
    invalid = refused(api, "post", "/payments", body={"amount": None})
    assert (invalid.code, invalid.details) == ("invalid", {"missing": ["amount"]})


def test_after_its_limit_an_endpoint_says_when_to_come_again(api):
    for _ in range(2):
        call(api, "get", "/slow")
    limited = refused(api, "get", "/slow")
    assert (limited.code, limited.retryable) == ("rate_limited", True)
    assert limited.details == {"retry_after_ms": 250}
    call(api, "get", "/items")


def test_a_key_does_the_work_once(api):
    first = call(api, "post", "/payments", Random(1), body={"amount": 1}, idempotency_key="k")
    again = call(api, "post", "/payments", Random(2), body={"amount": 1}, idempotency_key="k")
    assert again == first
    assert api.handle("performed", {}, Random(1)) == {"POST /payments": 1}
    other = refused(api, "post", "/payments", body={"amount": 2}, idempotency_key="k")
    assert other.code == "conflict"
    call(api, "post", "/payments", body={"amount": 1}, idempotency_key="k2")
    call(api, "post", "/payments", body={"amount": 1})
    assert api.handle("performed", {}, Random(1)) == {"POST /payments": 3}


def test_an_answer_that_a_caller_changes_is_the_same_for_the_next(api):
    kept = call(api, "post", "/payments", body={"amount": 1}, idempotency_key="k")
    kept["body"]["amount"] = 99
    again = call(api, "post", "/payments", body={"amount": 1}, idempotency_key="k")
    assert again["body"]["amount"] == 1
    call(api, "get", "/items")["body"]["items"][0]["n"] = 99
    assert call(api, "get", "/items")["body"]["items"][0]["n"] == 0


def test_a_refused_call_uses_up_no_key(api):
    refused(api, "post", "/payments", body={}, idempotency_key="k")
    assert call(api, "post", "/payments", body={"amount": 1}, idempotency_key="k")["status"] == 201


def test_pages_hold_every_item_once(api):
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        query = {"cursor": cursor} if cursor else {}
        page = call(api, "get", "/items", query=query)["body"]
        seen += [item["n"] for item in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (seen, pages) == ([0, 1, 2, 3, 4], 3)


def test_a_page_is_bounded_and_its_cursor_checked(api):
    assert len(call(api, "get", "/items", query={"limit": 1})["body"]["items"]) == 1
    assert len(call(api, "get", "/items", query={"limit": 100})["body"]["items"]) == 2
    for query in ({"cursor": "3"}, {"cursor": 3}, {"limit": 0}):
        assert refused(api, "get", "/items", query=query).code == "bad_request"
    broken = MockApi(1, [Endpoint(method="GET", path="/x", response={}, page_size=1)])
    assert refused(broken, "get", "/x").code == "internal"


@pytest.mark.parametrize(("method", "path"), [("FETCH", "/x"), ("GET", "x")])
def test_an_endpoint_must_be_one(method, path):
    with pytest.raises(UsageError, match=f"Endpoint '{method} {path}' is none"):
        Endpoint(method=method, path=path, response=None)
