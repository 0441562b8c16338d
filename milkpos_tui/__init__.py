"""MilkPOS: a till for small dairy shops that lives in a terminal."""

__version__ = "0.1.0"
