"""Tests of this run: a failing one is a law that the system under test breaks."""
