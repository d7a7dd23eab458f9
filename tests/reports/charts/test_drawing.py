import struct
import sys
import zlib

import pytest

from production_testers.reports.charts.chart import Chart, Frame, chart, number, rows
from production_testers.reports.charts.drawing import Drawn, draw
from production_testers.reports.charts.png import smaller

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def simple(name, value=1):
    encoding = {"x": number("a", "Things, pieces"), "y": number("b", "Time, seconds")}
    data = rows([{"a": 0, "b": 0}, {"a": 1, "b": value}])
    layer = {"data": data, "mark": {"type": "line"}, "encoding": encoding}
    return chart(name, "It grows", ["A note."], [layer], frame=Frame(plot=100))


def size_of(image):
    assert image.startswith(SIGNATURE)
    length, kind, width, height = struct.unpack(">I4sII", image[8:24])
    assert (length, kind) == (13, b"IHDR")
    return width, height


def answering(text, code=0):
    program = f"import sys; sys.stdin.read(); print({text!r}); sys.exit({code})"
    return (sys.executable, "-c", program)


@pytest.fixture(scope="module")
def drawn():
    broken = Chart(name="broken", subject="x", title="x", spec={"layer": 3})
    return draw([simple("one"), simple("again"), simple("other", 2), broken])


@pytest.mark.slow
def test_a_chart_becomes_a_png_of_the_stated_size(drawn):
    spec = simple("one").spec
    padding = spec["padding"]
    stated = (
        2 * (spec["width"] + padding["left"] + padding["right"]),
        2 * (spec["height"] + padding["top"] + padding["bottom"]),
    )
    assert size_of(drawn.images["one"]) == stated
    assert stated[0] == 1_800


@pytest.mark.slow
def test_the_same_chart_gives_the_same_bytes(drawn):
    assert drawn.images["one"] == drawn.images["again"]
    assert drawn.images["one"] != drawn.images["other"]
    assert draw([simple("one")]).images["one"] == drawn.images["one"]


@pytest.mark.slow
def test_one_chart_that_cannot_be_drawn_leaves_the_others(drawn):
    assert set(drawn.images) == {"one", "again", "other"}
    assert drawn.missing.startswith("broken: ")


@pytest.mark.parametrize(
    ("renderer", "why"),
    [
        (("no-such-program-anywhere",), "the renderer cannot be used: "),
        (
            (sys.executable, "-c", "import no_such_module"),
            "the renderer ended with 1: ModuleNotFoundError: No module named 'no_such_module'",
        ),
        (answering("", 3), "the renderer ended with 3: no message"),
        (answering("nonsense"), "the renderer's answer cannot be read: "),
    ],
)
def test_a_renderer_that_fails_is_told(renderer, why):
    told = draw([simple("one")], renderer)
    assert told.missing.startswith(why)
    assert told.images == {}


def test_nothing_is_started_for_no_charts():
    assert draw([], ("no-such-program-anywhere",)) == Drawn()


def test_a_smaller_png_is_the_same_picture():
    raw = b"".join(b"\x00" + bytes(400) for _ in range(100))
    header = struct.pack(">IIBBBBB", 100, 100, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(raw, 0)[:9_000])]
    parts += [(b"IDAT", zlib.compress(raw, 0)[9_000:]), (b"IEND", b"")]
    image = SIGNATURE + b"".join(
        struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    less = smaller(image)
    assert len(less) < len(image) / 10
    assert size_of(less) == (100, 100)
    assert less.count(b"IDAT") == 1
    at = less.index(b"IDAT")
    (length,) = struct.unpack(">I", less[at - 4 : at])
    assert zlib.decompress(less[at + 4 : at + 4 + length]) == raw
    assert struct.unpack(">I", less[at + 4 + length : at + 8 + length]) == (
        zlib.crc32(less[at : at + 4 + length]),
    )
