"""A counter as its customer sees it, for a screen of any size: pure, rows out of a view.

The amount that matters is as large as there is room for: it is read from two metres away. The rest
gives way to it.
"""

from collections.abc import Sequence
from datetime import datetime

from rich.style import Style

from milkpos_tui.domain.cart import NO_DISCOUNT, CartLine
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import cell, plural, width_of
from milkpos_tui.services.viewing import Settled, View
from milkpos_tui.widgets.digits import drawn
from milkpos_tui.widgets.painted import BOLD, GOOD, PLAIN, QUIET, TITLE, Row, spread
from milkpos_tui.widgets.qr import qr_rows

NARROW = 60  # below it the rate gives way to the name
MARGIN = 1
LINES_MIN = 4  # of the bill, before its total is drawn smaller
CLOCK_ROWS = 5  # no larger: it is no amount
BESIDE_MIN = 20  # columns beside a code, for the amount


class Page:
    """A screen of a size, and how this terminal writes rupees (`Rs ` or `₹`)."""

    def __init__(self, width: int, height: int, sign: str) -> None:
        self.width = width
        self.height = height
        self.sign = sign

    # --- moments ---------------------------------------------------------------------------

    def bill(self, view: View) -> list[Row]:
        """The lines added last, and what they come to."""
        told = self._told(view)
        room = self.height - 1 - len(told) - min(LINES_MIN, len(view.lines), self.height // 4)
        due = view.due_paise if view.given_paise else view.total_paise
        amount = self._amount(due, room, BOLD)
        shown = max(0, self.height - 1 - len(told) - len(amount))
        rows = [self._head(view), *self._lines(view.lines[-shown:] if shown else ())]
        rows = self._filled(rows, max(0, self.height - len(told) - len(amount)))
        return [*rows, *told, *amount][-self.height :]

    def code(self, view: View) -> list[Row]:
        """The code to pay by, and the amount it asks for; where the code does not fit, the bill,
        and where to look for the code."""
        assert view.link is not None, "a moment without a code"
        code = qr_rows(view.link.link)
        wide, high = width_of(code[0][0][0]), len(code)
        if high < self.height and wide + BESIDE_MIN <= self.width:
            return self._beside(view, view.link.paise, code, wide)
        if high + 2 <= self.height and wide <= self.width:
            asked = spread(" Scan to pay", f"{self._rupees(view.link.paise)} ", self.width)
            left = " " * ((self.width - wide) // 2)
            rows = [self._head(view), ((asked, BOLD),), *(((left, PLAIN), *row) for row in code)]
            return self._filled(rows, self.height)
        rows = self.bill(view)
        hint = f" UPI {self._rupees(view.link.paise)}: scan it at the till"
        place = min(1, self.height - 1)
        return [*rows[:place], ((cell(hint, self.width), BOLD),), *rows[place + 1 :]]

    def settled(self, view: View, settled: Settled) -> list[Row]:
        """What comes back, large; after a return, what was given back."""
        paise, label = settled.total_paise, "TOTAL"
        if settled.refund:
            label = "REFUND"
        elif settled.change_paise:
            paise, label = settled.change_paise, "CHANGE"
        below = [] if settled.refund else self._told_after(settled)
        room = self.height - 2 - len(below)
        amount = self._amount(paise, room, GOOD)
        body = [self._label(label, GOOD), *amount, *below]
        return self._centred(self._head(view), body)

    def greeting(self, view: View, now: datetime) -> list[Row]:
        """Nothing is being sold: the shop's words, and what time it is."""
        words = view.greeting if view.attended else "This counter is closed"
        clock = drawn(f"{now:%H:%M}", self.width - 2 * MARGIN, min(CLOCK_ROWS, self.height - 5))
        body: list[Row] = [self._middle(view.shop, BOLD), self._middle(words, PLAIN), ()]
        return self._centred(self._head(), [*body, *(self._middle(row, QUIET) for row in clock)])

    def waiting(self) -> list[Row]:
        """The books can't be read just now: nothing that may no longer hold is left standing."""
        return self._centred(self._head(), [self._middle("One moment, please", BOLD)])

    # --- parts -----------------------------------------------------------------------------

    def _head(self, view: View | None = None) -> Row:
        if view is None:
            return ()
        lines = plural(len(view.lines), "item") if view.lines else ""
        return ((cell(spread(f" {view.shop}", f"{lines} ", self.width), self.width), TITLE),)

    def _lines(self, lines: Sequence[CartLine]) -> list[Row]:
        """Each on a row, the one added last stands out."""
        last = len(lines) - 1
        return [((self._line(line), BOLD if i == last else PLAIN),) for i, line in enumerate(lines)]

    def _line(self, line: CartLine) -> str:
        quantity = f"{show_quantity(line.qty_milli)} {line.item.unit.sign}"
        amount = show_rupees(line.amount_paise)
        if self.width < NARROW:
            right = f" {quantity:>9} {amount:>10} "
        else:
            right = f" {quantity:>10} x {show_rupees(line.rate_paise):<9} {amount:>12} "
        if len(right) > self.width:
            right = f" {amount}"
        if len(right) > self.width:
            return cell(right, self.width)
        name = line.item.name
        if line.discount != NO_DISCOUNT:
            name = f"{name} (less {line.discount})"
        return cell(f" {name}", max(0, self.width - len(right))) + right

    def _told(self, view: View) -> list[Row]:
        """Over the amount: what it is, and what led to it."""
        rows: list[Row] = []
        if view.discount_paise:
            off = f"-{show_rupees(view.discount_paise)} "
            rows.append(((cell(spread(" Discount", off, self.width), self.width), PLAIN),))
        if view.given_paise:
            total, given = map(show_rupees, (view.total_paise, view.given_paise))
            rows.append(((cell(f" Total {total}   received {given}", self.width), PLAIN),))
        rows.append(self._label("DUE" if view.given_paise else "TOTAL", BOLD))
        return rows[-max(1, self.height - 2) :]

    def _told_after(self, settled: Settled) -> list[Row]:
        total, given = map(show_rupees, (settled.total_paise, settled.given_paise))
        words = f" Total {total}   received {given}" if settled.change_paise else ""
        return [(), ((cell(words, self.width), PLAIN),), ((cell(" Thank you", self.width), BOLD),)]

    def _label(self, words: str, style: Style) -> Row:
        return ((cell(f" {words} {self.sign}", self.width), style),)

    def _amount(self, paise: int, height: int, style: Style) -> list[Row]:
        """At the right edge, as on paper."""
        rows = drawn(show_rupees(paise), self.width - 2 * MARGIN, max(1, height))
        return [((row.rjust(self.width - MARGIN), style),) for row in rows]

    def _beside(self, view: View, paise: int, code: list[Row], wide: int) -> list[Row]:
        """The code at the right, the amount at the left."""
        left = Page(self.width - wide, self.height, self.sign)
        told: list[Row] = [((" Scan to pay by UPI", BOLD),), ((f" {self.sign}".rstrip(), BOLD),)]
        rest = [*told, *left._amount(paise, min(self.height - 4, len(code) - len(told)), BOLD)]
        above = (len(code) - len(rest)) // 2
        rows = [*([()] * above), *rest, *([()] * (len(code) - above - len(rest)))]
        beside = [
            (*_padded(row, self.width - wide), *cells)
            for row, cells in zip(rows, code, strict=True)
        ]
        return self._centred(self._head(view), beside)

    def _rupees(self, paise: int) -> str:
        return self.sign + show_rupees(paise)

    def _middle(self, text: str, style: Style) -> Row:
        return ((cell(text, self.width, "^"), style),)

    def _centred(self, head: Row, body: Sequence[Row]) -> list[Row]:
        above = max(0, (self.height - 1 - len(body)) // 2)
        return self._filled([head, *([()] * above), *body], self.height)

    @staticmethod
    def _filled(rows: Sequence[Row], height: int) -> list[Row]:
        """Exactly so many rows."""
        return [*rows[:height], *([()] * (height - len(rows)))]


def _padded(row: Row, width: int) -> Row:
    return (*row, (" " * (width - sum(width_of(text) for text, _style in row)), PLAIN))
