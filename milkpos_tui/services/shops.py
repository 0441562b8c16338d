"""The shop and its counters, as a till at work asks for them."""

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.numbering import check_counter
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shop
from schema.connection import TillDatabase
from schema.tables import Counter
from schema.tables import Shop as ShopTable

NAME_MAX = 40


class Shops:
    """The shop's particulars and its counters."""

    def __init__(self, db: TillDatabase, journal: Journal, permissions: Permissions) -> None:
        self._db = db
        self._journal = journal
        self._permissions = permissions

    def shop(self) -> Shop:
        """The shop's particulars. Refused where none were set up."""
        row = ShopTable.select().dicts().first(self._db)
        if row is None:
            raise Refused("shop-missing", "the shop is not set up: milkpos init")
        del row["one"]
        return Shop(**{**row, "tax_mode": TaxMode(row["tax_mode"])})

    def counters(self) -> tuple[str, ...]:
        """The codes of the shop's counters."""
        query = Counter.select(Counter.code).order_by(Counter.code).tuples()
        return tuple(code for (code,) in query.execute(self._db))

    def add_counter(self, code: str, name: str, actor: Actor) -> str:
        """A new counter, with its own series, shifts and drawer; its code. Refused where there is
        one of that code."""
        code = check_counter(code)
        name = clean(name, limit=NAME_MAX) or f"Counter {code}"
        actor = self._permissions.check(Right.SETTINGS, actor, about=code)
        with self._journal.transaction():
            if code in self.counters():
                raise Refused("counter-taken", f"there is a counter {code} already")
            self._journal.append(Kind.COUNTER_ADDED, code, {"code": code, "name": name}, actor)
        return code

    def check_counter(self, code: str) -> str:
        """The counter's code. Refused where there is no such counter."""
        code = check_counter(code)
        if code not in self.counters():
            known = ", ".join(self.counters())
            raise Refused("counter-unknown", f"there is no counter {code}, only {known}")
        return code
