"""What scaffolding copies into a run works as it stands."""

import ast
import importlib.util
import re
from pathlib import Path
from random import Random

import pytest

import production_testers
from production_testers.reports.data_reference import scenario_table

TEMPLATES = Path(production_testers.__file__).parent / "workspace" / "root" / "templates"
SERVICES = TEMPLATES / "test_utilities" / "services"


def load(path):
    spec = importlib.util.spec_from_file_location(f"template_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def service(name):
    return load(SERVICES / f"mock_{name}.py").service(1)


@pytest.mark.parametrize(
    ("name", "operation", "payload"),
    [
        ("llm", "chat", {"messages": [{"role": "user", "content": "hello"}]}),
        ("db", "query", {"sql": "SELECT * FROM accounts"}),
        ("api", "get", {"path": "/health"}),
        ("infra", "lease_acquire", {"lease": "l", "owner": "o"}),
    ],
)
def test_each_service_of_a_run_answers(name, operation, payload):
    made = service(name)
    assert made.name == name
    assert made.handle(operation, payload, Random(1))


def test_the_api_books_a_payment():
    body = {"account": "acc-1", "amount_cents": 5}
    answer = service("api").handle("post", {"path": "/payments", "body": body}, Random(1))
    assert (answer["status"], answer["body"]["amount_cents"]) == (201, 5)


def test_the_templates_say_what_to_edit_and_import_no_inner_module():
    for path in SERVICES.glob("*.py"):
        tree = ast.parse(path.read_text())
        assert "Edit " in ast.get_docstring(tree)
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert names <= {"production_testers.mocks.services", "collections.abc"}
    assert len(list(SERVICES.glob("*.py"))) == 5


def test_the_readme_of_the_data_lists_what_there_is_and_its_code_runs(
    tmp_path, monkeypatch, capsys
):
    text = (TEMPLATES / "mock_data" / "README.md").read_text()
    assert scenario_table() in text
    monkeypatch.chdir(tmp_path)
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(code, {})
    assert (tmp_path / "patients_valid_100.json").stat().st_size > 1_000
    said = capsys.readouterr().out
    assert "happy_path" in said
    assert "6 balance " in said
