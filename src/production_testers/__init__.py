"""Stress-tests asynchronous pipeline frameworks; every finding replays."""
