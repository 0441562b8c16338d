"""Widgets of our own, drawn line by line: the till's hot path repaints cells, not tables."""
