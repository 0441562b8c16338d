"""Devices: scanner, scale, printer, drawer, display. Knows nothing of `milkpos_tui`."""
