"""What a customer may see of a counter: the open bill, what came back on the last one, the code to
pay by, and the shop's own words. Of who buys there is nothing here, and no place for it."""

from typing import NamedTuple

from milkpos_tui.domain.cart import Cart, CartLine
from milkpos_tui.domain.settings import GREETING
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.displays import Displays, Shown
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.shops import Shops
from schema.connection import TillDatabase

# Khata is no money that was given. A bill's tenders are counted here, never named.
_LAST = """
SELECT seq, kind = 'credit_note', total_paise, change_paise,
    (SELECT coalesce(sum(amount_paise), 0) FROM bill_tender
     WHERE bill_tender.bill = bill.id AND bill_tender.kind <> 'khata')
FROM bill WHERE counter = ? ORDER BY seq DESC LIMIT 1
"""


class Settled(NamedTuple):
    """The newest document of a counter, known by `seq`; in paise. `refund`: money went back."""

    seq: int
    refund: bool
    total_paise: int
    change_paise: int
    given_paise: int


class View(NamedTuple):
    """A counter as its customer sees it. `attended` while a shift is open; `link` only while it
    belongs to the open bill and asks for no more than is due."""

    shop: str
    greeting: str
    attended: bool
    lines: tuple[CartLine, ...]
    discount_paise: int
    total_paise: int
    given_paise: int
    due_paise: int
    link: Shown | None
    settled: Settled | None


class Viewing:
    """Reads what a counter shows; each look is of one moment, whatever is written meanwhile."""

    def __init__(
        self,
        db: TillDatabase,
        shops: Shops,
        settings: Settings,
        custody: Custody,
        drafts: Drafts,
        displays: Displays,
    ) -> None:
        self._db = db
        self._shops = shops
        self._settings = settings
        self._custody = custody
        self._drafts = drafts
        self._displays = displays

    def of(self, counter: str) -> View:
        """How the counter is seen now."""
        connection = self._db.connection()
        connection.execute("BEGIN")
        try:
            return self._read(counter)
        finally:
            connection.execute("ROLLBACK")

    def _read(self, counter: str) -> View:
        draft = self._drafts.open_on(counter)
        cart = draft.cart if draft else Cart()
        link = self._displays.shown(counter)
        if link and not (draft and link.draft == draft.id and 0 < link.paise <= cart.due_paise):
            link = None  # of a bill that is gone or changed: whoever showed it can't tell any more
        return View(
            shop=self._shops.shop().name,
            greeting=self._settings.text(GREETING),
            attended=self._custody.open_on(counter) is not None,
            lines=cart.lines,
            discount_paise=cart.bill_discount_paise,
            total_paise=cart.total_paise,
            given_paise=cart.tendered_paise,
            due_paise=cart.due_paise,
            link=link,
            settled=self._settled(counter),
        )

    def _settled(self, counter: str) -> Settled | None:
        found = self._db.connection().execute(_LAST, (counter,)).fetchone()
        if found is None:
            return None
        seq, refund, total, change, given = map(int, found)
        return Settled(seq, bool(refund), total, change, given)
