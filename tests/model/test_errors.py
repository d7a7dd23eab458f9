import pytest

from production_testers.model.errors import (
    InvalidDocumentError,
    PtestError,
    RunInterruptedError,
    SutUnavailableError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PtestError("x"), 70),
        (UsageError("x"), 64),
        (InvalidDocumentError("f", ("a",)), 64),
        (SutUnavailableError("x"), 77),
        (RunInterruptedError("x"), 75),
    ],
)
def test_every_error_has_its_exit_code(error, code):
    assert error.exit_code == code


def test_a_message_says_what_and_then_what_to_do():
    assert str(PtestError("No such entry 'X'.", do="Did you mean Y?")) == (
        "No such entry 'X'. Did you mean Y?"
    )
    assert str(PtestError("No such entry.")) == "No such entry."


def test_a_document_error_lists_every_problem():
    error = InvalidDocumentError("a.json", ("x: missing", "y: 3 is no text"))
    assert str(error).startswith("a.json breaks its schema in 2 place(s): x: missing; y: 3 is")
    assert error.problems == ("x: missing", "y: 3 is no text")
