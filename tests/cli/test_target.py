"""`ptest target check` and `ptest run --target` with a team's application, and with wrong input."""

import pytest

APPLICATION = """
class Pay:
    async def charge(self, *, key):
        return {"charged": True}


def requests():
    return [{"order": "o-1"}]


async def handle(request, pay):
    return await pay.charge(key=request["order"])
"""
CONFIG = """
[target]
object = "app:handle"
inputs = "app:requests"

[target.services.pay]
factory = "app:Pay"
effects = ["charge"]
"""


@pytest.fixture
def application(tmp_path, monkeypatch, ptest):
    folder = tmp_path / "application"
    folder.mkdir()
    (folder / "app.py").write_text(APPLICATION)
    (folder / "ptest.toml").write_text(CONFIG)
    monkeypatch.chdir(folder)
    return folder


def check(ptest, *more):
    return ptest("target", "check", "--sut", "reference", *more)


def test_it_tells_stages_services_laws_and_what_is_missing(ptest, application):
    said = check(ptest)
    assert said.code == 0
    assert "app:handle: an async function, 1 requests" in said.out
    assert "app.py:11" in said.out
    assert "pay  app:Pay, acts in the world: charge" in said.out
    assert "target/as-alone" in said.out
    assert "target/ordered" not in said.out
    assert "promises.timeout_ms: how long a request may take" in said.out


def test_json_is_one_document(ptest, application):
    told = check(ptest, "--json").json
    assert told["kind"] == "an async function"
    assert told["target"]["stages"]["handle"].endswith("app.py:11")
    assert any(line.startswith("promises.secrets") for line in told["missing"])


def test_what_it_wrote_is_gone_afterwards(ptest, application, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    code = "import tempfile\nFILE = tempfile.NamedTemporaryFile(delete=False)\n"
    (application / "app.py").write_text(code + APPLICATION)
    told = check(ptest, "--json")
    assert (told.code, told.json["refused"]) == (0, [])
    assert list(scratch.iterdir()) == []


def test_a_database_of_ours_and_what_depends_on_other_requests_are_told(ptest, application):
    mock = '[target.mocks.ledger]\nservice = "sqlite"\nenv = "LEDGER_DB"\n'
    promises = "[target.promises]\nindependent = false\n"
    (application / "ptest.toml").write_text(CONFIG + mock + promises)
    (application / "app.py").write_text(
        'import os\nDB, KEY = os.environ["LEDGER_DB"], os.environ.get("API_KEY")\n' + APPLICATION
    )
    said = check(ptest)
    assert "ledger  sqlite at sqlite:///$TMPDIR/ledger.sqlite, in LEDGER_DB" in said.out
    assert "target/as-alone" not in said.out
    assert "env: API_KEY is asked for" in said.out
    assert "env: LEDGER_DB" not in said.out


OBJECT = '[target]\nobject = "app:handle"\n'


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "has no table [target]"),
        ("[target", "cannot be read"),
        ("[target]\n", "No target is named. Write --target module:object"),
        ('[target]\nobject = "app.handle"', "'app.handle' is no module:object"),
        (OBJECT + "colour = 1", "colour: unknown"),
        (
            OBJECT + '[target.promises]\nsecrets = "card"',
            "promises.secrets: 'card' is no list of texts",
        ),
        (
            OBJECT + '[target.promises]\ntimeout_ms = "10 s"',
            "promises.timeout_ms: '10 s' is no number",
        ),
        (OBJECT + '[target.services.pay]\nmethod = "x"', "services.pay.factory: missing"),
        (OBJECT + '[target.services]\npay = "app:Pay"', "services.pay: 'app:Pay' is no table"),
        (
            OBJECT + '[target.mocks.llm]\nservice = "llm"',
            "mocks.llm.env: missing, and so is parameter",
        ),
        ('[target]\nobject = "app:absent"', "'app:absent' cannot be imported: AttributeError"),
        (
            '[target]\nobject = "absent:handle"',
            "'absent:handle' cannot be imported: ModuleNotFoundError",
        ),
        ('[target]\nobject = "app:handle"', "nothing stands in for it. Write [target.services."),
        (OBJECT + 'inputs = "no.jsonl"', "no.jsonl cannot be read"),
        (OBJECT + 'python = "no/python"', "no/python does not exist"),
    ],
)
def test_a_wrong_configuration_gets_one_line_and_64(ptest, application, written, words):
    (application / "ptest.toml").write_text(written)
    said = check(ptest)
    assert said.code == 64
    assert words in said.line
    assert said.out == ""


def test_without_a_configuration_or_a_name_nothing_is_tested(ptest, application):
    (application / "ptest.toml").unlink()
    assert "No target is named" in check(ptest).line


@pytest.mark.parametrize(
    ("named", "words"),
    [("app:absent", "'app:absent' cannot be imported"), ("handle", "'handle' is no module:object")],
)
def test_run_says_the_same_and_makes_no_run(ptest, application, workspace, named, words):
    said = ptest("run", "CORE-001", "--sut", "reference", "--target", named)
    assert said.code == 64
    assert words in said.err.splitlines()[-1]
    assert not list(workspace.root.glob("runs/*/run-*"))
