"""Laws about what is known of a request."""
