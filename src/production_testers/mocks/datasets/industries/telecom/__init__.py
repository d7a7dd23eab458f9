"""Telecom: call records that are rated, and storms of alarms with their first cause."""
