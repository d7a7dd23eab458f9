"""Energy: readings of meters that balance, with labelled losses."""
