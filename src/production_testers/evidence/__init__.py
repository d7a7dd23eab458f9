"""From a broken law to a finding: minimised, fingerprinted, attributed, verified."""
