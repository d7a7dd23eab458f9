import pytest

from production_testers.reports import markdown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0"),
        ("a|b", "a\\|b"),
        ("two\n\nlines", "two lines"),
        ("a < b", "a &lt; b"),
        ("<!-- `<tag>` a|b", "&lt;!-- `<tag>` a\\|b"),
    ],
)
def test_a_cell_is_one_line_without_pipes_or_html(value, expected):
    assert markdown.cell(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "`a`"), ("", ""), (None, ""), ("a`b", "`` a`b ``"), ("a``b", "``` a``b ```")],
)
def test_inline_code_survives_backticks(value, expected):
    assert markdown.code(value) == expected


def test_several_codes_or_a_dash():
    assert markdown.codes(["a", "b"]) == "`a`, `b`"
    assert markdown.codes([]) == "—"


def test_a_quote_holds_headings_and_open_fences():
    quoted = markdown.quoted("# Sign-off\n\n\n<b>x\n```\nif a < b:\n")
    assert quoted.splitlines() == ["> # Sign-off", ">", "> &lt;b>x", "> ```", "> if a < b:"]


def test_a_block_of_code_outlasts_its_fences():
    assert markdown.fenced("```\nx", "python") == "````python\n```\nx\n````"


def test_tidy_leaves_code_alone():
    text = "\n\na\n\n\n\nb\n```\nx\n\n\ny\n```\n\n\nc\n> ```\n\n\nd"
    assert markdown.tidy(text) == "a\n\nb\n```\nx\n\n\ny\n```\n\nc\n> ```\n\nd\n"
