"""Dates as people write them: YYYY-MM-DD and nothing else."""

import re
from datetime import date

from milkpos_tui.domain.errors import Refused

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_date(text: str) -> date:
    """The day of `2026-11-23`. Raises Refused; ISO 8601 has many other forms, none is meant."""
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a day that no month has
    raise Refused("date", f"'{text}' is not a date like 2026-11-23")
