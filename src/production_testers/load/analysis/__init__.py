"""What several loads show together: limits, laws of scaling, comparisons, capacity."""
