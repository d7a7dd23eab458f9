"""Defence: reports of sensors about moving objects, with classification marks."""
