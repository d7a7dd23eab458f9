"""Every variant of every scenario: same seed, same bytes; names read back; manifests are true."""

import hashlib
import io
import itertools
import json
import subprocess
import sys
import tracemalloc

import pytest

from production_testers.mocks.datasets import (
    GENERATOR_VERSION,
    SCENARIOS,
    DataClass,
    DataFile,
    DataScenario,
    Record,
    Variant,
    data_file_name,
    find_variant,
    generate,
    manifest,
    parse_data_file_name,
    parse_size,
    record_schema,
    size_text,
    write,
)
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError

VARIANTS = [(s.name, v) for s in SCENARIOS.values() for v in s.variants]
TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
every_variant = pytest.mark.parametrize(("scenario", "variant"), VARIANTS)


def text_of(scenario, variant, size, seed, extension="jsonl"):
    out = io.StringIO()
    file = DataFile(scenario=scenario, variant=variant, size=size, extension=extension)
    made = write(file, out, seed=seed)
    return out.getvalue(), made


@every_variant
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(scenario, variant):
    first, _ = text_of(scenario, variant, 60, 7)
    assert text_of(scenario, variant, 60, 7)[0] == first
    assert text_of(scenario, variant, 60, 8)[0] != first


@every_variant
def test_a_smaller_file_is_the_beginning_of_a_larger_one(scenario, variant):
    assert text_of(scenario, variant, 60, 7)[0].startswith(text_of(scenario, variant, 25, 7)[0])


@every_variant
def test_records_keep_their_declared_schema(scenario, variant):
    schema = record_schema(find_variant(scenario, variant).fields)
    for record in generate(scenario, variant, 120, 3):
        assert set(schema["required"]) <= record.keys() <= schema["properties"].keys()
        for field, value in record.items():
            wanted = schema["properties"][field].get("type")
            for_any = wanted is None
            kinds = [wanted] if isinstance(wanted, str) else wanted or []
            assert for_any or any(isinstance(value, TYPES[kind]) for kind in kinds), field
            assert for_any or kinds == ["boolean"] or not isinstance(value, bool), field


@every_variant
def test_records_are_utf8_and_survive_json(scenario, variant):
    for record in generate(scenario, variant, 60, 3):
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8")
        assert json.loads(canonical_json(record)) == record


def members(value):
    if isinstance(value, (dict, list)):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from members(member)


@every_variant
def test_no_two_records_share_anything_that_can_change(scenario, variant):
    records = list(generate(scenario, variant, 60, 3))
    records += generate(scenario, variant, 60, 3)
    ids = [id(member) for record in records for member in members(record)]
    assert len(ids) == len(set(ids))


@every_variant
def test_ids_are_unique_where_records_are_not_broken(scenario, variant):
    if variant != "malformed":
        ids = [record["id"] for record in generate(scenario, variant, 300, 3)]
        assert len(set(ids)) == 300


def test_every_scenario_has_every_class():
    for scenario in SCENARIOS.values():
        assert isinstance(scenario, DataScenario)
        assert {v.data_class for v in scenario.variants.values()} == set(DataClass)
        assert scenario.about
        assert all(isinstance(v, Variant) and v.about for v in scenario.variants.values())


@pytest.mark.slow
def test_a_process_with_another_hash_seed_gives_the_same_bytes():
    code = (
        "from production_testers.mocks import DataFile, manifest\n"
        f"for s, v in {VARIANTS!r}:\n"
        "    print(manifest(DataFile(scenario=s, variant=v, size=40), seed=5)['sha256'])"
    )
    ours = [
        manifest(DataFile(scenario=s, variant=v, size=40), seed=5)["sha256"] for s, v in VARIANTS
    ]
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ours


def test_the_generator_version_changes_when_the_bytes_do():
    """When this fails on purpose, raise GENERATOR_VERSION and write the new digest here."""
    sums = [
        manifest(DataFile(scenario=s, variant=v, size=100), seed=1)["sha256"] for s, v in VARIANTS
    ]
    together = hashlib.sha256("".join(sums).encode()).hexdigest()[:16]
    assert (GENERATOR_VERSION, together) == ("1", "39da279aabeab838")


def test_json_is_one_array_and_jsonl_one_object_a_line():
    records: list[Record] = list(generate("requests", "valid", 3, 1))
    array, _ = text_of("requests", "valid", 3, 1, "json")
    lines, _ = text_of("requests", "valid", 3, 1, "jsonl")
    assert json.loads(array) == records
    assert [json.loads(line) for line in lines.splitlines()] == records
    assert json.loads(text_of("requests", "valid", 0, 1, "json")[0]) == []
    assert text_of("requests", "valid", 0, 1, "jsonl")[0] == ""


@pytest.mark.parametrize("extension", ["json", "jsonl"])
def test_a_manifest_tells_the_truth_about_the_bytes(extension):
    text, made = text_of("transactions", "valid", 20, 9, extension)
    assert made["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert made["size_bytes"] == len(text.encode())
    assert made["file"] == f"transactions_valid_20.{extension}"
    assert (made["scenario"], made["variant"], made["class"]) == (
        "transactions",
        "valid",
        "happy_path",
    )
    assert (made["records"], made["seed"]) == (20, 9)
    assert made["schema"]["properties"]["fraud_reason"] == {"type": ["string", "null"]}
    file = DataFile(scenario="transactions", variant="valid", size=20, extension=extension)
    assert manifest(file, seed=9) == made
    assert json.loads(canonical_json(made)) == made


def test_streaming_takes_constant_memory():
    def peak(size):
        tracemalloc.start()
        manifest(DataFile(scenario="requests", variant="volume", size=size), seed=1)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(2_000) < peak(100) + 50_000


def test_records_are_made_while_they_are_read():
    endless = generate("tenants", "valid", 10**12, 1)
    assert len(list(itertools.islice(endless, 3))) == 3


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0"),
        (1, "1"),
        (100, "100"),
        (1_000, "1k"),
        (1_500, "1500"),
        (10_000, "10k"),
        (10**6, "1m"),
        (1_500_000, "1500k"),
        (999_999, "999999"),
    ],
)
def test_sizes_are_written_and_read(size, text):
    assert size_text(size) == text
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "k", "10K", "-1", "1.5k", "10kb", " 10", "\u0661", "1" * 13])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UsageError, match="is no size"):
        parse_size(text)


@every_variant
def test_names_read_back(scenario, variant):
    for size, extension in [(0, "json"), (10_000, "jsonl"), (1_500, "csv.gz")]:
        file = DataFile(scenario=scenario, variant=variant, size=size, extension=extension)
        assert parse_data_file_name(file.name) == file
        assert file.data_class is SCENARIOS[scenario].variants[variant].data_class


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("transactions_valid_10k.json", ("transactions", "valid", 10_000, "json")),
        ("transactions_malformed_100.json", ("transactions", "malformed", 100, "json")),
        (
            "late_night_card_payments_odd_1m.jsonl",
            ("late_night_card_payments", "odd", 10**6, "jsonl"),
        ),
        ("patients_phi_evasion_5.json", ("patients", "phi_evasion", 5, "json")),
        ("my_patients_phi_evasion_5.json", ("my_patients_phi", "evasion", 5, "json")),
        ("a_b_007.json", ("a", "b", 7, "json")),
    ],
)
def test_names_are_read_from_the_right(name, parts):
    scenario, variant, size, extension = parts
    wanted = DataFile(scenario=scenario, variant=variant, size=size, extension=extension)
    assert parse_data_file_name(name) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x.json",
        "valid_10k.json",
        "a__10.json",
        "a_b_c.json",
        "a_b_10",
        "a_b_10.",
        "a_b_10g.json",
        "../a_b_10.json",
        "a_b_10.json\n",
        "_a_b_10.json",
        "a_b_1 0.json",
    ],
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(UsageError, match="is no name of a mock data file"):
        parse_data_file_name(name)


def test_a_name_that_would_read_as_another_variant_is_refused():
    with pytest.raises(UsageError, match="reads as another variant"):
        data_file_name("orders", "very_odd", 10, "json")


@pytest.mark.parametrize(
    ("scenario", "variant", "words"),
    [
        ("transaction", "valid", ["'transaction'", "Did you mean transactions?", "requests, "]),
        ("transactions", "vaild", ["'vaild'", "Did you mean valid?", "malformed"]),
        ("zzz", "valid", ["'zzz'", "requests, transactions, patients, tenants, messages."]),
    ],
)
def test_an_unknown_name_is_met_with_a_proposal_and_the_list(scenario, variant, words):
    with pytest.raises(UsageError) as refused:
        generate(scenario, variant, 1, 1)
    assert all(word in str(refused.value) for word in words)


def test_a_negative_size_and_an_unwritable_extension_are_refused():
    with pytest.raises(UsageError, match="-1 records"):
        generate("requests", "valid", -1, 1)
    with pytest.raises(UsageError, match="may be json or jsonl"):
        text_of("requests", "valid", 1, 1, "csv")
