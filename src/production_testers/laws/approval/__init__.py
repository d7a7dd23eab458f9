"""Laws about approvals: whose decision counts, and for how long."""
