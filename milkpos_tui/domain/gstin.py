"""Numbers the law gives out: GSTIN, state code, FSSAI licence, HSN. Their shape, no look-up."""

import re

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean

STATES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "25": "Daman and Diu (before 2020)",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "28": "Andhra Pradesh (before the division)",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
    "97": "Other Territory",
}

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# State, PAN (or, of a government office, TAN), registration within the state, kind, check digit:
# the shape that public validators ask of a taxpayer. UN bodies, non-residents and the like
# have shapes of their own and buy no milk here.
_SHAPE = re.compile(r"[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z][1-9A-JZ][0-9A-Z]")


def check_gstin(text: str) -> str:
    """The GSTIN in capitals and without spaces, or `Refused("gstin")` saying why not."""
    gstin = _unspaced(text).upper()
    if len(gstin) != 15:
        raise Refused("gstin", f"A GSTIN has 15 letters and digits, this one has {len(gstin)}.")
    if not _SHAPE.fullmatch(gstin):
        raise Refused("gstin", f"{gstin} is not made like a GSTIN, such as 27AAPFU0939F1ZV.")
    if gstin[:2] not in STATES:
        raise Refused("gstin", f"{gstin} begins with {gstin[:2]}, which is no state's code.")
    if gstin[-1] != _gstin_check(gstin[:-1]):
        raise Refused("gstin", f"{gstin} has a letter or digit wrong: its check digit differs.")
    return gstin


def check_state_code(text: str) -> str:
    """The two digits of a state, as in `STATES`, or `Refused("state-code")`."""
    code = _unspaced(text)
    if code not in STATES:
        raise Refused("state-code", "A state code is two digits, such as 27 for Maharashtra.")
    return code


def check_fssai(text: str) -> str:
    """The 14 digits of a food licence without spaces, or `Refused("fssai")`."""
    number = _unspaced(text)
    if not re.fullmatch(r"[0-9]{14}", number):
        raise Refused("fssai", "An FSSAI licence number has 14 digits.")
    return number


def check_hsn(text: str) -> str:
    """An HSN code of 4, 6 or 8 digits without spaces, or `Refused("hsn")`."""
    code = _unspaced(text)
    if not re.fullmatch(r"(?:[0-9]{2}){2,4}", code):
        raise Refused("hsn", "An HSN code has 4, 6 or 8 digits, such as 0401 for milk.")
    return code


def _unspaced(text: str) -> str:
    """As pasted from a certificate, in groups; cleaned, for a refusal repeats it on the screen."""
    return clean(text).replace(" ", "")


def _gstin_check(first_14: str) -> str:
    total = 0
    for position, char in enumerate(first_14):
        product = _ALPHABET.index(char) * (1 + position % 2)
        total += sum(divmod(product, 36))
    return _ALPHABET[-total % 36]
