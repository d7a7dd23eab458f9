"""Laws about a team's own application: what every one owes, and what the team promises."""
