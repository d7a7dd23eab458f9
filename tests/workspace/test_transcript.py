import pytest

from production_testers.model.errors import UsageError
from production_testers.workspace.transcript import Transcript


@pytest.fixture
def said(tmp_path):
    """What stands in the log after pieces were said."""

    def say(*pieces, **secrets):
        path = tmp_path / "logs" / "run_20260114_090000_agent.log"
        with Transcript(path, secrets) as transcript:
            for piece in pieces:
                transcript.write(piece)
        return path.read_bytes()

    return say


def test_what_was_said_stands_there(said):
    assert said(b"one\n", b"\xff two", b"") == b"one\n\xff two"


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_secret_that_comes_in_pieces_is_masked(said, cut):
    text = b"a hunter2hunter b"
    assert said(text[:cut], text[cut:], TOKEN="hunter2hunter") == b"a [TOKEN] b"


def test_a_secret_that_comes_byte_by_byte_is_masked(said):
    pieces = [bytes([byte]) for byte in b"xhunhunter2x"]
    assert said(*pieces, TOKEN="hunter2") == b"xhun[TOKEN]x"


def test_of_two_secrets_the_longer_one_is_masked_whole(said):
    assert said(b"abcdef abc", SHORT="abc", LONG="abcdef") == b"[LONG] [SHORT]"


def test_the_beginning_of_a_secret_at_the_end_is_no_secret(said):
    assert said(b"to hunt", TOKEN="hunter2") == b"to hunt"


def test_an_empty_value_masks_nothing(said):
    assert said(b"text", TOKEN="") == b"text"


def test_it_is_readable_while_it_grows(tmp_path):
    path = tmp_path / "run_20260114_090000_agent.log"
    with Transcript(path, {"TOKEN": "hunter2"}) as transcript:
        transcript.write(b"first hun")
        assert path.read_bytes() == b"first "


def test_a_log_that_stands_there_is_not_written_over(tmp_path):
    path = tmp_path / "run_20260114_090000_agent.log"
    path.write_text("mine")
    with pytest.raises(UsageError, match="Cannot write"):
        Transcript(path, {})
    assert path.read_text() == "mine"
