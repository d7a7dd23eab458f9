"""Runs whose end is told in one answer."""
