"""Laws about guards."""
