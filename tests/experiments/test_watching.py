"""What a framework logs stands in the history, also in a process that is told to log nothing."""

import logging
from random import Random

from detection.executors import LogsItsInput, PlantedAdapter
from detection.special import watched
from production_testers.experiments.judging import run_and_judge
from production_testers.model.history import EventKind


def logged(scenario):
    adapter = PlantedAdapter(LogsItsInput)
    judged = run_and_judge(adapter, adapter.describe(), scenario)
    return list(judged.observation.history.of(EventKind.LOGGED))


def test_records_are_heard_where_logging_is_disabled_as_elsewhere():
    scenario = watched(Random(1))
    aloud = logged(scenario)

    logging.disable(logging.CRITICAL)
    try:
        silent = logged(scenario)
        assert logging.root.manager.disable == logging.CRITICAL
    finally:
        logging.disable(logging.NOTSET)

    assert aloud
    assert silent == aloud
