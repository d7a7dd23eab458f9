import json
import re

import pytest
from pydantic import ValidationError

from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace import documents
from production_testers.workspace.documents import (
    DxScores,
    EnvironmentDocument,
    Finding,
    FindingsDocument,
    RunConfig,
    findings_schema,
    load_findings,
)

WHOLE = {
    "metadata": {
        "roadmap_entry_id": "FIN-001",
        "agent_run_id": "0b9f4b8e-2f1a-4f4e-9a55-0d7a1c2b3d4e",
        "started_at": "2026-01-14T09:00:00Z",
        "status": "completed",
    },
    "findings": [
        {
            "id": "FIN-001-BUG-001",
            "type": "bug",
            "severity": "high",
            "title": "Outputs are lost",
            "description": "Expected both, got one.",
            "status": "open",
            "created_at": "2026-01-14T09:00:00Z",
        }
    ],
}


def text(**finding):
    return json.dumps({**WHOLE, "findings": [{**WHOLE["findings"][0], **finding}]})


def problems(kind, written):
    with pytest.raises(InvalidDocumentError) as caught:
        kind.parse(written, "findings.json")
    return caught.value.problems


@pytest.mark.parametrize(
    ("number", "kind"), [(0, RunConfig), (1, EnvironmentDocument), (2, DxScores)]
)
def test_every_example_of_the_specification_passes_and_comes_back_as_it_was(
    specification, number, kind
):
    example = re.findall(r"```json\n(.*?)```", specification, re.DOTALL)[number]
    assert kind.parse(example, "example").as_json() == json.loads(example)


def test_a_finding_with_what_is_required_and_nothing_else_passes():
    document = FindingsDocument.parse(json.dumps(WHOLE), "findings.json")
    assert document.findings[0].fingerprint == "FIN-001-BUG-001"


def test_all_fields_appear_in_what_is_written():
    written = FindingsDocument.parse(json.dumps(WHOLE), "findings.json").as_json()
    assert set(written["findings"][0]) == set(Finding.model_fields)
    assert written["findings"][0]["resolution"] is None
    assert written["metadata"]["completed_at"] is None


def test_keys_that_nobody_knows_are_kept_at_every_depth():
    reproduction = {"steps": ["run it"], "weather": "rain"}
    document = FindingsDocument.parse(text(mood=["calm"], reproduction=reproduction), "x")
    written = document.as_json()["findings"][0]
    assert written["mood"] == ["calm"]
    assert written["reproduction"]["weather"] == "rain"


def test_every_problem_is_listed_with_its_place():
    broken = text(severity="bad", title=5, created_at="yesterday", tags="a")
    assert [problem.partition(":")[0] for problem in problems(FindingsDocument, broken)] == [
        "findings[0].severity",
        "findings[0].title",
        "findings[0].created_at",
        "findings[0].tags",
    ]


def test_a_problem_shows_the_value_that_was_seen():
    (problem,) = problems(FindingsDocument, text(severity="bad"))
    assert "saw 'bad'" in problem


def test_the_type_must_be_the_one_that_the_id_says():
    (problem,) = problems(FindingsDocument, text(type="dx"))
    assert problem.startswith("findings[0]: id 'FIN-001-BUG-001' does not say DX")


@pytest.mark.parametrize(
    "fields",
    [
        {"created_at": "2026-02-30T09:00:00Z"},
        {"created_at": "2026-01-14T09:00:00+00:00"},
        {"id": "FIN-001-BUG-1"},
        {"related_findings": ["BUG-001"]},
        {"evidence": []},
        {"impact": {"availability_risk": "huge"}},
        {"reproduction": {"frequency": "now and then"}},
        {"resolution": {"resolution_type": "gone"}},
        {"attachments": [{"name": "log"}]},
    ],
)
def test_a_finding_that_breaks_the_schema_is_refused(fields):
    assert len(problems(FindingsDocument, text(**fields))) >= 1


def test_a_number_in_quotes_is_no_number():
    broken = json.dumps({**WHOLE, "metadata": {**WHOLE["metadata"], "total_findings": "1"}})
    assert problems(FindingsDocument, broken)[0].startswith("metadata.total_findings:")


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", '{"metadata": {}', "\xff"])
def test_what_is_no_json_object_is_refused(broken):
    assert len(problems(FindingsDocument, broken.encode("latin-1"))) >= 1


def test_nan_is_refused_also_under_a_key_that_nobody_knows():
    assert problems(FindingsDocument, text(mood=float("nan"))) == ("$: NaN is no JSON value",)


def test_the_letters_nan_in_a_title_are_only_letters():
    assert FindingsDocument.parse(text(title="NaN is summed"), "x").findings[0].title == (
        "NaN is summed"
    )


def test_an_overall_score_need_not_be_the_mean():
    draft = DxScores.draft().as_json()
    for score in (1, 1.0, 3.8, 5.0):
        assert DxScores.parse(json.dumps({**draft, "overall_score": score}), "x")
    for score in (0.9, 5.1, "4"):
        assert problems(DxScores, json.dumps({**draft, "overall_score": score}))


def test_scores_name_all_eight_categories():
    draft = DxScores.draft().as_json()
    del draft["categories"]["debugging"]
    assert problems(DxScores, json.dumps(draft)) == ("categories.debugging: Field required",)


def test_a_missing_file_is_the_users_to_mend(tmp_path):
    with pytest.raises(UsageError, match=r"Cannot read .*findings\.json"):
        load_findings(tmp_path / "findings.json")


def test_documents_cannot_be_changed_by_accident(finding):
    with pytest.raises(ValidationError, match="frozen"):
        finding().title = "other"


def test_the_published_schema_is_of_the_2020_draft_and_names_every_field():
    schema = findings_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["$defs"]["Finding"]["properties"]) == set(Finding.model_fields)
    assert schema["$defs"]["Finding"]["required"] == [
        "id", "type", "severity", "title", "description", "status", "created_at",
    ]  # fmt: skip
    assert schema["$defs"]["Finding"]["allOf"][1]["if"]["properties"]["type"]["const"] == "security"


def test_every_field_that_the_schema_shows_is_explained():
    for name, definition in findings_schema()["$defs"].items():
        for field, shape in definition.get("properties", {}).items():
            assert shape.get("description"), f"{name}.{field}"


def test_every_exported_name_exists():
    assert all(hasattr(documents, name) for name in documents.__all__)
