"""From a broken law to a finding: minimised, fingerprinted, attributed, replayed in fresh processes."""
