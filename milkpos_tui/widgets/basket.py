"""The lines of the open bill; while words are typed, the items or customers they may mean."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import events

from milkpos_tui.domain.cart import NO_DISCOUNT, CartLine
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import cell, width_of
from milkpos_tui.widgets.painted import BOLD, PLAIN, QUIET, REVERSE, Painted, Row

LINES_HEAD = ("  # ", "Item", f" {'Qty':>9}    {'Rate':>10} {'Amount':>12}")
NARROW_HEAD = ("  # ", "Item", f" {'Qty':>7}    {'Amount':>10}")
NARROW = 60  # on a phone's columns the rate gives way to the amount
CHOICES_HEAD = ("   PLU ", "Item", f" {'Price':>12}     ")
BUYER_COLUMNS = 20
BUYERS_HEAD = ("  Code ", "Customer", f" {'Owes':>12}     ")


class Offered(NamedTuple):
    """A customer to choose from: `about` (phone, lane) tells two of one name apart."""

    code: str
    name: str
    about: str
    owed_paise: int
    over: bool


Choices = tuple[Item, ...] | tuple[Offered, ...]


class Basket(Painted):
    """A head and the lines under it, the newest at the bottom. A line is put into words when it is
    drawn, so that 500 lines cost what five do."""

    DEFAULT_CSS = "Basket { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="basket")
        self._lines: tuple[CartLine, ...] = ()
        self._choices: Choices | None = None
        self._buyers = False
        self._moved = False
        self._chosen = 0
        self._up = 0

    @property
    def choosing(self) -> bool:
        """Whether something to choose from is shown."""
        return self._choices is not None

    @property
    def chosen(self) -> Item | None:
        """The item under the cursor."""
        chosen = self._choices[self._chosen] if self._choices else None
        return chosen if isinstance(chosen, Item) else None

    @property
    def chosen_buyer(self) -> Offered | None:
        """The customer under the cursor."""
        chosen = self._choices[self._chosen] if self._choices else None
        return chosen if isinstance(chosen, Offered) else None

    @property
    def moved(self) -> bool:
        """Whether somebody moved the cursor among the choices."""
        return self._moved

    def show_lines(self, lines: tuple[CartLine, ...]) -> None:
        """Show the lines of the bill, the newest in sight."""
        if self._choices is None and not self._up:
            before, self._lines = self._lines, lines
            self._redraw_changed(before)
            return
        self._lines, self._choices, self._up = lines, None, 0
        self.refresh()

    def show_choices(self, choices: Choices, *, buyers: bool = False) -> None:
        """Show items or customers to choose from, the likeliest under the cursor."""
        self._choices, self._buyers, self._chosen, self._moved = choices, buyers, 0, False
        self.refresh()

    def hide_choices(self) -> None:
        """Back to the lines."""
        if self._choices is not None:
            self._choices = None
            self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor among the choices, or the lines up and down."""
        if self._choices:
            shown = min(len(self._choices), self._room)
            self._chosen = min(max(0, self._chosen + by), shown - 1)
            self._moved = True
        else:
            self._up = min(max(0, self._up - by), max(0, len(self._lines) - self._room))
        self.refresh()

    def page(self, direction: int) -> None:
        """Move by what is in sight."""
        self.move(direction * max(1, self._room - 1))

    def on_resize(self, _event: events.Resize) -> None:
        """Another size shows other lines."""
        self._up = 0
        self.refresh()

    def row(self, y: int) -> Row:
        """A line of the widget."""
        if self._choices is not None:
            return self._choice_row(y)
        return self._line_row(y, self._lines, self._top(len(self._lines)))

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 1)

    def _top(self, count: int) -> int:
        return max(0, count - self._room - self._up)

    def _redraw_changed(self, before: Sequence[CartLine]) -> None:
        if self._top(len(before)) != self._top(len(self._lines)):
            self.refresh()
            return
        top = self._top(len(before))
        for i in range(top, max(len(before), len(self._lines))):
            old = before[i] if i < len(before) else None
            new = self._lines[i] if i < len(self._lines) else None
            if old is not new:
                y = i - top + 1
                self.repaint(y, self._line_row(y, before, top), self.row(y))

    def _line_row(self, y: int, lines: Sequence[CartLine], top: int) -> Row:
        if y == 0:
            return self._head(*(NARROW_HEAD if self._narrow else LINES_HEAD))
        i = top + y - 1
        if i >= len(lines):
            return ()
        line = lines[i]
        rest = self._figures(line)
        number = f"{i + 1:>3} "
        name = cell(_name(line), self._name_width(number, rest))
        return ((number, QUIET), (name + rest, PLAIN))

    @property
    def _narrow(self) -> bool:
        return self.size.width < NARROW

    def _figures(self, line: CartLine) -> str:
        quantity, unit = show_quantity(line.qty_milli), line.item.unit.sign
        amount = show_rupees(line.amount_paise)
        if self._narrow:
            return f" {quantity:>7} {unit:2} {amount:>10}"
        return f" {quantity:>9} {unit:2} {show_rupees(line.rate_paise):>10} {amount:>12}"

    def _choice_row(self, y: int) -> Row:
        if y == 0:
            return self._head(*(BUYERS_HEAD if self._buyers else CHOICES_HEAD))
        choices = self._choices or ()
        if y > len(choices):
            nothing = "nobody is found so" if self._buyers else "nothing is called so"
            return ((f" {nothing}", QUIET),) if y == 1 else ()
        number, told, figure = _choice(choices[y - 1])
        style = REVERSE if y - 1 == self._chosen else PLAIN
        name = cell(told, self._name_width(number, figure))
        return ((number + name + figure, style),)

    def _head(self, before: str, name: str, behind: str) -> Row:
        return ((before + cell(name, self._name_width(before, behind)) + behind, BOLD),)

    def _name_width(self, before: str, behind: str) -> int:
        return max(8, self.size.width - len(before) - len(behind))


def _choice(choice: Item | Offered) -> tuple[str, str, str]:
    """What is keyed for it, what it is called, and its figure, in their columns."""
    if isinstance(choice, Item):
        price = f" {show_rupees(choice.price_paise):>12} / {choice.unit.sign:2}"
        return f"{choice.plu:>6} ", choice.name, price
    name = cell(choice.name, max(BUYER_COLUMNS, width_of(choice.name)))
    told = f"{name}  {choice.about}".rstrip()
    owed = f" {show_rupees(choice.owed_paise):>12} {'OVER' if choice.over else '':4}"
    return f"{choice.code:>6} ", told, owed


def _name(line: CartLine) -> str:
    notes = []
    if line.rate_paise != line.item.price_paise:
        notes.append("price changed")
    if line.discount != NO_DISCOUNT:
        notes.append(f"less {line.discount}")
    return f"{line.item.name} ({', '.join(notes)})" if notes else line.item.name
