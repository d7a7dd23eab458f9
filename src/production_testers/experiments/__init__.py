"""Executes scenarios on a system under test and writes down what happened."""
