"""The line one types in: the entry line of the till, and every other question."""

from rich.style import Style
from textual import events

from milkpos_tui.domain.text import clean, width_of
from milkpos_tui.widgets.painted import BOLD, PLAIN, Part
from milkpos_tui.widgets.typed import Typed

CURSOR = Style(reverse=True)
OFFERED = Style(color="yellow", bold=True)

_EDITING = frozenset({"backspace", "delete", "left", "right", "home", "end", "ctrl+a"})


class Field(Typed):
    """One line of typed text with a prompt. Textual's own Input would repaint 2 kB a key and blink
    twice a second. `masked` shows stars, for PINs.

    Keys come from the screen, in the turn in which they were pressed: were the line emptied by a
    message after Enter, what is typed next would still land behind the old text.
    """

    def __init__(
        self,
        prompt: str = "> ",
        *,
        masked: bool = False,
        limit: int = 80,
        id: str | None = None,  # noqa: A002  # Textual's name
    ) -> None:
        super().__init__(id=id)
        self._prompt = prompt
        self.masked = masked
        self.limit = limit
        self._text = ""
        self._cursor = 0
        self._offered = False
        self._draw()

    @property
    def text(self) -> str:
        """What was typed."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._set(text, len(text))

    def offer(self, text: str) -> None:
        """Put a text there for mending. Who types on begins anew, so that what was refused and
        what is keyed next never run into one; who edits keeps it."""
        self._set(text, len(text))
        self._offered = True
        self._draw()

    @property
    def prompt(self) -> str:
        """What stands before it."""
        return self._prompt

    @prompt.setter
    def prompt(self, prompt: str) -> None:
        self._prompt = prompt
        self._draw()

    def take(self, event: events.Key) -> bool:
        """Type a character or mend the text; whether the key was one for that."""
        if event.character and event.is_printable:
            self._insert(event.character)
            return True
        return self._mend(event.key)

    def paste(self, text: str) -> None:
        """Pasted text is data: one line of it, cleaned."""
        cleaned = clean(text, limit=self.limit)
        if cleaned:
            self._insert(cleaned)

    def _insert(self, text: str) -> None:
        if self._offered:
            self._set("", 0)
        if len(self._text) + len(text) > self.limit:
            self.app.bell()
            return
        at = self._cursor
        self._set(self._text[:at] + text + self._text[at:], at + len(text))

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show or hide the cursor."""
        super().watch_has_focus(_has_focus)
        self._draw()

    def _mend(self, key: str) -> bool:
        if self._offered and key in _EDITING:
            self._offered = False
            self._draw()
        text, at = self._text, self._cursor
        match key:
            case "backspace" if at:
                self._set(text[: at - 1] + text[at:], at - 1)
            case "delete" if at < len(text):
                self._set(text[:at] + text[at + 1 :], at)
            case "left" if at:
                self._set(text, at - 1)
            case "right" if at < len(text):
                self._set(text, at + 1)
            case "home" | "ctrl+a":
                self._set(text, 0)
            case "end":
                self._set(text, len(text))
            case "ctrl+u":
                self._set("", 0)
            case "backspace" | "delete" | "left" | "right":
                pass
            case _:
                return False
        return True

    def _set(self, text: str, cursor: int) -> None:
        self._text, self._cursor, self._offered = text, cursor, False
        self._draw()

    def _draw(self) -> None:
        shown = "*" * len(self._text) if self.masked else self._text
        parts: list[Part] = [(self._prompt, BOLD)]
        if not self.has_focus:
            parts.append((shown, PLAIN))
        else:
            room = max(10, self.size.width - width_of(self._prompt) - 1)
            skip = max(0, self._cursor - room + 1)
            before, under = shown[skip : self._cursor], shown[self._cursor :][:1] or " "
            style = OFFERED if self._offered else PLAIN
            parts += [(before, style), (under, CURSOR), (shown[self._cursor + 1 :], style)]
        self.set_row(0, *parts)
