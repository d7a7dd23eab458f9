"""Government: applications with the decision that the written rules give."""
