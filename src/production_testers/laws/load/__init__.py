"""Laws about real loads, measured in pairs beside a control."""
