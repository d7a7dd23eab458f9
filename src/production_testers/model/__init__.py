"""The nouns of the field: frozen values that every other package speaks in.

Standard library only: the worker loads this package beside any release of any framework.
"""
