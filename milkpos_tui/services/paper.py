"""Text laid out for paper of 32, 42 or 48 columns: ASCII, and Indic letters, which are drawn."""

from dataclasses import dataclass
from textwrap import wrap

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import printable, width_of

SLIP_COLUMNS = (32, 42, 48)  # 58 mm paper, 80 mm of Epson's TM-T88, 80 mm of the others
GAP = 2  # columns that keep what stands at the left from what stands at the right


@dataclass(frozen=True, slots=True)
class Paper:
    """Lays text out in rows of at most `columns`. All that is printed passes through here, and
    comes out as printable ASCII and Indic letters without spaces at the end."""

    columns: int

    def rule(self, sign: str = "-") -> str:
        """A line across the paper."""
        return sign * self.columns

    def left(self, text: str) -> list[str]:
        """Wrapped at spaces, words longer than a row cut; nothing for a blank text."""
        rows = wrap(printable(text), self.columns, break_on_hyphens=False)
        return [row.rstrip() for row in rows]  # wrap leaves one before a word it has to cut

    def centred(self, text: str) -> list[str]:
        """Wrapped, in the middle."""
        return [" " * ((self.columns - width_of(row)) // 2) + row for row in self.left(text)]

    def right(self, text: str) -> list[str]:
        """At the right edge, which spaces at the end of a text that fits keep it away from."""
        text = printable(text)
        rows = [text] if width_of(text) <= self.columns else self.left(text)
        return [(" " * (self.columns - width_of(row)) + row).rstrip() for row in rows]

    def spread(self, left: str, right: str) -> list[str]:
        """One text at each edge: in one row where they fit, else one below the other."""
        rows, right = self.left(left), printable(right)
        last = rows[-1] if rows else ""
        gap = self.columns - width_of(last) - width_of(right)
        if last and gap >= GAP:
            return [*rows[:-1], f"{last}{' ' * gap}{right}".rstrip()]
        return rows + self.right(right)

    def cut(self, text: str) -> list[str]:
        """Cut into full rows wherever it falls: for what has no words, like a link."""
        text = printable(text)
        return [text[i : i + self.columns] for i in range(0, len(text), self.columns)]


def paper_of(columns: int) -> Paper:
    """Paper of a width. Refused("slip-columns") for other widths than 32, 42 and 48."""
    if columns not in SLIP_COLUMNS:
        raise Refused("slip-columns", f"a slip has 32, 42 or 48 columns, not {columns}")
    return Paper(columns)


def amount_row(paper: Paper, label: str, paise: int) -> list[str]:
    """What an amount is at the left, rupees at the right."""
    return paper.spread(label, show_rupees(paise))
