"""Amounts in words, in the Indian system, as a tax invoice spells its total."""

_ONES = [
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
    "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen",
    "Eighteen", "Nineteen",
]  # fmt: skip
_TENS = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
_SCALES = ((10_000_000, "Crore"), (100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred"))


def amount_in_words(paise: int) -> str:
    """An amount of paise in words; whole crores have no upper limit.

    >>> amount_in_words(12345650)
    'Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Fifty Paise Only'
    """
    rupees, rest = divmod(abs(paise), 100)
    sign = "Minus " if paise < 0 else ""
    tail = f" and {_words(rest)} Paise" if rest else ""
    return f"{sign}Rupees {_words(rupees)}{tail} Only"


def _words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, size)
    return f"{_words(count)} {name}" + (f" {_words(rest)}" if rest else "")
