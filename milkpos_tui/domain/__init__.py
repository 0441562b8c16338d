"""The rules of the trade. Pure: standard library only, no input or output, no clock."""
