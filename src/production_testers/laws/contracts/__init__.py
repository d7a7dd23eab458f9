"""Laws about contracts of outputs: what is registered, what may replace what, what fits."""
