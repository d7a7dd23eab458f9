"""Every variant of every scenario: same seed, same bytes; names read back; manifests are true."""

import functools
import hashlib
import io
import itertools
import json
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from production_testers.mocks.datasets import (
    GENERATOR_VERSION,
    INDUSTRIES,
    SCENARIOS,
    DataClass,
    DataFile,
    DataScenario,
    Record,
    Variant,
    data_file_name,
    encoder_of,
    find_variant,
    generate,
    manifest,
    parse_data_file_name,
    parse_size,
    size_text,
    write,
)
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("golden_data.json")
VARIANTS = [(name, variant) for name in SCENARIOS for variant in SCENARIOS[name].variants]
HUGE = {
    ("documents", "huge"),
    ("values", "sizes"),
    ("values", "malformed"),
    ("prompts", "boundary"),
}
UNWRITABLE = {("values", "unicode")}
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS)


@functools.cache
def some(scenario, variant):
    """A few records of every case, read once for all tests, which must not change them."""
    large = (scenario, variant) in HUGE
    return tuple(generate(scenario, variant, 60 if large else 150, 3))


def text_of(scenario, variant, size, seed, extension="jsonl"):
    out = io.StringIO()
    file = DataFile(scenario=scenario, variant=variant, size=size, extension=extension)
    made = write(file, out, seed=seed)
    return out.getvalue(), made


def test_thirteen_industries_have_data():
    assert set(INDUSTRIES) == {
        "general",
        "finance",
        "healthcare",
        "defence",
        "retail",
        "gaming",
        "industrial",
        "telecom",
        "media",
        "education",
        "government",
        "energy",
        "biotech",
        "legal",
    }
    assert all(INDUSTRIES.values())
    assert [name for names in INDUSTRIES.values() for name in names] == list(SCENARIOS)


@every_scenario
def test_the_same_seed_gives_the_same_bytes_another_one_others_and_less_a_beginning(scenario):
    for variant in SCENARIOS[scenario].variants:
        first, _ = text_of(scenario, variant, 15, 7)
        shorter, _ = text_of(scenario, variant, 9, 7)
        other, _ = text_of(scenario, variant, 9, 8)
        assert first.startswith(shorter), variant
        assert first.count("\n") == 15
        assert not first.startswith(other), variant


@every_scenario
def test_records_keep_their_schema(scenario):
    for variant in SCENARIOS[scenario].variants:
        schema = find_variant(scenario, variant).schema
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
        for record in some(scenario, variant)[:60]:
            assert [error.message for error in validator.iter_errors(record)] == []


@every_scenario
def test_every_member_is_described_and_every_label_is_one(scenario):
    for variant in SCENARIOS[scenario].variants:
        found = SCENARIOS[scenario]
        members = find_variant(scenario, variant).schema["properties"]
        assert all(member.get("description") for member in members.values())
        everywhere = {name for one in found.variants.values() for name in one.schema["properties"]}
        assert set(found.labels) <= everywhere
        assert all(found.labels.values())


@every_scenario
def test_records_survive_json_and_all_but_one_variant_utf_8(scenario):
    for variant in SCENARIOS[scenario].variants:
        for record in some(scenario, variant)[:60]:
            assert json.loads(canonical_json(record)) == record
            written = json.dumps(record, ensure_ascii=False, allow_nan=False)
            if (scenario, variant) not in UNWRITABLE:
                written.encode("utf-8")


@every_scenario
def test_quick_lines_are_the_canonical_ones(scenario):
    for variant in SCENARIOS[scenario].variants:
        encode = encoder_of(DataFile(scenario=scenario, variant=variant, size=1))
        for record in some(scenario, variant)[:60]:
            assert encode(record) == canonical_json(record)


def members(value):
    if isinstance(value, (dict, list)):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from members(member)


@every_scenario
def test_no_two_records_share_anything_that_can_change(scenario):
    for variant in SCENARIOS[scenario].variants:
        records = [*some(scenario, variant)[:40], *generate(scenario, variant, 40, 3)]
        ids = [id(member) for record in records for member in members(record)]
        assert len(ids) == len(set(ids))


@every_scenario
def test_ids_are_unique_where_records_are_not_broken(scenario):
    for variant in SCENARIOS[scenario].variants:
        if variant != "malformed":
            ids = [record["id"] for record in some(scenario, variant)]
            assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_every_class(name):
    scenario = SCENARIOS[name]
    assert isinstance(scenario, DataScenario)
    assert scenario.name == name
    assert {v.data_class for v in scenario.variants.values()} == set(DataClass)
    assert scenario.about
    assert scenario.rules
    assert all(isinstance(v, Variant) and v.about for v in scenario.variants.values())


DIGESTS = (
    "import json\n"
    "from production_testers.mocks.datasets import SCENARIOS, DataFile, manifest\n"
    "print(json.dumps({f'{s}/{v}': manifest(DataFile(scenario=s, variant=v, size=24), seed=1)"
    "['sha256'][:16] for s in SCENARIOS for v in SCENARIOS[s].variants}))"
)


def digests(python, hash_seed, *options):
    """Of every variant, made by another process that has the standard library and our source."""
    found = subprocess.run(
        [python, "-S", *options, "-c", DIGESTS],
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(found.stdout)


def test_the_generator_version_changes_when_the_bytes_do():
    """When this fails on purpose, raise GENERATOR_VERSION and write the digests anew."""
    golden = json.loads(GOLDEN.read_text())
    made = {
        f"{s}/{v}": manifest(DataFile(scenario=s, variant=v, size=24), seed=1)["sha256"][:16]
        for s, v in VARIANTS
    }
    assert golden["generator_version"] == GENERATOR_VERSION
    assert made == golden["digests"]


@pytest.mark.slow
def test_a_process_with_another_hash_seed_and_no_packages_gives_the_same_bytes():
    assert digests(sys.executable, "4711") == json.loads(GOLDEN.read_text())["digests"]


def interpreter(version):
    """Another version of Python, where it happens to be installed."""
    places = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python"))
    return str(places[-1]) if places else shutil.which(f"python{version}")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_other_versions_of_python_give_the_same_bytes(version):
    python = interpreter(version)
    known = python and subprocess.run([python, "-V"], capture_output=True, check=False)
    if not known or known.returncode:
        pytest.skip("this version is not installed")
    assert digests(python, "0") == json.loads(GOLDEN.read_text())["digests"]


def test_json_is_one_array_and_jsonl_one_object_a_line():
    records: list[Record] = list(generate("requests", "valid", 3, 1))
    array, _ = text_of("requests", "valid", 3, 1, "json")
    lines, _ = text_of("requests", "valid", 3, 1, "jsonl")
    assert json.loads(array) == records
    assert [json.loads(line) for line in lines.splitlines()] == records
    assert json.loads(text_of("requests", "valid", 0, 1, "json")[0]) == []
    assert text_of("requests", "valid", 0, 1, "jsonl")[0] == ""


def test_an_array_of_more_than_one_batch_is_still_one_array():
    array, made = text_of("values", "volume", 1_500, 1, "json")
    lines, other = text_of("values", "volume", 1_500, 1, "jsonl")
    assert json.loads(array) == [json.loads(line) for line in lines.splitlines()]
    assert made["records_sha256"] == other["records_sha256"] == other["sha256"] != made["sha256"]


@pytest.mark.parametrize("extension", ["json", "jsonl"])
def test_a_manifest_tells_the_truth_about_the_bytes(extension):
    text, made = text_of("transactions", "valid", 20, 9, extension)
    assert made["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert made["size_bytes"] == len(text.encode())
    assert made["file"] == f"transactions_valid_20.{extension}"
    assert (made["scenario"], made["variant"]) == ("transactions", "valid")
    assert (made["class"], made["industry"]) == ("happy_path", "finance")
    assert (made["records"], made["seed"]) == (20, 9)
    assert made["schema"]["properties"]["fraud_reason"]["type"] == ["string", "null"]
    file = DataFile(scenario="transactions", variant="valid", size=20, extension=extension)
    assert manifest(file, seed=9) == made
    assert json.loads(canonical_json(made)) == made


def test_streaming_takes_constant_memory():
    def peak(size):
        tracemalloc.start()
        manifest(DataFile(scenario="values", variant="volume", size=size), seed=1)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(3_000)  # what is kept for all, such as the names of days
    assert peak(12_000) < peak(3_000) + 50_000


def test_records_are_made_while_they_are_read():
    endless = generate("tenants", "valid", 10**12, 1)
    assert len(list(itertools.islice(endless, 3))) == 3


def test_a_scenario_is_imported_when_it_is_asked_for():
    code = (
        "import sys\n"
        "from production_testers.mocks.datasets import SCENARIOS, generate\n"
        "next(generate('meters', 'valid', 1, 1))\n"
        "print([name.rpartition('.')[2] for name in sys.modules if '.industries.' in name])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'meters'" in found.stdout
    assert "'patients'" not in found.stdout


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


@every_scenario
def test_names_read_back(scenario):
    for variant in SCENARIOS[scenario].variants:
        for size, extension in [(0, "json"), (10_000, "jsonl"), (1_500, "parquet")]:
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
        data_file_name("baskets", "very_odd", 10, "json")


@pytest.mark.parametrize(
    ("scenario", "variant", "words"),
    [
        ("transaction", "valid", ["'transaction'", "Did you mean transactions?", "requests, "]),
        ("transactions", "vaild", ["'vaild'", "Did you mean valid?", "malformed"]),
        ("zzz", "valid", ["'zzz'", "There are: requests, tenants, messages", "contracts."]),
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
