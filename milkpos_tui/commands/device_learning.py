"""`milkpos device learn`: a scale of no published format, learned from what it sends."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from milkpos_tui.commands.asking import ask, ask_yes, on_terminal
from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.commands.device_names import device_names, option_words
from milkpos_tui.domain.errors import Misused, Refused, Unreachable
from milkpos_tui.domain.roles import Right

if TYPE_CHECKING:
    from milkpos_tui.domain.devices import Device
    from milkpos_tui.hardware.teaching import Manner

CAPTURE_BYTES_MAX = 65_536
GRAMS_DIGITS_MAX = 6
USUAL_LINE = "9600 8N1"

Captures = list[tuple[int, bytes]]


def learn(
    name: str = typer.Argument("", metavar="[NAME]", help="The scale, as it was set up."),
    list_: bool = typer.Option(False, "--list", help="The protocols that need no learning."),
    line: str = typer.Option("", "--line", metavar="LINE", help="Like 9600 8N1 or 2400 7E1."),
    asked: str = typer.Option(
        "", "--ask", metavar="HEX", help="What makes it send, like 05; not if it sends by itself."
    ),
    captures: list[str] = typer.Option(
        [],
        "--capture",
        metavar="GRAMS=FILE",
        help="What it sent with so many grams on it; again for each weight, 0 for the empty pan.",
    ),
) -> None:
    """Learn what a scale sends whose format nobody published, and store it.

    On a terminal it asks for weights that are known, one after the other: the empty pan, and at
    least one more. Known protocols are set with `milkpos device change scale --set protocol=...`.

    \b
    Example: milkpos device learn --list
    Example: milkpos device learn scale --line "9600 8N1"
    Example: milkpos device learn scale --capture 0=empty.bin --capture 1000=one-kilo.bin
    """
    if list_:
        _list()
        return
    if not name:
        raise Misused("usage", "say which scale: milkpos device learn NAME")
    from milkpos_tui.hardware.teaching import Manner, check_teachable, taught
    from milkpos_tui.hardware.teaching import learn as learned
    from milkpos_tui.hardware.wiring import check_wiring

    files = _read(captures)
    if not files and not on_terminal():
        raise Misused("captures-missing", "without a terminal say --capture GRAMS=FILE for each")
    with opened() as till:
        actor = acting(till)
        till.permissions.check(Right.SETTINGS, actor, about=name)
        device = till.devices.device(name)
        manner = Manner(line or device.option("line", USUAL_LINE), asked or device.option("ask"))
        check_teachable(device, manner)
        options = learned(files or _captured(device, manner), manner)
        remark(f"learned: {option_words(options)}")
        if not files and not ask_yes("Store it?"):
            raise Refused("not-stored", "nothing was stored")
        device = taught(device, options)
        check_wiring(device)
        device = till.devices.change(device, actor)
    result(device_names(device), [f"{name} is set to what it sends: milkpos device test {name}"])


def _list() -> None:
    from milkpos_tui.hardware.teaching import published

    known = published()
    result(
        [
            {"protocol": each.name, "words": each.words, "line": each.line, "asks": each.asks}
            | {"tells_rest": each.tells_rest}
            for each in known
        ],
        [f"{each.name:14} {each.line:9} {each.words}" for each in known],
    )


def _read(texts: list[str]) -> Captures:
    captures: Captures = []
    for text in texts:
        grams, equals, file = text.partition("=")
        if not (equals and file and _is_grams(grams)):
            raise Misused("usage", f"'{text}' is no weight and file, like 1000=one-kilo.bin")
        captures.append((int(grams), _content(Path(file))))
    return captures


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(CAPTURE_BYTES_MAX + 1)
    except OSError as error:
        raise Unreachable("file-unreachable", f"{path}: {error.strerror}") from error
    if len(content) > CAPTURE_BYTES_MAX:
        raise Refused("file-large", f"{path} is larger than a capture of a scale can be")
    return content


def _captured(device: "Device", manner: "Manner") -> Captures:
    """What the scale sends for weights that somebody puts on it."""
    ask("Take everything off the scale, then press Enter. ", str)
    captures = [(0, _listened(device, manner))]
    while True:
        more = "" if len(captures) == 1 else ", or Enter alone to go on"
        grams = ask(
            f"Put a known weight on it, and say how many grams{more}: ",
            partial(_grams, may_end=len(captures) > 1),
        )
        if grams is None:
            return captures
        captures.append((grams, _listened(device, manner)))


def _listened(device: "Device", manner: "Manner") -> bytes:
    from milkpos_tui.hardware.teaching import CAPTURE_S, capture

    remark(f"listening for {CAPTURE_S:g} s: leave it at rest")
    data = capture(device, manner)
    remark(f"{len(data)} bytes: {ascii(data[:40])[2:-1]}")
    return data


def _grams(text: str, *, may_end: bool) -> int | None:
    if may_end and not text:
        return None
    if not _is_grams(text) or not int(text):
        raise Refused("grams-unreadable", f"'{text}' is not a number of grams, like 1000")
    return int(text)


def _is_grams(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= GRAMS_DIGITS_MAX
