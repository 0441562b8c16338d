"""Customer displays on a pole: two lines of twenty characters, over a serial port."""
