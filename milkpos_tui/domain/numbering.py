"""Bill numbers: consecutive per counter, series and financial year (CGST Rule 46(b)).

`1/2627/345` is the 345th bill of counter 1 in 2026-27, `1-R/2627/7` its 7th credit note. At most
16 characters of `[A-Za-z0-9/-]`, unique in the year, and a new year starts again at 1.
"""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused

NUMBER_LENGTH_MAX = 16


class Series(StrEnum):
    """The runs of numbers a counter has; the value stands behind the counter's code."""

    SALE = ""
    RETURN = "-R"


_COUNTER = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)
_NUMBER = re.compile(r"([A-Z0-9]{1,3})(-R)?/(\d{4})/([1-9]\d{0,6})", re.ASCII)


def check_counter(code: str) -> str:
    """A counter's code in capitals: one to three letters or digits, so that numbers stay short."""
    code = code.strip().upper()
    if _COUNTER.fullmatch(code) is None:
        raise Refused("counter-code", f"'{code}': a counter is one to three letters or digits")
    return code


def series_of(kind: DocumentKind) -> Series:
    """Credit notes run apart from everything sold."""
    return Series.RETURN if kind is DocumentKind.CREDIT_NOTE else Series.SALE


def financial_year(day: date) -> str:
    """April to March as four digits: 2026-11-23 -> '2627', 2027-03-31 -> '2627'."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first % 100:02d}{(first + 1) % 100:02d}"


class BillNumber(NamedTuple):
    """One number of a series."""

    counter: str
    series: Series
    year: str
    serial: int

    def checked(self) -> "BillNumber":
        """The number itself. Refused where it would be longer than the law allows."""
        if len(str(self)) > NUMBER_LENGTH_MAX:
            raise Refused("series-full", f"{self} is longer than 16 characters: open a new counter")
        return self

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether the text is a bill number as it is printed."""
        return _NUMBER.fullmatch(text) is not None

    def __str__(self) -> str:
        return f"{self.counter}{self.series}/{self.year}/{self.serial}"

    @classmethod
    def parse(cls, text: str) -> "BillNumber":
        """A number as printed, small letters allowed. Raises Refused."""
        match = _NUMBER.fullmatch(text.strip().upper())
        if match is None:
            raise Refused("bill-number", f"'{text}' is not a bill number, like 1/2627/345")
        return cls(match[1], Series(match[2] or ""), match[3], int(match[4])).checked()
