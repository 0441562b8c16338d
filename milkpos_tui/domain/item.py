"""An item of the catalogue, as the rules need it."""

from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import RateHistory, rate_on

PLU_MAX = 999_999  # six digits; longer codes are barcodes


class Item(NamedTuple):
    """What is sold: `price_paise` is per unit and includes tax; exempt goods have the rate 0."""

    plu: int
    name: str
    unit: Unit
    price_paise: int
    rates: RateHistory
    hsn: str = ""
    category: str = ""
    mrp_paise: int | None = None
    packed: bool = False
    step_milli: int = 1
    barcodes: tuple[str, ...] = ()
    active: bool = True

    def rate_bp(self, day: date) -> int:
        """The GST rate in basis points on a day."""
        return rate_on(self.rates, day)

    def check_price(self, price_paise: int) -> int:
        """The price, if it may be asked; Refused above the MRP (an offence) and at nothing."""
        if price_paise <= 0:
            raise Refused("price-zero", f"the price of {self.name} must be more than zero")
        if self.mrp_paise is not None and price_paise > self.mrp_paise:
            raise Refused(
                "price-above-mrp",
                f"Rs {show_rupees(price_paise)} is above the MRP of {self.name}, "
                f"Rs {show_rupees(self.mrp_paise)}: that is an offence",
            )
        return price_paise
