"""Laws about sizes that the field names."""
