"""A monthly bill as PDF, on A4 or A5: the same rows as its text, in any letters, with a QR code."""

from collections.abc import Sequence
from functools import lru_cache

from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.month import GridItem
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.words import amount_in_words
from milkpos_tui.services.month_papers import (
    MonthPaper,
    details,
    heading,
    month_words,
    payment_link,
    shop_particulars,
    sums,
)
from milkpos_tui.services.month_text import tax_words
from milkpos_tui.services.pdf_sheet import A4, POINT, Format, Sheets, mm

QR_QUIET_MODULES = 4
GRID_ITEMS_MAX = 4  # beside each other
GRID_ROWS = 35  # the longest month, two of heads, the totals and what separates them
GRID_LEADING_PERCENT = 125
STRIPE_WHITE_PERCENT = 93  # under every other day
RULE = POINT // 2


def month_pdf(paper: MonthPaper, size: Format = A4) -> bytes:
    """The file. `Unreachable("font-missing")` where letters of a name have no font here."""
    return _Page(paper, size).drawn()


class _Page:
    """The bill from top to bottom; `down` is where the next row's upper edge is."""

    def __init__(self, paper: MonthPaper, size: Format) -> None:
        self._paper, self._bill = paper, paper.bill
        title = f"{paper.shop.name} {paper.party.code} {paper.bill.month}"
        self._sheets = Sheets(size, title)
        small = size.width < A4.width
        self._letters = (7 if small else 9) * POINT
        self._row = self._letters * 3 // 2
        self._left = mm(10 if small else 16)
        self._right = size.width - self._left
        self._top = mm(9 if small else 14)
        self._bottom = size.height - self._top
        self._down = self._top
        self._sheets.new_page()

    def drawn(self) -> bytes:
        """The whole bill."""
        self._head()
        self._lines()
        self._taxes()
        self._details()
        self._sums()
        self._grids()
        return self._sheets.finish()

    # --- parts ---------------------------------------------------------------------------------

    def _head(self) -> None:
        paper, middle = self._paper, (self._left + self._right) // 2
        width = self._right - self._left
        self._text(middle, paper.shop.name, "^", bold=True, percent=160, width=width)
        for row in shop_particulars(paper.shop):
            self._text(middle, row, "^", width=width)
        self._gap()
        for row in heading(paper):
            self._text(middle, row, "^", bold=True, width=width)
        self._gap()
        bill, party = self._bill, paper.party
        if bill.number or paper.issued:
            issued = f"Date {paper.issued:%d-%m-%Y}" if paper.issued else ""
            self._spread(f"No {bill.number}", issued)
        self._spread(f"Customer {party.code}  {party.name}", month_words(paper), bold=True)
        for row in (party.address, party.phone):
            if row:
                self._text(self._left, row, width=width)
        self._gap()

    def _lines(self) -> None:
        bill, with_hsn = self._bill, self._paper.shop.tax_mode.collects_tax
        if not bill.lines:
            return
        edges = [self._right - offset * self._letters for offset in (17, 9, 0)]
        room = edges[0] - 7 * self._letters - self._left
        heads = ("Quantity", "Rate", "Amount")
        self._columns("Item (HSN)" if with_hsn else "Item", heads, edges, room, bold=True)
        self._rule()
        for line in bill.lines:
            name = f"{line.name} ({line.hsn})" if with_hsn and line.hsn else line.name
            cells = (
                f"{show_quantity(line.qty_milli)} {line.unit.sign}",
                show_rupees(line.rate_paise),
                show_rupees(line.amount_paise),
            )
            self._columns(name, cells, edges, room)
        self._rule()

    def _taxes(self) -> None:
        for label, paise in tax_words(self._bill):
            self._spread(label, show_rupees(paise))
        self._gap()

    def _details(self) -> None:
        some = details(self._bill)
        for day, words, paise in some:
            self._spread(f"{day:%d-%m}  {words}", show_rupees(paise))
        if some:
            self._gap()

    def _sums(self) -> None:
        *rows, due = sums(self._bill)
        link = payment_link(self._paper)
        size = mm(30) if link else 0
        height = (len(rows) + 4) * self._row
        self._need(max(size, height))
        top = self._down
        left = self._left
        if link:
            self._sheets.modules(self._left, top, size, qr_rows(link))
            left += size + mm(4)
        for one in rows:
            self._spread(one.label, show_rupees(one.paise), left=left)
        self._rule(left)
        self._spread(due.label, f"Rs {show_rupees(due.paise)}", left=left, bold=True, percent=130)
        self._text(left, amount_in_words(due.paise), width=self._right - left)
        self._down = max(self._down, top + size)
        self._gap()

    def _grids(self) -> None:
        grid = self._bill.grid
        for start in range(0, len(grid), GRID_ITEMS_MAX):
            self._grid(grid[start : start + GRID_ITEMS_MAX])

    def _grid(self, items: Sequence[GridItem]) -> None:
        month, sheets = self._bill.month, self._sheets
        size = self._grid_letters()
        row = size * GRID_LEADING_PERCENT // 100
        self._need(GRID_ROWS * row)
        first = self._left + 5 * self._letters // 2
        step = (self._right - first) // (2 * GRID_ITEMS_MAX)
        edges = [first + step * (number + 1) for number in range(2 * len(items))]
        for number, item in enumerate(items):
            name = sheets.fitted(item.name, size, 2 * step - size)
            sheets.text(edges[2 * number + 1], self._down + row, name, size, align=">", bold=True)
        for edge, half in zip(edges, [half for _ in items for half in Half], strict=True):
            sheets.text(edge, self._down + 2 * row, half.value, size * 17 // 20, align=">")
        self._down += 2 * row + size * 2 // 5
        sheets.rule(self._left, self._down, edges[-1], RULE)
        for day in month.days:
            self._days_row(day.day, items, edges, row, size)
        sheets.rule(self._left, self._down, edges[-1], RULE)
        for number, item in enumerate(items):
            total = f"{show_quantity(item.total_milli)} {item.unit.sign}"
            sheets.text(edges[2 * number + 1], self._down + row, total, size, align=">", bold=True)
        self._down += 2 * row

    def _grid_letters(self) -> int:
        """As large as others, or somewhat smaller where the grid then fits on this sheet."""
        fitting = (self._bottom - self._down) * 100 // (GRID_ROWS * GRID_LEADING_PERCENT)
        usual, least = self._letters * 9 // 10, self._letters * 3 // 4
        return min(usual, fitting) if fitting >= least else usual

    def _days_row(
        self, day: int, items: Sequence[GridItem], edges: Sequence[int], row: int, size: int
    ) -> None:
        sheets, base = self._sheets, self._down + size
        if day % 2 == 0:
            sheets.shade(self._left, self._down, edges[-1] - self._left, row, STRIPE_WHITE_PERCENT)
        sheets.text(self._left + size * 8 // 5, base, str(day), size, align=">")
        for number, item in enumerate(items):
            for offset, some in enumerate((item.morning_milli, item.evening_milli)):
                if some[day - 1]:
                    edge = edges[2 * number + offset]
                    sheets.text(edge, base, show_quantity(some[day - 1]), size, align=">")
        self._down += row

    # --- rows ----------------------------------------------------------------------------------

    def _need(self, height: int) -> None:
        """A new sheet where so much does not fit on this one."""
        if self._down + height > self._bottom:
            self._sheets.new_page()
            self._down = self._top

    def _gap(self) -> None:
        self._down += self._row // 2

    def _rule(self, left: int | None = None) -> None:
        left = self._left if left is None else left
        self._sheets.rule(left, self._down, self._right, RULE)
        self._down += self._row // 5

    def _text(
        self,
        left: int,
        text: str,
        align: str = "<",
        *,
        width: int,
        bold: bool = False,
        percent: int = 100,
    ) -> None:
        """A row of its own, cut to a width."""
        row, size = self._row * percent // 100, self._letters * percent // 100
        self._need(row)
        told = self._sheets.fitted(text, size, width)
        self._sheets.text(left, self._down + size, told, size, align=align, bold=bold)
        self._down += row

    def _spread(
        self,
        text: str,
        right: str,
        *,
        left: int | None = None,
        bold: bool = False,
        percent: int = 100,
    ) -> None:
        """One text at each edge."""
        left = self._left if left is None else left
        row, size = self._row * percent // 100, self._letters * percent // 100
        self._need(row)
        room = (self._right - left) * 7 // 10
        self._sheets.text(self._right, self._down + size, right, size, align=">", bold=bold)
        self._text(left, text, width=room, bold=bold, percent=percent)

    def _columns(
        self,
        name: str,
        cells: Sequence[str],
        edges: Sequence[int],
        room: int,
        *,
        bold: bool = False,
    ) -> None:
        self._need(self._row)
        for edge, told in zip(edges, cells, strict=True):
            self._sheets.text(
                edge, self._down + self._letters, told, self._letters, align=">", bold=bold
            )
        self._text(self._left, name, width=room, bold=bold)


@lru_cache(maxsize=2)  # a paper is often made in both formats
def qr_rows(payload: str) -> list[bytes]:
    """The rows of a QR code with its quiet zone, a byte a module, 1 for black; level L, which a
    clean print allows."""
    import segno

    code = segno.make_qr(payload, error="l", boost_error=False)
    return [bytes(row) for row in code.matrix_iter(border=QR_QUIET_MODULES)]
