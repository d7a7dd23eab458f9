"""Laws about things that keep values: answers fit an order of the calls."""
