import json

import pytest

from production_testers.model.errors import InvalidDocumentError, PtestError
from production_testers.workspace import journal as journal_module
from production_testers.workspace.clock import parse_iso
from production_testers.workspace.journal import Journal, JournalKind


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "results" / "events.jsonl")


def test_a_journal_that_was_never_written_is_empty(journal):
    assert journal.read() == ()
    assert journal.last("run_started") is None


def test_events_come_back_in_order_with_their_fields_and_time(journal):
    written = [
        journal.append("run_started", seed=7),
        journal.append("phase_completed", phase="research"),
    ]
    assert list(journal.read()) == written
    assert written[0]["seed"] == 7
    assert parse_iso(written[0]["time"]).tzinfo is not None


def test_the_last_event_of_a_kind_is_the_newest(journal):
    journal.append("phase_started", phase="research")
    journal.append("phase_started", phase="tests")
    journal.append("run_interrupted")
    assert journal.last("phase_started")["phase"] == "tests"


def test_completed_phases_are_named(journal):
    journal.append("phase_started", phase="tests")
    journal.append("phase_completed", phase="research")
    assert journal.phases_completed() == {"research"}


def test_lines_are_canonical_json(journal):
    journal.append("run_started", b=1, a="é")
    line = journal.path.read_text()
    assert line.startswith('{"a":"\\u00e9","b":1,"kind":"run_started","time":"')
    assert line.endswith('Z"}\n')


def test_an_event_is_on_disk_before_append_returns(journal, monkeypatch):
    synced = []
    monkeypatch.setattr(
        journal_module.os, "fsync", lambda _handle: synced.append(journal.path.read_bytes())
    )
    journal.append("run_started")
    assert synced == [journal.path.read_bytes()]


@pytest.mark.parametrize("torn", ['{"kind":"run_com', '{"kind":"run_completed","time":"x"}', ""])
def test_a_torn_last_line_does_not_count_and_is_dropped_by_the_next_event(journal, torn):
    journal.append("run_started")
    with journal.path.open("a") as file:
        file.write(torn)
    assert [event["kind"] for event in journal.read()] == ["run_started"]
    journal.append("run_resumed")
    assert [event["kind"] for event in journal.read()] == ["run_started", "run_resumed"]


def test_a_journal_that_holds_only_a_torn_line_starts_anew(journal):
    journal.path.parent.mkdir()
    journal.path.write_text('{"kind":')
    assert journal.read() == ()
    journal.append("run_started")
    assert len(journal.read()) == 1


@pytest.mark.parametrize("line", ["not json", "[]", '{"kind":"unheard_of"}', '{"time":"x"}', ""])
def test_a_broken_line_within_is_an_error_that_names_it(journal, line):
    journal.append("run_started")
    with journal.path.open("a") as file:
        file.write(line + "\n")
    journal.append("run_completed")
    with pytest.raises(InvalidDocumentError, match="line 2: no event"):
        journal.read()


def test_an_unknown_kind_is_refused(journal):
    with pytest.raises(PtestError, match="unheard_of"):
        journal.append("unheard_of")
    assert not journal.path.exists()


def test_the_time_is_not_for_callers_to_say(journal):
    with pytest.raises(PtestError, match="clock"):
        journal.append("run_started", time="2026-01-14T09:00:00Z")


def test_all_kinds_can_be_written(journal):
    for kind in JournalKind:
        journal.append(kind)
    kinds = [json.loads(line)["kind"] for line in journal.path.read_text().splitlines()]
    assert kinds == [kind.value for kind in JournalKind]
