"""Legal: contracts with clauses, citations and planted anomalies."""
