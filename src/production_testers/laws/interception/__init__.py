"""Laws about interceptors: their order, and that they only do what they say."""
