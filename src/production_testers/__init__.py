"""Stress-tests asynchronous pipeline frameworks; every finding replays."""

__version__ = "0.1.0"
