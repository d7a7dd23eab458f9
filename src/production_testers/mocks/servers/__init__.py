"""The services as real servers, and faults done to real connections, processes and machines.

Not for workers: this package uses libraries that a system under test need not have.
"""
