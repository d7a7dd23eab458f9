import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model.canonical import canonical_json, digest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_wasted():
    assert canonical_json({"b": [1, 2.5], "a": None}) == '{"a":null,"b":[1,2.5]}'


def test_only_ascii_is_written():
    assert canonical_json("é\U0001f600") == '"\\u00e9\\ud83d\\ude00"'


def test_a_digest_is_known():
    assert digest({"b": 1, "a": [True, "é"]}) == "6cc4b18b23e3c218"


def test_digests_of_equal_values_are_equal_and_of_others_differ():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert digest([1, 2]) != digest([2, 1])
    assert digest("1") != digest(1)


def test_what_json_cannot_say_is_refused():
    with pytest.raises(TypeError, match="set"):
        canonical_json({"a": {1, 2}})


@pytest.mark.slow
@given(JSON)
def test_what_is_written_can_be_read_and_is_written_again_the_same(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text
    assert text.isascii()
