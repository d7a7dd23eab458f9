"""Pictures of a run: Vega-Lite specifications from what was recorded, and how they become PNG."""
