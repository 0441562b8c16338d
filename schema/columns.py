"""Columns that several migrations make alike."""

# No control, C1 or bidi character gets in, whoever lets it through (fault 29).
_UNCLEAN = "char(1) || '-' || char(31) || char(127) || '-' || char(159) || char(8206, 8207, 1564)"
_BIDI = "char(8234) || '-' || char(8238) || char(8294) || '-' || char(8297)"
_CLEAN = f"{{0}} NOT GLOB '*[' || {_UNCLEAN} || {_BIDI} || ']*' AND instr({{0}}, char(0)) = 0"


def text_column(column: str, length: int = 200) -> str:
    """A column of text from people: bounded, and free of control characters."""
    return (
        f"{column} TEXT NOT NULL CHECK (length({column}) <= {length} AND {_CLEAN.format(column)})"
    )
