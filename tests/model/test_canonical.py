import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model import canonical
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


@pytest.mark.slow
@given(JSON)
def test_the_library_writes_the_same_bytes(value):
    assert canonical_json(value) == canonical._PUBLIC.encode(value)


def another(*_arguments):
    raise TypeError("another signature")


@pytest.mark.parametrize("there", [None, another])
def test_an_interpreter_without_the_part_in_c_writes_the_same_bytes(monkeypatch, there):
    with monkeypatch.context() as patched:
        patched.setattr("json.encoder.c_make_encoder", there)
        public = canonical._encoder()
    value = {"b": [1, 2.5, float("inf")], "a": {"é": None}, "c": MappingProxyType({"d": 1})}
    assert public(value) == canonical_json(value)
    circle = []
    circle.append(circle)
    for encode in (public, canonical_json):
        with pytest.raises(ValueError, match="Circular"):
            encode(circle)
