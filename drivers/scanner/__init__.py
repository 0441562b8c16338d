"""Barcode readers: keyboards by evdev, serial ports, a simulated one; and what a code means."""
