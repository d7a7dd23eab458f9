import pytest

from production_testers.workspace.naming import (
    FindingType,
    family_of,
    is_entry_id,
    log_name,
    parse_finding_id,
    parse_log_name,
    parse_mock_data_name,
    parse_run_name,
    parse_trace_name,
    trace_name,
)


@pytest.mark.parametrize("text", ["CORE-001", "LLM-REASON-001", "A2-1000"])
def test_ids_of_entries(text):
    assert is_entry_id(text)


@pytest.mark.parametrize("text", ["", "CORE", "core-001", "CORE-1", "CORE-001\n", "../CORE-001"])
def test_what_is_no_id_of_an_entry(text):
    assert not is_entry_id(text)


def test_a_family_may_hold_hyphens():
    assert family_of("LLM-REASON-001") == "LLM-REASON"


@pytest.mark.parametrize(
    "text", ["run-2026-01-14-001", "run-2026-01-14-999", "run-2026-01-14-1000"]
)
def test_names_of_runs_are_written_as_they_were_read(text):
    assert str(parse_run_name(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "run-2026-13-01-001",
        "run-2026-02-30-001",
        "run-2026-01-14-01",
        "run-2026-01-14-000",
        "run-2026-01-14-0001",
        "run-2026-01-14-001.tar.zst",
        "Run-2026-01-14-001",
    ],
)
def test_what_is_no_name_of_a_run(text):
    assert parse_run_name(text) is None


def test_runs_are_ordered_by_number_not_by_text():
    assert parse_run_name("run-2026-01-14-999") < parse_run_name("run-2026-01-14-1000")


def test_an_id_of_a_finding_is_read_from_the_right():
    parsed = parse_finding_id("LLM-REASON-001-FEAT-012")
    assert (parsed.entry_id, parsed.type, parsed.seq) == (
        "LLM-REASON-001",
        FindingType.FEATURE_REQUEST,
        12,
    )
    assert str(parsed) == "LLM-REASON-001-FEAT-012"


@pytest.mark.parametrize("seq", ["001", "010", "100", "999", "1000", "10001"])
def test_numbers_of_findings_are_written_as_they_were_read(seq):
    assert str(parse_finding_id(f"FIN-001-BUG-{seq}")) == f"FIN-001-BUG-{seq}"


@pytest.mark.parametrize(
    "text",
    [
        "FIN-001-XXX-001",
        "FIN-001-BUG-1",
        "FIN-001-BUG-000",
        "FIN-001-BUG-0000",
        "FIN-001-BUG-0001",
        "FIN-001-BUG-0999",
        "FIN-BUG-001",
        "fin-001-BUG-001",
    ],
)
def test_what_is_no_id_of_a_finding(text):
    assert parse_finding_id(text) is None


def test_every_type_of_findings_has_its_code():
    assert {kind.code for kind in FindingType} == {
        "BUG", "SEC", "PERF", "REL", "DX", "IMP", "DOC", "FEAT",
    }  # fmt: skip


def test_mock_data_is_read_from_the_right():
    parsed = parse_mock_data_name("card_transactions_valid_10k.json")
    assert (parsed.scenario, parsed.variant, parsed.size, parsed.ext) == (
        "card_transactions",
        "valid",
        "10k",
        "json",
    )


@pytest.mark.parametrize(("size", "records"), [("100", 100), ("10k", 10_000), ("2m", 2_000_000)])
def test_sizes_of_mock_data_are_numbers_of_records(size, records):
    assert parse_mock_data_name(f"a_b_{size}.csv").records == records


@pytest.mark.parametrize(
    "text", ["a_10k.json", "a_b_10g.json", "a_b_k.json", "a_b_10k", "_b_1.json"]
)
def test_what_is_no_name_of_mock_data(text):
    assert parse_mock_data_name(text) is None


def test_traces_and_logs_are_not_taken_for_each_other():
    trace, log = trace_name("20260114_093045", "stress"), log_name("20260114_093045", "stress")
    assert trace == "trace_20260114_093045_stress.json"
    assert log == "run_20260114_093045_stress.log"
    assert parse_trace_name(trace) == parse_log_name(log)
    assert parse_trace_name(log) is None
    assert parse_log_name(trace) is None


@pytest.mark.parametrize("stamp", ["20261314_093045", "20260114_256000", "20260114", "2026-01-14"])
def test_a_trace_at_a_moment_that_does_not_exist_is_misnamed(stamp):
    assert parse_trace_name(f"trace_{stamp}_stress.json") is None
