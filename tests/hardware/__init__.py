"""Devices at a counter, from the registry to what a customer reads."""
