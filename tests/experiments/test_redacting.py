"""What evidence must not keep is taken out, counted, and told by kind."""

import pytest

from production_testers.experiments.redacting import Redactor, passes_luhn, redacted_in


def test_values_that_the_team_names_leave_their_kind():
    redact = Redactor.of_target(("card",), [{"card": "1234-abcd"}, {"card": "xx"}, "text"], ())
    assert redact("card 1234-abcd of xx") == "card [secret card] of xx"
    assert redact.counts == {"secret card": 1}


def test_a_variable_that_was_passed_on_is_no_evidence(monkeypatch):
    monkeypatch.setenv("BANK_KEY", "s3cr3t-value")
    assert (
        Redactor.of_target((), [], ("BANK_KEY",))("key s3cr3t-value") == "key [variable BANK_KEY]"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ada@example.org", "mail address"),
        ("4556 7375 8689 9855", "card number"),
        ("DE89370400440532013000", "bank account"),
        ("sk-abcdefgh12345678", "token"),
        ("postgres://ada:pa55word@host/db", "password in an address"),
    ],
)
def test_what_is_plainly_personal_or_secret_is_taken_out(text, kind):
    redact = Redactor({})
    assert f"[{kind}]" in redact(f"failed for {text}!")
    assert redact.counts[kind] == 1


@pytest.mark.parametrize(
    "text", ["order 1234567890123456", "stage settle took 30,000 ms", "file.py:120", "a@b"]
)
def test_ordinary_words_and_numbers_stay(text):
    assert Redactor({})(text) == text


def test_the_check_digit_of_cards():
    assert passes_luhn("4556737586899855")
    assert not passes_luhn("4556737586899856")


def test_what_was_taken_out_is_counted_wherever_it_stands():
    stored = {"a": "[secret card] and [card number]", "b": ["[secret card]", 7], "c": "[other]"}
    assert redacted_in(stored) == {"card number": 1, "secret card": 2}
