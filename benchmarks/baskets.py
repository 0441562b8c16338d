"""How many keys a sale takes: `python -m benchmarks.baskets > docs/keystrokes.md`.

tests/screens/test_baskets.py presses these keys on the real screen and looks at the bill.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from milkpos_tui.domain.money import parse_rupees, show_rupees

BASKETS = Path(__file__).with_suffix(".toml")
_SCAN = re.compile(r"<scan (\w+)>")
_KEY = re.compile(r"<[a-z0-9+]+>|.")

HEAD = """\
# Keystrokes

Ten typical baskets of the sample catalogue, and the keys each takes on the billing screen from the
empty entry line to the change shown. `⏎` is Enter; a scanner presses its keys itself.

A test presses them on the real screen and looks at the bill (`tests/screens/test_baskets.py`); the
baskets are in `benchmarks/baskets.toml`, and `python -m benchmarks.baskets` makes this page.

| What the customer wants | Keyed | Total | Lines | Keys |
|---|---|---:|---:|---:|
"""


REGULARS = """
## A regular collects the usual

Who has an order for the counter is proposed it when they are chosen, and Enter takes it; these are
not in the average above. In brackets are the keys for the goods, without the payment.

| Who comes | Keyed | Total | Lines | Keys |
|---|---|---:|---:|---:|
"""


@dataclass(frozen=True)
class Basket:
    """What a customer wants, what is pressed for it, and the bill that comes of it."""

    wants: str
    keys: str
    lines: int
    total_paise: int

    @property
    def received(self) -> str:
        """What the till gets: a scanner types too, and presses Enter."""
        return _SCAN.sub(r"\1<enter>", self.keys)

    @property
    def count(self) -> int:
        """How many keys a person presses."""
        return _count(self.keys)

    @property
    def goods(self) -> int:
        """How many of them before the payment."""
        return _count(self.keys[: self.keys.index("+")])


@dataclass(frozen=True)
class Order:
    """So much of an item that a regular collects; their code, and the card they may have."""

    code: str
    card: str
    plu: int
    quantity: str


def _count(keys: str) -> int:
    return len(_KEY.findall(_SCAN.sub("", keys)))


def baskets() -> list[Basket]:
    """The ten of baskets.toml."""
    return _of("basket")


def regulars() -> list[Basket]:
    """What regulars collect."""
    return _of("regular")


def usual_orders() -> list[Order]:
    """What regulars ordered for the counter."""
    told = tomllib.loads(BASKETS.read_text())["order"]
    return [Order(one["code"], one["card"], one["plu"], one["quantity"]) for one in told]


def _of(kind: str) -> list[Basket]:
    return [
        Basket(one["wants"], one["keys"], one["lines"], parse_rupees(one["total"]))
        for one in tomllib.loads(BASKETS.read_text())[kind]
    ]


def page(counted: Sequence[Basket], collected: Sequence[Basket]) -> str:
    """docs/keystrokes.md."""
    rows = "".join(_row(one, str(one.count)) for one in counted)
    usual = "".join(_row(one, f"{one.count} ({one.goods})") for one in collected)
    a_bill = sum(one.count for one in counted) / len(counted)
    a_line = sum(one.count for one in counted) / sum(one.lines for one in counted)
    told = f"That is {a_bill:.1f} keys a bill, or {a_line:.1f} a line."
    return f"{HEAD}{rows}\n{told}\n{REGULARS}{usual}"


def _row(one: Basket, keys: str) -> str:
    total = show_rupees(one.total_paise)
    return f"| {one.wants} | {_keyed(one)} | {total} | {one.lines} | {keys} |\n"


def _keyed(basket: Basket) -> str:
    key_ins = _SCAN.sub("scan<enter>", basket.keys).split("<enter>")[:-1]
    return " ".join(key_in if key_in == "scan" else f"`{key_in}⏎`" for key_in in key_ins)


if __name__ == "__main__":
    print(page(baskets(), regulars()), end="")
