"""Laws about what becomes of the answers of services."""
