"""A binding in a script: what no call asks for is left out, and nothing that is needed."""

import pytest

from production_testers.evidence.repro.binding import for_script

SOURCE = '''
"""A unit."""

import uuid
from things import Box, Lid, Sink, errors

LIMIT = 3


class Binding:
    """Ours."""

    errors = {errors.Full: "full"}
    components = {"put": "things.Box"}

    def __init__(self, settings, bench):
        self.bench, self.box = bench, Box(self)
        if settings["lid"]:
            self.box.close(Lid())

    def named(self, key):
        return uuid.uuid5(key)

    def full(self, size):
        if size > LIMIT:
            self.bench.emit("full")

    async def emit(self, **event):
        name = event["type"]
        self.bench.emit(name)

    async def perform(self, operation, arguments):
        if operation == "count":
            return Sink(LIMIT)
        key = self.named(arguments["key"]) if operation == "put" else arguments["key"]
        if "slow" in arguments:
            await self.bench.work("wait")
        if operation == "put":
            return self.box.put(key)
        return self.box.take(key)
'''


def code(*calls, lid=False):
    asked = [{"operation": name, "arguments": given} for name, given in calls]
    return for_script(SOURCE, {"settings": {"lid": lid}, "calls": asked})


PUT, TAKE, COUNT = ("put", {"key": "a"}), ("take", {"key": "a"}), ("count", {})


def test_one_operation_needs_no_test_of_it():
    imports, binding = code(PUT)
    assert imports == "import uuid\nfrom things import Box"
    assert "operation ==" not in binding
    assert "return self.box.put(key)" in binding
    for gone in ("take", "Sink", "Lid", "slow", "errors", "components", "Ours"):
        assert gone not in binding


def test_two_operations_are_still_told_apart():
    _, binding = code(PUT, TAKE)
    assert binding.count("operation == 'put'") == 2
    assert "count" not in binding


def test_a_helper_that_nothing_names_any_more_is_gone():
    imports, binding = code(TAKE)
    assert "named" not in binding
    assert imports == "from things import Box"


def test_what_only_some_calls_say_is_asked_of_each():
    _, binding = code(PUT, ("put", {"key": "b", "slow": True}))
    assert "if 'slow' in arguments:" in binding
    _, binding = code(("put", {"key": "b", "slow": True}))
    assert "if 'slow'" not in binding
    assert "bench.work('wait')" in binding


@pytest.mark.parametrize("lid", [False, True])
def test_a_setting_is_decided(lid):
    imports, binding = code(PUT, lid=lid)
    assert ("Lid" in imports) is ("Lid()" in binding) is lid
    assert "settings[" not in binding


def test_who_is_told_something_stays_and_says_nothing():
    _, binding = code(PUT)
    assert "async def emit(self, **event):\n        pass" in binding
    assert "        if size > LIMIT:\n            pass" in binding


def test_an_operation_of_one_line_keeps_what_it_needs():
    imports, binding = code(COUNT)
    assert "return Sink(LIMIT)" in binding
    assert "LIMIT = 3" in binding
    assert imports == "from things import Box, Sink"
