"""Secrets and other tenants' texts are seen wherever they are written."""

import logging
import sys

from production_testers.model.target import Promises
from production_testers.suts.target_watch import Marks, OutputWatch, stands_in

RECORDS = [
    {"tenant": "north-bank", "card": "4000-1111", "city": "Lyon"},
    {"tenant": "south-bank", "card": "4000-2222", "city": "Lyon"},
    {"tenant": "north-bank", "card": "4000-3333", "city": "Rome"},
]
MARKS = Marks(Promises(tenant="tenant", secrets=("card",)), RECORDS)


def test_a_secret_is_found_among_the_requests_that_have_begun():
    assert list(MARKS.secrets_in("paid with 4000-2222", [0, 1])) == [1]
    assert list(MARKS.secrets_in("paid with 4000-3333", [0, 1])) == []


def test_only_what_one_tenant_alone_has_tells_it():
    assert list(MARKS.strangers_in("for south-bank", 0, [0, 1, 2])) == [1]
    assert list(MARKS.strangers_in("in Lyon", 0, [0, 1, 2])) == []
    assert list(MARKS.strangers_in("in Rome", 0, [0, 1, 2])) == []
    assert list(MARKS.strangers_in("in Rome", 1, [0, 1])) == [0]


def test_a_mark_is_a_whole_word():
    assert stands_in("north", "go north, now")
    assert not stands_in("north", "northern")
    assert stands_in("north", "northern north")


def test_logs_and_prints_are_seen_while_requests_run_and_not_before_or_after():
    seen = []
    watch, out, level = OutputWatch(seen.append), sys.stdout, logging.getLogger().level
    with watch, watch:
        logging.getLogger("app").info("card %s", "4000", extra={"who": "ada"})
        sys.stdout.write("printed")
        try:
            int("inside")
        except ValueError:
            logging.getLogger("app").exception("failed")
    text = " ".join(seen)
    assert all(word in text for word in ("card 4000", "ada", "printed", "ValueError: invalid"))
    count = len(seen)
    logging.getLogger("app").warning("later")
    assert len(seen) == count
    assert (sys.stdout, logging.getLogger().level) == (out, level)
