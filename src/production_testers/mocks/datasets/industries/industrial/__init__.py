"""Industrial: readings of pumps, with labelled anomalies."""
