"""Fraud checks for card payments: seven stages over a language model, a database and an API."""
