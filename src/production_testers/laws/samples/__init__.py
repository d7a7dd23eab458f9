"""Measurements around the caller's own code."""
