"""What holds of every binding of a unit to stageflow, without executing it."""

import ast
from pathlib import Path

import pytest

import production_testers

PACKAGE = Path(production_testers.__file__).parent / "suts" / "stageflow" / "units"
MODULES = sorted(PACKAGE.glob("[a-z]*.py"))
SETTERS = {"set_event_sink", "clear_event_sink"}


def setting_later(source: str) -> list[str]:
    """Functions that set the receiver of events, other than the one that makes the unit."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__"
    ]
    return [
        function.name
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SETTERS
    ]


@pytest.mark.parametrize("module", MODULES, ids=[module.stem for module in MODULES])
def test_a_binding_sets_no_context_variable_in_a_call(module):
    # What a call leaves behind counts as the framework's doing.
    assert setting_later(module.read_text(encoding="utf-8")) == []


def test_one_that_does_is_told():
    assert setting_later("async def perform(self):\n    set_event_sink(self)") == ["perform"]
