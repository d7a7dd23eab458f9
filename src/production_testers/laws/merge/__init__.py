"""Laws about bringing the outputs of parallel stages together."""
