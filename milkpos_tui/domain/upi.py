"""The `upi://pay` link that a customer's UPI app reads from the QR code (NPCI's linking scheme)."""

import re
from urllib.parse import quote, urlencode

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean

LINK_CHARS_MAX = 99  # beyond it the QR code outgrows an 80x24 terminal
NOTE_CHARS_MAX = 50
REFERENCE_CHARS_MAX = 35

_VPA = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")


def check_vpa(text: str) -> str:
    """A UPI address such as `shop@bank`, trimmed, or `Refused("vpa")`."""
    vpa = text.strip()
    if not _VPA.fullmatch(vpa):
        raise Refused("vpa", f"{clean(text)!r} is not a UPI address, such as shop@bank.")
    return vpa


def upi_link(*, vpa: str, name: str, amount_paise: int, reference: str, note: str = "") -> str:
    """The link that asks for exactly `amount_paise`; `reference` tells the bill from all others.

    To stay within `LINK_CHARS_MAX` the note is dropped first, then the name is cut, though never
    below its first character: address, amount and reference stay whole. Raises Refused with the
    code `vpa`, `upi-name`, `upi-amount` or `upi-reference`.
    """
    name = clean(name)
    if not name:
        raise Refused("upi-name", "A UPI link needs the shop's name.")
    if amount_paise <= 0:
        raise Refused("upi-amount", "A UPI payment must be above zero.")
    rupees, paise = divmod(amount_paise, 100)
    fields = {
        "pa": check_vpa(vpa),
        "pn": name,
        "am": f"{rupees}.{paise:02}",
        "cu": "INR",
        "tn": clean(note, limit=NOTE_CHARS_MAX),
        "tr": _transaction_reference(reference),
    }
    if len(_link(fields)) > LINK_CHARS_MAX:
        fields["tn"] = ""
    while len(_link(fields)) > LINK_CHARS_MAX and len(fields["pn"]) > 1:
        fields["pn"] = fields["pn"][:-1].rstrip()
    return _link(fields)


def _transaction_reference(reference: str) -> str:
    """Refused rather than cut: a cut reference might be another bill's."""
    if not 0 < len(reference) <= REFERENCE_CHARS_MAX:
        raise Refused(
            "upi-reference", f"A UPI reference has 1 to {REFERENCE_CHARS_MAX} characters."
        )
    return re.sub(r"[^A-Za-z0-9_-]", "-", reference)


def _link(fields: dict[str, str]) -> str:
    filled = {key: value for key, value in fields.items() if value}
    return "upi://pay?" + urlencode(filled, quote_via=quote, safe="@")  # a space is %20, never +
