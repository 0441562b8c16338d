"""What a till's database holds, read past its services: what tests compare before and after."""

from milkpos_tui.domain.cart import Cart
from milkpos_tui.journal.entry import parse
from schema.all_tables import KEPT, PROJECTED
from schema.tables import Draft, DraftLine, DraftTender
from tests.support.tills import OWNER

DRAFTS = (Draft, DraftLine, DraftTender)


def rows(till, *tables):
    """The rows of tables by table, in one order."""
    connection = till._db.connection()
    return {
        table._meta.table_name: sorted(
            connection.execute(f"SELECT * FROM {table._meta.table_name}").fetchall(), key=repr
        )
        for table in tables
    }


def everything(till):
    """All rows of all tables: what a refusal leaves as it was."""
    return rows(till, *PROJECTED, *KEPT)


def entries(till, *kinds):
    """The journal, or its entries of some kinds."""
    found = till._db.connection().execute("SELECT content FROM entry ORDER BY node, epoch, seq")
    told = [parse(content) for (content,) in found.fetchall()]
    return [entry for entry in told if not kinds or entry.kind in kinds]


class Counter:
    """Someone at a counter: after every key-in the database holds what the till shows."""

    def __init__(self, till, code="1", actor=OWNER):
        self.till = till
        self.code = code
        self.checkout = till.checkout(code, actor)

    def __call__(self, *keyed, **more):
        """Key in one after another; what the last of them did."""
        for text in keyed:
            outcome = self.checkout.key_in(text, **more)
            assert outcome.draft is self.checkout.draft
            self.assert_stored()
        return outcome

    @property
    def cart(self):
        return self.checkout.draft.cart

    def assert_stored(self):
        stored, shown = self.till.drafts.open_on(self.code), self.checkout.draft
        if stored is None:
            assert shown.version == 0
            empty = Cart(round_to_paise=self.till.shop.round_to_paise)
            assert shown.cart == empty._replace(customer=shown.cart.customer)
        else:
            assert stored == shown
