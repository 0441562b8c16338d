"""Scales: seven published protocols, templates for the others, one driver over a serial line."""
