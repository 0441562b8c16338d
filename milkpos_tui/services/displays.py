"""What a counter shows its customer beside the open bill, for displays in other programs."""

from typing import NamedTuple

from milkpos_tui.journal.journal import Journal
from schema.connection import TillDatabase

_SHOW = "INSERT OR REPLACE INTO customer_view (counter, draft, paise, link) VALUES (?, ?, ?, ?)"
_HIDE = "DELETE FROM customer_view WHERE counter = ?"
_READ = "SELECT draft, paise, link FROM customer_view WHERE counter = ?"


class Shown(NamedTuple):
    """A payment link for so many paise of a draft."""

    draft: str
    paise: int
    link: str


class Displays:
    """Writes what a payment dialog shows; a display reads it."""

    def __init__(self, db: TillDatabase, journal: Journal) -> None:
        self._db = db
        self._journal = journal

    def show_link(self, counter: str, shown: Shown) -> None:
        """The customer is to pay by this link."""
        with self._journal.transaction() as connection:
            connection.execute(_SHOW, (counter, *shown))

    def hide_link(self, counter: str) -> None:
        """No more."""
        if self.shown(counter) is not None:
            with self._journal.transaction() as connection:
                connection.execute(_HIDE, (counter,))

    def shown(self, counter: str) -> Shown | None:
        """The link that is shown; a display checks that its draft is still the open one."""
        found = self._db.connection().execute(_READ, (counter,)).fetchone()
        return Shown(str(found[0]), int(found[1]), str(found[2])) if found else None
