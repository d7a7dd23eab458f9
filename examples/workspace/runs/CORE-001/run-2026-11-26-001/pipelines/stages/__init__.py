"""Stages of this run's pipelines."""
