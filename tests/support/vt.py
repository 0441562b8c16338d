"""What a terminal does with the bytes it is sent: pyte's screen, plus what pyte lacks.

pyte's own stream parser is not used: it draws the tails of sequences that it does not know (kitty
keyboard, soft reset, DCS) as text; and its `draw` drops what follows an Indic vowel sign.
"""

import codecs
import re
from collections.abc import Callable
from typing import Any

import pyte
from pyte.screens import wcwidth

SEQUENCE = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[(?P<private>[<=>?]?)(?P<params>[0-9;:]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?:P[0-9A-Fa-f]{7}|R)"  # the Linux console's palette has no terminator
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[PX^_](?P<dcs>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
)
UNFINISHED = re.compile(
    r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)?\Z"
)
KITTY_AND_KEY_MODES = re.compile(r"\x1b\[[<=>]")
CSI = pyte.Stream.csi | {"b": "repeat", "S": "scroll_up", "T": "scroll_down", "Z": "back_tab"}
# These change nothing on the screen: cursor shape, soft reset, window operations, keypad modes, the
# end of a string.
WITHOUT_EFFECT = re.compile(r"\x1b(?:\[[0-9;]*(?: q|!p|t)|[=>\\])")

ALTERNATE_SCREEN, SYNCHRONIZED = 1049, 2026
MODE_ABSENT, MODE_SET, MODE_RESET = 0, 1, 2


class Screen(pyte.Screen):
    """A pyte screen that also repeats, scrolls, has an alternate buffer and knows what it drew."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.glyphs: set[str] = set()
        self.colours: set[str] = set()
        self.frames = 0  # synchronized frames begun
        self.in_frame = False  # a real terminal shows nothing new until the frame ends
        self._last = " "
        self._primary: tuple[dict[int, Any], pyte.screens.Cursor] | None = None
        self._rendered: list[str] = []

    def draw(self, data: str) -> None:
        """Draw a run of text; marks of no width join the cell before them, whatever their class."""
        self.glyphs.update(data)
        self._last = data[-1]
        if data.isascii():
            super().draw(data)
            return
        for char in data:
            if wcwidth(char) == 0:
                self._join(char)
            else:
                super().draw(char)

    def _join(self, mark: str) -> None:
        line, x = self.buffer[self.cursor.y], self.cursor.x - 1
        if x > 0 and not line[x].data:  # the second half of a wide character
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(data=line[x].data + mark)
            self.dirty.add(self.cursor.y)

    def repeat(self, count: int = 1) -> None:
        """REP: the last character again."""
        self.draw(self._last * max(1, count))

    def scroll_up(self, count: int = 1) -> None:
        """SU: the lines inside the margins move up, the cursor stays."""
        self._scroll(count, edge=1, step=self.index)

    def scroll_down(self, count: int = 1) -> None:
        """SD: the lines inside the margins move down, the cursor stays."""
        self._scroll(count, edge=0, step=self.reverse_index)

    def _scroll(self, count: int, edge: int, step: Callable[[], None]) -> None:
        margins = self.margins or (0, self.lines - 1)
        cursor_line = self.cursor.y
        self.cursor.y = margins[edge]
        for _ in range(min(max(1, count), self.lines)):
            step()
        self.cursor.y = cursor_line

    def back_tab(self, count: int = 1) -> None:
        """CBT: to the tab stop before."""
        for _ in range(max(1, count)):
            stops = [stop for stop in self.tabstops if stop < self.cursor.x]
            self.cursor.x = max(stops, default=0)

    def show_alternate(self, shown: bool) -> None:
        """Switch to an empty alternate buffer, or back to what was there before it."""
        if shown == (self._primary is not None):
            return
        if shown:
            self._primary = dict(self.buffer), self.cursor
            self.cursor = pyte.screens.Cursor(self.cursor.x, self.cursor.y, self.cursor.attrs)
            self.buffer.clear()
        elif self._primary is not None:
            lines, self.cursor = self._primary
            self.buffer.clear()
            self.buffer.update(lines)
            self._primary = None
            self.ensure_hbounds()
            self.ensure_vbounds()
        self.dirty.update(range(self.lines))

    def select_graphic_rendition(self, *attrs: int) -> None:
        """SGR, noting which ways of naming a colour are used."""
        rest = list(attrs)
        while rest:
            code = rest.pop(0)
            if code in (38, 48, 58) and rest:
                kind = rest.pop(0)
                self.colours.add(f"{code};{kind}")
                del rest[: 3 if kind == 2 else 1]
            elif (30 <= code <= 47 and code != 39) or 90 <= code <= 107:
                self.colours.add(str(code))
        super().select_graphic_rendition(*attrs)

    def rendered(self) -> list[str]:
        """The lines, trailing blanks kept; only the changed ones are put together again."""
        if len(self._rendered) != self.lines:
            self._rendered = [""] * self.lines
            self.dirty.update(range(self.lines))
        for y in self.dirty:
            if y < self.lines:
                line = self.buffer[y]
                self._rendered[y] = "".join(line[x].data for x in range(self.columns))
        self.dirty.clear()
        return self._rendered


class Emulator:
    """Reads a program's output onto a screen and answers its questions.

    `console` is the Linux console: no alternate screen, no synchronized output, no answer about
    modes or colours. Otherwise an xterm of the usual kind, without the kitty keyboard protocol.
    """

    def __init__(self, screen: Screen, reply: Callable[[bytes], None], *, console: bool) -> None:
        self.screen = screen
        self.console = console
        self.unknown: set[str] = set()  # sequences that were neither drawn, obeyed nor answered
        self._reply = reply
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._unfinished = ""

    def feed(self, data: bytes) -> None:
        """Take the next piece of output; a sequence cut in two waits for its other half."""
        text = self._unfinished + self._decode(data)
        self._unfinished = ""
        at = 0
        while at < len(text):
            if match := SEQUENCE.match(text, at):
                self._obey(match)
                at = match.end()
            elif UNFINISHED.match(text, at):
                self._unfinished = text[at:]
                return
            else:
                self.unknown.add(text[at : at + 16])
                at += 1

    def _obey(self, match: re.Match[str]) -> None:
        part = match.groupdict()
        screen = self.screen
        if part["text"] is not None:
            screen.draw(part["text"])
        elif part["final"] is not None:
            self._control_sequence(match[0], part)
        elif part["control"] is not None:
            if name := pyte.Stream.basic.get(part["control"]):
                getattr(screen, name)()
        elif part["escape"] is not None:
            kind, code = part["escape"][0], part["escape"][-1]
            if name := pyte.Stream.escape.get(part["escape"]):
                getattr(screen, name)()
            elif kind in "()":
                screen.define_charset(code, mode=kind)
            elif not WITHOUT_EFFECT.match(match[0]):
                self.unknown.add(match[0])
        elif part["osc"] is not None:
            self._system_command(part["osc"])
        elif part["dcs"] is not None:
            self.unknown.add(match[0])

    def _control_sequence(self, whole: str, part: dict[str, str]) -> None:
        private, middle, final = part["private"], part["middle"], part["final"]
        if (answer := self._answer(private + part["params"] + middle + final)) is not None:
            if answer:
                self._reply(answer.encode())
        elif private == "?" and final in "hl" and not middle:
            for mode in part["params"].split(";"):
                self._set_mode(int(mode or 0), final == "h")
        elif not private and not middle and final in CSI and ":" not in part["params"]:
            params = [int(p or 0) for p in part["params"].split(";")]
            getattr(self.screen, CSI[final])(*params)
        elif not WITHOUT_EFFECT.match(whole) and not KITTY_AND_KEY_MODES.match(whole):
            self.unknown.add(whole)

    def _set_mode(self, mode: int, on: bool) -> None:
        screen = self.screen
        if mode == SYNCHRONIZED:
            screen.frames += on and not screen.in_frame
            screen.in_frame = on
        elif mode == ALTERNATE_SCREEN:
            if not self.console:
                screen.show_alternate(on)
        elif on:
            screen.set_mode(mode, private=True)
        else:
            screen.reset_mode(mode, private=True)

    def _answer(self, query: str) -> str | None:
        """The answer to a question; empty for one left unanswered, None if it is no question."""
        if query in ("c", "0c"):
            return "\x1b[?6c" if self.console else "\x1b[?62;22c"
        if query == "5n":
            return "\x1b[0n"
        if query == "6n":
            cursor = self.screen.cursor
            return f"\x1b[{cursor.y + 1};{min(cursor.x, self.screen.columns - 1) + 1}R"
        if query in (">c", ">0c"):
            return "" if self.console else "\x1b[>41;388;0c"
        if query == "?u":
            return ""
        if query.startswith("?") and query.endswith("$p"):
            return "" if self.console else f"\x1b[?{query[1:-2]};{self._mode_state(query)}$y"
        return None

    def _mode_state(self, query: str) -> int:
        if int(query[1:-2]) != SYNCHRONIZED:
            return MODE_ABSENT
        return MODE_SET if self.screen.in_frame else MODE_RESET

    def _system_command(self, command: str) -> None:
        code, _, value = command.partition(";")
        if code in ("10", "11", "12") and value == "?":
            colour = "0000/0000/0000" if code == "11" else "e5e5/e5e5/e5e5"
            if not self.console:
                self._reply(f"\x1b]{code};rgb:{colour}\x1b\\".encode())
        elif code in ("0", "2"):
            self.screen.set_title(value)
