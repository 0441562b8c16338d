"""The frames of the published protocols, and what they say. Pure."""

import re
from functools import reduce
from operator import xor

from drivers.events import Moving, Over, Under
from drivers.scale.frames import by_pattern
from drivers.scale.weight import COARSE, COUNTING, FAULTY, REFUSED, Heard, out_of_range, weighed

_NUMBER = re.compile(r" {0,8}[+-]? {0,8}[0-9]{1,9}(?:\.[0-9]{1,6})? {0,2}", re.ASCII)
_KG = "kg"


def _text(match: re.Match[bytes], group: str) -> str:
    return (match[group] or b"").decode("ascii")


def _toledo_8217(match: re.Match[bytes]) -> Heard | None:
    if match["status"]:
        return _toledo_status(match["status"][0])
    if match["coarse"]:
        return COARSE  # there is no unit in the frame: its decimals are all there is to go by
    return weighed(_text(match, "weight"), _KG, at_rest=True, net=bool(match["net"]))


def _toledo_status(bits: int) -> Heard:
    """Bit 0 motion, 1 over, 2 below zero, 3 outside the range for zero; 4 centre of zero and 5 net
    say nothing of a weight, and neither does a status without a reason: no weight came."""
    if bits & 0b0010:
        return Over()
    if bits & 0b1100:
        return Under()
    return Moving()


# `W` -> STX xx.xxx [N] CR, or STX ? status CR (Mettler Toledo 8217 service manual).
TOLEDO_8217 = by_pattern(
    rb"\x02(?:(?P<weight>\d\d\.\d\d\d)(?P<net>N?)|(?P<coarse>\d{2,4}\.\d\d)N?"
    rb"|\?(?P<status>[\x40-\x7f]))\r",
    _toledo_8217,
    bytes_max=10,
)


def _mt_sics(match: re.Match[bytes]) -> Heard | None:
    if match["error"]:
        return REFUSED
    if match["state"]:
        return _MT_SICS_STATES[match["state"]]
    return weighed(_text(match, "weight"), _text(match, "unit"), at_rest=match["rest"] == b"S")


_MT_SICS_STATES: dict[bytes, Heard] = {b"+": Over(), b"-": Under(), b"I": Moving()}

# `SI` -> S S|D, the weight right-aligned in ten, unit; `S I` busy, `S +` over, `S -` under; ES, EL,
# ET for a command not understood (MT-SICS reference manual, level 0). Some repeat the `SI`.
MT_SICS = by_pattern(
    rb"SI? (?:(?P<rest>[SD]) (?P<weight>(?=[ \d.-]{10} ) {0,9}-?\d{1,9}(?:\.\d{1,8})?)"
    rb" (?P<unit>[A-Za-z%]{1,4}) {0,3}|(?P<state>[-+I]))\r\n|(?P<error>E[SLT])\r\n",
    _mt_sics,
    bytes_max=26,
)


def _nci_ecr(match: re.Match[bytes]) -> Heard | None:
    if match["refused"]:
        return REFUSED
    status = match["status"]
    body = _text(match, "body")
    trouble = _nci_trouble(status)
    if trouble is not None:
        return trouble
    if not body:
        return Moving()  # no weight came; a status is none
    return _nci_weight(
        body,
        at_rest=not status[0] & 0b0001,
        net=len(status) > 2 and bool(status[2] & 0b0100),
    )


def _nci_trouble(status: bytes) -> Heard | None:
    """Byte 1: bit 0 motion, 1 zero, 2 RAM, 3 EEPROM. Byte 2: bit 0 under, 1 over, 2 ROM,
    3 calibration. Byte 3, where there is one: bit 2 net, 3 no zero since it was switched on."""
    if status[0] & 0b1100 or status[1] & 0b1100:
        return FAULTY
    if status[1] & 0b0010:
        return Over()
    if status[1] & 0b0001 or (len(status) > 2 and status[2] & 0b1000):
        return Under()
    return None


def _nci_weight(body: str, *, at_rest: bool, net: bool) -> Heard | None:
    match = _NCI_BODY.fullmatch(body)
    if match is None:
        return _NCI_BARS.get(body[:1])
    # Pounds and ounces come as `1LB 02.3OZ`: another unit, whatever else it is.
    unit = match["unit"] or match["pounds"]
    return weighed(match["weight"] or "0", unit, at_rest=at_rest, net=net)


_NCI_BODY = re.compile(
    r"(?P<weight>(?=[ 0-9.-]{6}[A-Z]) {0,4}-?[0-9]{1,6}(?:\.[0-9]{1,3})?)(?P<unit>[A-Z]{1,2}) ?"
    r"|[ 0-9]{1,3}(?P<pounds>LB) [ 0-9.]{3,5}OZ",
    re.ASCII | re.IGNORECASE,
)
# A display that shows bars instead of digits is sent as such signs.
_NCI_BARS: dict[str, Heard] = {"^": Over(), "_": Under(), "-": Under()}

# `W` CR -> LF xx.xxxKG CR LF S hh CR ETX, or the status alone while there is no weight to sell by;
# LF ? CR ETX for a command not understood (NCI SCP-01; Weigh-Tronix ECR appendix). General NCI has
# no `S`. Bit 6 of a status byte says that another one follows, but the first has no such bit.
NCI_ECR = by_pattern(
    rb"(?:\n(?P<body>[ -~]{6,16})\r)?\nS?(?P<status>[\x30-\x3f][\x70-\x7f]{0,2}[\x30-\x3f])\r\x03"
    rb"|(?P<refused>\n\?)\r\x03",
    _nci_ecr,
    bytes_max=26,
)


def _enq_dc1(match: re.Match[bytes]) -> Heard | None:
    if reduce(xor, match["summed"]) != match["bcc"][0]:
        return None
    if match["sign"] == b"F":
        return Over()
    number = _text(match, "sign") + _text(match, "weight")
    if _NUMBER.fullmatch(number) is None:
        return None
    return weighed(number, _text(match, "unit"), at_rest=match["rest"] == b"S")


# ENQ -> ACK, DC1 -> SOH STX S|U sign weight unit BCC ETX EOT. BCC is the XOR of what stands between
# STX and itself; sign is a space, `-`, or F for too much (CAS PD-II; Ohaus Aviator service manual).
ENQ_DC1 = by_pattern(
    rb"\x01\x02(?P<summed>(?P<rest>[SU])(?P<sign>[ F-])(?P<weight>[ -~]{6})(?P<unit>[ A-Za-z]{2}))"
    rb"(?P<bcc>[\x00-\xff])\x03\x04",
    _enq_dc1,
    bytes_max=15,
)


def _headed(match: re.Match[bytes], *, net: bool = False) -> Heard | None:
    """`ST`, `US` or `OL` before a weight and its unit, as many makers send it."""
    number = _text(match, "weight")
    if match["head"] == b"OL":
        return out_of_range(number)
    unit = _text(match, "unit")
    if _NUMBER.fullmatch(number) is None or not unit.strip():
        return None
    return weighed(number, unit, at_rest=match["head"] == b"ST", net=net)


def _gross_or_net(match: re.Match[bytes]) -> Heard | None:
    return _headed(match, net=match["kind"] == b"NT")


# Device id and lamps are raw bytes, and the lamps' bit 7 is always set: no sign of a wrong parity
# (CAS CI-400, NT-200 manuals, appendix "22 bytes").
CAS_22 = by_pattern(
    rb"(?P<head>ST|US|OL),(?P<kind>GS|NT),[\x00-\xff]{2},(?P<weight>[ -~]{8}) "
    rb"(?P<unit>[ A-Za-z]{2})\r\n",
    _gross_or_net,
    bytes_max=22,
)

# No maker owns this one, and its width differs from scale to scale; out of range there is no number
# and no unit (Kern KXS manual, 14.1). `ST,TR` is the tare, not what is on the scale.
RETAIL_STREAM = by_pattern(
    rb"(?P<head>ST|US|OL),(?P<kind>GS|NT),(?P<weight>[ +\-.\d]{1,14})(?P<unit>[A-Za-z%]{0,3})"
    rb" {0,6}\r\n",
    _gross_or_net,
    bytes_max=31,
)


def _a_and_d(match: re.Match[bytes]) -> Heard | None:
    return COUNTING if match["head"] == b"QT" else _headed(match)


# The polarity and eight signs of the number, or `9999999E+19` out of range; the unit is
# right-aligned in three (A&D standard format).
A_AND_D = by_pattern(
    rb"(?P<head>ST|US|OL|QT),(?P<weight>[+-](?:[\d.]{8}|\d{7}E[+-]\d\d))"
    rb"(?P<unit>[ A-Za-z%]{3}|)\r\n",
    _a_and_d,
    bytes_max=22,
)
