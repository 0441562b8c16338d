"""Milk bought from farmers: what a can of it is worth.

Whole numbers all the way: litres in thousandths (ml), kilograms in grams, fat and SNF in hundredths
of a percent (4.20 % is 420, which is basis points), CLR in hundredths of a degree (28.5 is 2850),
the constants of the SNF formula in thousandths, rates in paise. Each figure is rounded once, by the
one rule (`domain.rounding`): SNF when it is worked out, kilograms, and the amount.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import MILLI, QUANTITY_LIMIT_MILLI, show_quantity
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.text import clean

HUNDRED_PERCENT = 10_000
USUAL_DENSITY_G = 1030  # of a litre of milk, where no lactometer said it

# What milk can be. Outside of it a digit was mistyped or the lactometer fell over.
FAT_RANGE_BP = (10, 1500)
SNF_RANGE_BP = (300, 1300)
CLR_RANGE = (1500, 4000)

_HUNDREDTHS = re.compile(r"(\d{1,3})(?:\.(\d{0,2}))?", re.ASCII)


class Formula(NamedTuple):
    """SNF = CLR/4 + a x fat + b, with a and b in thousandths."""

    a_milli: int
    b_milli: int

    def snf_bp(self, clr: int, fat_bp: int) -> int:
        """SNF in hundredths of a percent, of CLR and fat in hundredths; half up.

        >>> FORMULAS["isi"].snf_bp(2800, 400)
        844
        """
        return half_up(250 * clr + self.a_milli * fat_bp + 100 * self.b_milli, 1000)

    def __str__(self) -> str:
        return f"{show_quantity(self.a_milli)}/{show_quantity(self.b_milli)}"


FORMULAS: Mapping[str, Formula] = {
    "isi": Formula(250, 440),
    "richmond": Formula(210, 360),
    "0.20/0.36": Formula(200, 360),
    "0.20/0.14": Formula(200, 140),
}
"""Formulas in use, by the name of the setting; dairies take the one of whom they sell to."""

_CONSTANTS = re.compile(r"(\d?(?:\.\d{1,3})?)\s*/\s*(\d?(?:\.\d{1,3})?)", re.ASCII)


def parse_formula(text: str) -> Formula:
    """A formula by its name (`isi`, `richmond`) or its constants (`0.25/0.44`). Refused for
    anything else, for constants of 10 and above, and for a fourth decimal."""
    word = text.strip().lower()
    if word in FORMULAS:
        return FORMULAS[word]
    match = _CONSTANTS.fullmatch(word)
    if match is None or not (match[1] and match[2]):
        raise Refused(
            "snf-formula",
            f"'{clean(text, limit=20)}' is no SNF formula: {', '.join(FORMULAS)}, or a/b like "
            "0.21/0.36",
        )
    return Formula(_milli(match[1]), _milli(match[2]))


def _milli(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole or "0") * MILLI + int(decimals.ljust(3, "0"))


def parse_hundredths(text: str, what: str) -> int:
    """Hundredths of a reading: `4.2` is 420, `28` is 2800. Refused for a third decimal and for
    anything that is no number; `what` is how the reading is called in words."""
    match = _HUNDREDTHS.fullmatch(text.strip())
    if match is None:
        raise Refused(
            "milk-reading",
            f"'{clean(text, limit=20)}' is not a reading of {what}, like 4.2 (two decimals at "
            "most)",
        )
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def show_hundredths(number: int) -> str:
    """With one decimal at least: 420 -> '4.2', 425 -> '4.25', 2800 -> '28.0'."""
    whole, rest = divmod(number, 100)
    decimals = f"{rest:02d}"
    return f"{whole}.{decimals[0] if decimals[1] == '0' else decimals}"


class Milk(StrEnum):
    """Whose milk it is: rates differ."""

    COW = "cow"
    BUFFALO = "buffalo"
    MIXED = "mixed"


class Reading(NamedTuple):
    """What was measured of a can. Either CLR, by lactometer, or SNF, by an analyser."""

    litres_milli: int
    fat_bp: int
    clr: int | None = None
    snf_bp: int | None = None

    def checked(self) -> "Reading":
        """The reading itself. Refused for what milk can't be."""
        if self.litres_milli <= 0:
            raise Refused("quantity-zero", "a quantity must be more than zero")
        if self.litres_milli > QUANTITY_LIMIT_MILLI:
            raise Refused("quantity-limit", f"{show_quantity(self.litres_milli)} litres?")
        if (self.clr is None) == (self.snf_bp is None):
            raise Refused("milk-reading", "say CLR or SNF, one of the two")
        _within("fat", self.fat_bp, FAT_RANGE_BP)
        if self.clr is not None:
            _within("CLR", self.clr, CLR_RANGE)
        if self.snf_bp is not None:
            _within("SNF", self.snf_bp, SNF_RANGE_BP)
        return self

    @property
    def grams(self) -> int:
        """Its weight. CLR is by definition (specific gravity - 1) x 1000, so a litre weighs
        1000 + CLR grams; where only SNF is known, the usual 1.030 kg."""
        if self.clr is None:
            return half_up(self.litres_milli * USUAL_DENSITY_G, 1000)
        return half_up(self.litres_milli * (100_000 + self.clr), 100_000)


def _within(what: str, value: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if not low <= value <= high:
        raise Refused(
            "milk-reading",
            f"{what} {show_hundredths(value)}: milk has {show_hundredths(low)} to "
            f"{show_hundredths(high)}",
        )


class Basis(StrEnum):
    """What a rate of a chart is for."""

    LITRE = "litre"
    KG = "kg"


class Chart(NamedTuple):
    """Rates by fat and SNF. `fats` and `snfs` are the steps in hundredths of a percent, rising;
    `paise` has a row for each fat and in it a rate for each SNF."""

    basis: Basis
    fats: tuple[int, ...]
    snfs: tuple[int, ...]
    paise: tuple[tuple[int, ...], ...]

    def rate_paise(self, fat_bp: int, snf_bp: int) -> int:
        """The rate at the step that is reached: 4.27 counts as 4.2, and beyond the last step the
        last one counts. Refused below the first: such milk is not bought by this chart."""
        row = _step("fat", self.fats, fat_bp)
        return self.paise[row][_step("SNF", self.snfs, snf_bp)]


def _step(what: str, steps: tuple[int, ...], value: int) -> int:
    if value < steps[0]:
        raise Refused(
            "milk-below-chart",
            f"{what} {show_hundredths(value)} is below the chart, which begins at "
            f"{show_hundredths(steps[0])}",
        )
    return sum(step <= value for step in steps) - 1


class Rates(NamedTuple):
    """Paise for a kilogram of fat and for a kilogram of SNF; and from which day, for whose milk
    (None: any)."""

    since: date
    fat_kg_paise: int
    snf_kg_paise: int
    milk: Milk | None = None


def rates_on(history: tuple[Rates, ...], milk: Milk, day: date) -> Rates:
    """The rates that hold on a day: the latest not after it, those of this milk before those of
    any. Refused where there are none."""
    held = [rates for rates in history if rates.since <= day and rates.milk in (milk, None)]
    if not held:
        raise Refused("milk-rate-missing", f"no rate is known for {milk} milk on {day.isoformat()}")
    return max(held, key=lambda rates: (rates.milk is not None, rates.since))


class Collection(NamedTuple):
    """A can as it was bought. `rate_paise` is the chart's per litre or kilogram, 0 where fat and
    SNF were paid by the kilogram. One that was keyed wrongly is `struck` out before it is settled:
    it stays in the books, and counts for nothing."""

    farmer: str
    day: date
    half: Half
    milk: Milk
    reading: Reading
    snf_bp: int
    grams: int
    rate_paise: int
    amount_paise: int
    struck: bool = False


class Instead(NamedTuple):
    """What of a can was keyed wrongly, as it should be; None is right as it stands. SNF takes the
    place of CLR, and CLR of SNF."""

    litres_milli: int | None = None
    fat_bp: int | None = None
    clr: int | None = None
    snf_bp: int | None = None
    milk: Milk | None = None

    def of(self, was: Collection) -> tuple[Reading, Milk]:
        """The reading and the kind of milk of a can as they should have been keyed."""
        read, said = was.reading, self.clr is not None or self.snf_bp is not None
        reading = Reading(
            read.litres_milli if self.litres_milli is None else self.litres_milli,
            read.fat_bp if self.fat_bp is None else self.fat_bp,
            self.clr if said else read.clr,
            self.snf_bp if said else read.snf_bp,
        )
        return reading, self.milk or was.milk


def worth(milli: int, rate_paise: int) -> int:
    """Paise for thousandths of a litre or kilogram at a rate; half up."""
    return half_up(milli * rate_paise, MILLI)


def solids_worth(grams: int, fat_bp: int, snf_bp: int, rates: Rates) -> int:
    """Paise for the fat and the SNF in so much milk; half up, once."""
    paid = fat_bp * rates.fat_kg_paise + snf_bp * rates.snf_kg_paise
    return half_up(grams * paid, HUNDRED_PERCENT * MILLI)


def collect(
    farmer: str,
    day: date,
    half: Half,
    milk: Milk,
    reading: Reading,
    formula: Formula,
    price: Chart | Rates,
) -> Collection:
    """What a can is worth, by a chart or by the kilograms of fat and SNF in it; half up once.

    Refused for what milk can't be, also where the formula makes an SNF of it that milk can't have.
    """
    reading.checked()
    snf = reading.snf_bp
    if snf is None:
        snf = formula.snf_bp(reading.clr or 0, reading.fat_bp)
        _within("SNF", snf, SNF_RANGE_BP)
    grams = reading.grams
    rate = 0
    if isinstance(price, Chart):
        rate = price.rate_paise(reading.fat_bp, snf)
        measure = reading.litres_milli if price.basis is Basis.LITRE else grams
        amount = worth(measure, rate)
    else:
        amount = solids_worth(grams, reading.fat_bp, snf, price)
    return Collection(farmer, day, half, milk, reading, snf, grams, rate, amount)


def show_reading(one: Collection) -> str:
    """What was measured of a can, as people say it."""
    return (
        f"{show_quantity(one.reading.litres_milli)} L {one.milk}, fat "
        f"{show_hundredths(one.reading.fat_bp)}, SNF {show_hundredths(one.snf_bp)}"
    )


def show_collection(one: Collection) -> str:
    """A can in a row, as people say it."""
    return f"{show_reading(one)}: Rs {show_rupees(one.amount_paise)}"
