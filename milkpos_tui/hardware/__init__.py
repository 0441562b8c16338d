"""The devices of a counter at work: from the registry to running drivers, and back to the till."""
