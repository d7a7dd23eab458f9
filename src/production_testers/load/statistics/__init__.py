"""Statements about one load with their uncertainty."""
