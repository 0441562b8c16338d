"""What an item costs whom: price lists and customers' own rates, each from a day on.

The counter's prices are the catalogue's. A customer's own rate goes before their price list, and
that before the catalogue; no rate is above the MRP, whenever that was printed.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

LISTS = ("khata", "wholesale")

_OWN = """
SELECT rate_paise FROM rate WHERE list = '' AND customer = ? AND plu = ? AND from_day <= ?
ORDER BY from_day DESC LIMIT 1
"""
_LISTED = """
SELECT rate_paise FROM rate WHERE list = ? AND customer = '' AND plu = ? AND from_day <= ?
ORDER BY from_day DESC LIMIT 1
"""
# A bill that becomes another's must not take along what was agreed for an order of whose it was.
_AGREED = f"""{FAMILY}
SELECT rate_paise FROM standing_order
WHERE customer IN family AND plu = ?2 AND place = 'counter' AND rate_paise IS NOT NULL
UNION SELECT rate_paise FROM order_exception
WHERE customer IN family AND plu = ?2 AND kind = 'switch' AND rate_paise IS NOT NULL
"""
_ALL = """
SELECT list, customer, plu, from_day, rate_paise FROM rate
WHERE (list = ? AND customer = ?) ORDER BY plu, from_day
"""


class RateChange(NamedTuple):
    """What an item costs from a day on, on a list or for one customer (their id; `price_list` is
    then empty). `rate_paise` None: the next rule holds again."""

    plu: int
    from_day: date
    rate_paise: int | None
    price_list: str = ""
    customer: str = ""


class Affected(NamedTuple):
    """Somebody for whom an item will cost something else, per unit, on the day of the change."""

    customer: Customer
    before_paise: int
    after_paise: int

    @property
    def difference_paise(self) -> int:
        """Above zero: dearer."""
        return self.after_paise - self.before_paise


class Rates:
    """Reads and sets rates; each read asks the database."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        catalogue: Catalogue,
        accounts: Accounts,
        permissions: Permissions,
    ) -> None:
        self._db = db
        self._journal = journal
        self._catalogue = catalogue
        self._accounts = accounts
        self._permissions = permissions

    def rate(self, item: Item, customer: str | None, day: date) -> int:
        """Paise per unit of an item for a customer (an id; None is nobody) on a day."""
        if customer is None:
            return item.price_paise
        known = self._accounts.by_id(customer)
        return self._rate(item, known.id, known.price_list, day, None)

    def agreed(self, item: Item, customer: str | None) -> frozenset[int]:
        """The rates that were agreed for an item with standing orders of a customer (an id)."""
        if customer is None:
            return frozenset()
        from milkpos_tui.domain.usual import agreed_rate

        root = self._accounts.by_id(customer)
        rows = self._db.connection().execute(_AGREED, (root.id, item.plu)).fetchall()
        return frozenset(agreed_rate(item, int(paise)) for (paise,) in rows)

    def of(self, price_list: str, customer: str = "") -> Iterator[RateChange]:
        """The dated rates of a list, or of a customer, by item and date. Refused for a list
        that there is not."""
        if not customer:
            _check_list(price_list)
        rows = self._db.connection().execute(_ALL, (price_list, customer)).fetchall()
        for listed, whose, plu, day, paise in rows:
            yield RateChange(plu, date.fromisoformat(day), paise, listed, whose)

    def preview(self, change: RateChange) -> tuple[Affected, ...]:
        """Whom a change affects, and by how much, on its day: customers with a rate of their own
        are not touched by their list's."""
        item = self._checked(change)
        return tuple(self._affected(item, change))

    def set(self, change: RateChange, actor: Actor) -> tuple[Affected, ...]:
        """A rate from a day on, also in the middle of a month; one of the same day is replaced.
        Refused above the MRP."""
        about = change.customer or change.price_list
        actor = self._permissions.check(
            Right.EDIT_RATES, actor, amount_paise=change.rate_paise or 0, about=about
        )
        with self._journal.transaction():
            affected = self.preview(change)
            body: dict[str, Value] = {
                "list": change.price_list,
                "customer": change.customer,
                "plu": change.plu,
                "from": change.from_day.isoformat(),
                "rate_paise": change.rate_paise,
            }
            self._journal.append(Kind.RATE_SET, about, body, actor)
        return affected

    # --- steps -----------------------------------------------------------------------------

    def _checked(self, change: RateChange) -> Item:
        if bool(change.customer) == bool(change.price_list):
            raise Refused("rate-whose", "a rate is one customer's, or a price list's")
        if change.price_list:
            _check_list(change.price_list)
        item = self._catalogue.on_sale(change.plu)
        if change.rate_paise is not None:
            item.check_price(change.rate_paise)
        return item

    def _affected(self, item: Item, change: RateChange) -> Iterator[Affected]:
        day = change.from_day
        customers = (
            [self._accounts.by_id(change.customer)] if change.customer else self._accounts.all()
        )
        for customer in customers:
            if change.price_list and customer.price_list != change.price_list:
                continue
            before = self._rate(item, customer.id, customer.price_list, day, None)
            after = self._rate(item, customer.id, customer.price_list, day, change)
            if before != after:
                yield Affected(customer, before, after)

    def _rate(
        self, item: Item, customer: str, price_list: str, day: date, change: RateChange | None
    ) -> int:
        """What holds on a day, with a change as if it were made already."""
        own = self._in_force(_OWN, customer, item.plu, day, change if _is_own(change) else None)
        if own is None:
            listed = None if _is_own(change) else change
            own = self._in_force(_LISTED, price_list, item.plu, day, listed)
        if own is None:
            return item.price_paise
        return own if item.mrp_paise is None else min(own, item.mrp_paise)

    def _in_force(
        self, sql: str, whose: str, plu: int, day: date, change: RateChange | None
    ) -> int | None:
        if change is not None:
            return change.rate_paise
        found = self._db.connection().execute(sql, (whose, plu, day.isoformat())).fetchone()
        return None if found is None or found[0] is None else int(found[0])


def _check_list(price_list: str) -> None:
    if price_list == "counter":
        raise Refused("price-list", "the counter's prices are the catalogue's: change these")
    if price_list not in LISTS:
        raise Refused("price-list", f"a price list with rates is one of {', '.join(LISTS)}")


def _is_own(change: RateChange | None) -> bool:
    return change is not None and bool(change.customer)
