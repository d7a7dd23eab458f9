"""Mock data on disk: whole or not at all, and the same records in every format."""

import errno
import hashlib
import json
import sys

import pyarrow as pa
import pytest
from pyarrow import parquet

from production_testers.mocks.datasets import SCENARIOS, DataFile, generate
from production_testers.model.errors import PtestError, UsageError
from production_testers.workspace import data_files
from production_testers.workspace.data_files import manifest_of, write_data_file
from production_testers.workspace.mock_recipes import MockRecipe
from production_testers.workspace.parquet import write_parquet

COLUMNS = [
    (name, variant)
    for name in SCENARIOS
    for variant, found in SCENARIOS[name].variants.items()
    if found.columns
]


def file_of(extension="jsonl", *, scenario="values", variant="volume", size=20):
    return DataFile(scenario=scenario, variant=variant, size=size, extension=extension)


@pytest.mark.parametrize("extension", ["json", "jsonl", "parquet"])
def test_the_manifest_is_that_of_the_bytes(tmp_path, extension):
    file = file_of(extension)
    made = write_data_file(tmp_path, file, seed=3)
    data = (tmp_path / file.name).read_bytes()
    assert made["sha256"] == hashlib.sha256(data).hexdigest()
    assert made["size_bytes"] == len(data)
    kept = json.loads((tmp_path / f"{file.name}.manifest.json").read_text())
    assert kept == made == manifest_of(file, seed=3)


def test_all_formats_hold_the_same_records(tmp_path):
    sums = {
        extension: write_data_file(tmp_path, file_of(extension), seed=3)["records_sha256"]
        for extension in ("json", "jsonl", "parquet")
    }
    assert len(set(sums.values())) == 1


def decoded(table):
    """Records of a table; columns of JSON text are read."""
    as_json = [field.name for field in table.schema if field.metadata]
    return [
        {**row, **{name: json.loads(row[name]) for name in as_json}} for row in table.to_pylist()
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_parquet_holds_what_json_holds(tmp_path, scenario):
    for variant in [variant for name, variant in COLUMNS if name == scenario]:
        file = file_of("parquet", scenario=scenario, variant=variant)
        write_data_file(tmp_path, file, seed=3)
        records = decoded(parquet.read_table(tmp_path / file.name))
        assert records == list(generate(scenario, variant, 20, 3))


def test_columns_have_the_types_of_the_schema(tmp_path):
    file = file_of("parquet")
    write_data_file(tmp_path, file, seed=3)
    schema = parquet.read_schema(tmp_path / file.name)
    wanted = {
        "id": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "text": pa.string(),
        "flag": pa.bool_(),
        "moment": pa.string(),
        "maybe": pa.int64(),
    }
    assert {field.name: field.type for field in schema} == wanted


def test_parquet_is_written_in_groups_so_that_memory_does_not_grow(tmp_path, monkeypatch):
    monkeypatch.setattr("production_testers.workspace.parquet.ROWS_IN_GROUP", 600)
    file = file_of("parquet", size=2_000)
    write_data_file(tmp_path, file, seed=3)
    assert parquet.ParquetFile(tmp_path / file.name).num_row_groups == 2


def test_members_of_any_type_become_json_text(tmp_path):
    schema = {"type": "object", "properties": {"any": {}, "map": {"type": "object"}}}
    records = [{"any": 1, "map": {"a": 1}}, {"any": "x", "map": {}}, {"any": None, "map": {"b": 2}}]
    with (tmp_path / "a.parquet").open("wb") as out:
        write_parquet([(records, b"{}\n{}\n{}\n")], schema, out)
    assert decoded(parquet.read_table(tmp_path / "a.parquet")) == records


def test_no_records_are_a_file_too(tmp_path):
    for extension in ("json", "jsonl", "parquet"):
        write_data_file(tmp_path, file_of(extension, size=0), seed=3)
    assert parquet.read_table(tmp_path / "values_volume_0.parquet").num_rows == 0
    assert json.loads((tmp_path / "values_volume_0.json").read_text()) == []


def test_parquet_cannot_hold_members_of_several_types(tmp_path):
    with pytest.raises(UsageError, match=r"of several types\. Say json or jsonl"):
        write_data_file(tmp_path, file_of("parquet", variant="numbers"), seed=3)
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"production-testers\[parquet\]"):
        write_data_file(tmp_path, file_of("parquet"), seed=3)


def interrupting(after):
    def watch(made):
        if made > after:
            raise KeyboardInterrupt

    return watch


@pytest.mark.parametrize("extension", ["json", "jsonl", "parquet"])
def test_an_interrupted_write_leaves_what_stood_there(tmp_path, extension):
    file = file_of(extension, size=2_000)
    write_data_file(tmp_path, file, seed=3)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        write_data_file(tmp_path, file, seed=4, watch=interrupting(600))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_no_manifest_stands_beside_other_bytes_than_its_own(tmp_path, monkeypatch):
    file = file_of()
    write_data_file(tmp_path, file, seed=3)

    def killed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(data_files, "write_json", killed)
    with pytest.raises(KeyboardInterrupt):
        write_data_file(tmp_path, file, seed=4)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(*_arguments, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(data_files, "write", full)
    with pytest.raises(PtestError, match="Free some space"):
        write_data_file(tmp_path, file_of(), seed=3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extension", ["jsonl", "parquet"])
def test_a_manifest_makes_its_file_again(tmp_path, extension):
    file = file_of(extension)
    made = write_data_file(tmp_path / "a", file, seed=3)
    recipe = MockRecipe.model_validate({name: made[name] for name in MockRecipe.model_fields})
    assert recipe.works()
    assert recipe.make(tmp_path / "b" / file.name)
    assert (tmp_path / "b" / file.name).read_bytes() == (tmp_path / "a" / file.name).read_bytes()
    assert recipe.command == (
        f"ptest data values --variant volume --size 20 --seed 3 --format {extension}"
    )
