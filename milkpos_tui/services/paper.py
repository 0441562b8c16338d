"""Text laid out for paper of 32, 42 or 48 columns. The paper knows ASCII only."""

from dataclasses import dataclass
from textwrap import wrap

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import printable_ascii

SLIP_COLUMNS = (32, 42, 48)  # 58 mm paper, 80 mm of Epson's TM-T88, 80 mm of the others
GAP = 2  # columns that keep what stands at the left from what stands at the right


@dataclass(frozen=True, slots=True)
class Paper:
    """Lays text out in rows of at most `columns`. All that is printed passes through here, and
    comes out as printable ASCII without spaces at the end."""

    columns: int

    def rule(self, sign: str = "-") -> str:
        """A line across the paper."""
        return sign * self.columns

    def left(self, text: str) -> list[str]:
        """Wrapped at spaces, words longer than a row cut; nothing for a blank text."""
        rows = wrap(printable_ascii(text), self.columns, break_on_hyphens=False)
        return [row.rstrip() for row in rows]  # wrap leaves one before a word it has to cut

    def centred(self, text: str) -> list[str]:
        """Wrapped, in the middle."""
        return [row.center(self.columns).rstrip() for row in self.left(text)]

    def right(self, text: str) -> list[str]:
        """At the right edge, which spaces at the end of a text that fits keep it away from."""
        text = printable_ascii(text)
        rows = [text] if len(text) <= self.columns else self.left(text)
        return [row.rjust(self.columns).rstrip() for row in rows]

    def spread(self, left: str, right: str) -> list[str]:
        """One text at each edge: in one row where they fit, else one below the other."""
        rows, right = self.left(left), printable_ascii(right)
        last = rows[-1] if rows else ""
        if last and len(last) + GAP + len(right) <= self.columns:
            return [*rows[:-1], f"{last}{right:>{self.columns - len(last)}}".rstrip()]
        return rows + self.right(right)

    def cut(self, text: str) -> list[str]:
        """Cut into full rows wherever it falls: for what has no words, like a link."""
        text = printable_ascii(text)
        return [text[i : i + self.columns] for i in range(0, len(text), self.columns)]


def paper_of(columns: int) -> Paper:
    """Paper of a width. Refused("slip-columns") for other widths than 32, 42 and 48."""
    if columns not in SLIP_COLUMNS:
        raise Refused("slip-columns", f"a slip has 32, 42 or 48 columns, not {columns}")
    return Paper(columns)


def amount_row(paper: Paper, label: str, paise: int) -> list[str]:
    """What an amount is at the left, rupees at the right."""
    return paper.spread(label, show_rupees(paise))
