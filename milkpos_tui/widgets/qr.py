"""A QR code drawn with half blocks: two modules a cell, a quiet zone of two, white drawn too."""

from rich.style import Style

from milkpos_tui.widgets.painted import Row

BLACK_ON_WHITE = Style(color="black", bgcolor="white")
QUIET_ZONE = 2

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_rows(payload: str) -> list[Row]:
    """The rows of a code of the smallest version at error correction L (docs of UPI in domain)."""
    import segno  # 40 ms that only a UPI payment pays

    matrix = [
        [bool(module) for module in line]
        for line in segno.make_qr(payload, error="l", boost_error=False).matrix_iter(
            border=QUIET_ZONE
        )
    ]
    if len(matrix) % 2:
        matrix.append([False] * len(matrix[0]))
    return [
        (("".join(_HALVES[top, low] for top, low in zip(*pair, strict=True)), BLACK_ON_WHITE),)
        for pair in zip(matrix[::2], matrix[1::2], strict=True)
    ]
