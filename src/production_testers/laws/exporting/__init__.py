"""Laws about exporters that write events in batches."""
