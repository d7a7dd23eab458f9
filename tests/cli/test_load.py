from pathlib import Path

import pytest

TARGETS = """
import asyncio


async def quick():
    await asyncio.sleep(0.001)


async def fails():
    raise RuntimeError("no")
"""


@pytest.fixture
def targets(workspace):
    """A module with targets, in the folder where the command is given."""
    (workspace.root / "loaded.py").write_text(TARGETS)


@pytest.mark.slow
def test_a_load_is_one_json_document_with_percentiles(ptest, targets):
    said = ptest("load", "loaded:quick", "--rate", "200", "--duration", "1", "--json")
    assert said.code == 0
    told = said.json
    assert told["p50_ms"] <= told["p95_ms"] <= told["p99_ms"] <= told["max_ms"]
    assert told["latency_from"] == "intended start"
    assert told["throughput_tps"] == pytest.approx(200, rel=0.2)
    assert (told["dropped"], told["failed"], told["partial"]) == (0, 0, False)
    assert told["dispatch_lateness"]["max_ms"] >= 0
    assert told["exit_code"] == 0


@pytest.mark.slow
def test_a_missed_target_has_its_own_exit_code(ptest, targets):
    arguments = ("loaded:quick", "--concurrency", "1", "--duration", "0.5", "--slo", "p50_ms=0.01")
    said = ptest("load", *arguments)
    assert said.code == 3
    assert "missed: p50_ms is" in said.out


@pytest.mark.slow
def test_a_load_in_which_nothing_completes_passes_no_target(ptest, targets):
    arguments = ("loaded:fails", "--concurrency", "1", "--duration", "0.3", "--slo", "p99_ms=100")
    said = ptest("load", *arguments, "--json")
    assert said.code == 2
    assert said.json["count"] == 0
    assert any("nothing completed" in missed for missed in said.json["slo"]["missed"])


@pytest.mark.slow
def test_a_pipeline_on_the_reference_is_loaded_and_kept_with_its_pictures(ptest, tmp_path):
    out = tmp_path / "out"
    arguments = ("FIN-001", "--sut", "reference", "--concurrency", "5", "--duration", "1")
    said = ptest("load", *arguments, "--out", out, "--json")
    assert said.code == 0
    told = said.json
    assert set(told["stages"]) == {"receive", "velocity", "travel", "amount", "decide", "book"}
    under_way = 5  # at either end a run may count without its stage, or the other way round
    assert abs(told["stages"]["decide"]["count"] - told["count"]) <= under_way
    names = {Path(path).name for path in told["files"]}
    assert names >= {"latency.json", "throughput.json", "resource_usage.json", "service.hlog"}
    assert names >= {"latency.svg", "latency.png", "load.html", "load.json"}
    assert "<svg" in (out / "latency.svg").read_text()
    assert (out / "screenshots" / "latency.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Give either a target"),
        (("a:b", "--url", "http://x"), "Give either a target"),
        (("a:b",), "needs --rate"),
        (("a:b", "--rate", "5", "--burst", "5@1"), "--rate and --burst exclude each other"),
        (("a:b", "--rate", "x"), "--rate 'x'"),
        (("a:b", "--poisson", "--concurrency", "1"), "--poisson needs --rate"),
        (("a:b", "--rate", "5", "--think", "1"), "--think is for a closed loop"),
        (("a:b", "--rate", "5", "--duration", "0"), "--duration 0"),
        (("a:b", "--concurrency", "0"), "--concurrency 0"),
        (("a:b", "--concurrency", "1.5"), "--concurrency '1.5': it is no whole number"),
        (("a:b", "--concurrency", "1", "--workers", "0"), "--workers 0"),
        (("FIN-001", "--sut", "reference", "--duration", "0"), "--duration 0"),
        (("a:b", "--against", "a:c", "--rounds", "0", "--rate", "5"), "--rounds 0"),
        (("a:b", "--concurrency", "1", "--workers", "2"), "it must be 2 at least"),
        (("a:b", "--rate", "5", "--warm-up", "99"), "--warm-up 99"),
        (("a:b", "--rate", "5", "--slo", "p98_ms=1"), "unknown target"),
        (("a:b", "--find"), "--find needs targets"),
        (("a:b", "--find", "--sweep", "1,2"), "exclude each other"),
        (("a:b", "--sweep", "1,x"), "--sweep '1,x'"),
        (("--grow", "colours=1,2"), "--grow 'colours=1,2': unknown"),
        (("--grow", "stages=5"), "two sizes"),
        (("--url", "ftp://x", "--rate", "5"), "http://"),
        (("--url", "http://127.0.0.1:1/", "--rate", "5"), "no connection"),
        (("a:b", "--rate", "5", "--header", "x"), "--header 'x'"),
        (("CORE-999", "--rate", "5"), "no such target"),
        (("loaded:nothing", "--rate", "5"), "cannot be imported"),
    ],
)
def test_wrong_input_is_told_in_one_line(ptest, targets, arguments, told):
    said = ptest("load", *arguments)
    assert said.code == 64
    assert told in said.err.splitlines()[-1]
    assert said.out == ""
