"""Money: whole paise as `int`, shown the Indian way. Never a float between key and paper."""

import re

from milkpos_tui.domain.errors import Refused

PAISE_PER_RUPEE = 100
MONEY_LIMIT_PAISE = 10_00_00_000_00  # ten crore rupees: beyond any bill, far below 2^53

_RUPEES = re.compile(r"(\d*)(?:\.(\d*))?", re.ASCII)


def parse_rupees(text: str) -> int:
    """Paise of an amount typed in rupees: `62`, `62.5`, `62.50`, `.50`.

    Raises Refused for anything else, for a third decimal, and above the limit.
    """
    match = _RUPEES.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        raise Refused("amount-unreadable", f"'{text}' is not an amount in rupees, like 62 or 62.50")
    rupees, decimals = match[1] or "0", match[2] or ""
    if len(decimals) > 2:
        raise Refused(
            "amount-decimals", f"'{text}': an amount has at most two decimals (paise), like 62.50"
        )
    if len(rupees) > 12:
        raise Refused("amount-limit", f"'{text}' is over the limit of an amount")
    paise = int(rupees) * PAISE_PER_RUPEE + int(decimals.ljust(2, "0"))
    if paise > MONEY_LIMIT_PAISE:
        raise Refused("amount-limit", f"Rs {show_rupees(paise)} is over the limit of an amount")
    return paise


def group_indian(number: int) -> str:
    """Digits grouped 3, 2, 2 ... from the right: 1234567 -> '12,34,567'."""
    sign, digits = ("-" if number < 0 else ""), str(abs(number))
    head, tail = digits[:-3], digits[-3:]
    groups = [tail]
    while head:
        groups.append(head[-2:])
        head = head[:-2]
    return sign + ",".join(reversed(groups))


def show_rupees(paise: int) -> str:
    """Paise as rupees with two decimals, no sign of currency: 123456700 -> "12,34,567.00"."""
    sign = "-" if paise < 0 else ""
    rupees, rest = divmod(abs(paise), PAISE_PER_RUPEE)
    return f"{sign}{group_indian(rupees)}.{rest:02d}"
