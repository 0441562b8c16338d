"""What devices tell, by names for scripts and in words for people."""

from typing import TYPE_CHECKING

from drivers.events import (
    DeviceDown,
    DeviceUp,
    Event,
    Moving,
    Negative,
    Over,
    Reading,
    ScanLost,
    Scanned,
    Stable,
    Under,
    Weighed,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.labels import read_label
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.numbering import BillNumber
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.scan import Scan, spellings
from milkpos_tui.domain.text import clean
from milkpos_tui.hardware.meaning import scan_of
from milkpos_tui.services.records import time_in_india

if TYPE_CHECKING:
    from milkpos_tui.till import Till

Names = dict[str, object]

_WORDS_MAX = 300
_READINGS: dict[type, str] = {
    Stable: "stable",
    Moving: "moving",
    Over: "over",
    Under: "under",
    Negative: "negative",
}


def event_names(till: "Till", event: Event) -> Names:
    """An event as a document of the stream of `milkpos device watch`."""
    names: Names = {"at": time_in_india(till.clock.now()), "device": event.device}
    match event:
        case DeviceUp(_, words):
            return names | {"event": "up", "words": clean(words, limit=_WORDS_MAX)}
        case DeviceDown(_, reason):
            return names | {"event": "down", "words": clean(reason, limit=_WORDS_MAX)}
        case ScanLost(_, reason):
            return names | {"event": "lost", "words": clean(reason, limit=_WORDS_MAX)}
        case Scanned():
            return names | {"event": "scan"} | scan_names(till, event)
        case Weighed(_, reading):
            grams = getattr(reading, "grams", None)
            net = isinstance(reading, Stable) and reading.net
            weight = {"reading": _READINGS[type(reading)], "weight_milli": grams, "net": net}
            return names | {"event": "weight"} | weight


def event_told(till: "Till", event: Event) -> str:
    """An event in one line."""
    at = time_in_india(till.clock.now())[11:19]
    match event:
        case DeviceUp(device, words):
            return f"{at} {device} is up: {clean(words, limit=_WORDS_MAX)}"
        case DeviceDown(device, reason):
            return f"{at} {device} is down: {clean(reason, limit=_WORDS_MAX)}"
        case ScanLost(device, reason):
            return f"{at} {device}: {clean(reason, limit=_WORDS_MAX)}"
        case Scanned():
            return f"{at} {event.device}: {scan_told(till, event)}"
        case Weighed(device, reading):
            return f"{at} {device}: {reading_told(reading)}"


def reading_told(reading: Reading) -> str:
    """What a scale shows."""
    from milkpos_tui.hardware.desk import reading_words

    return reading_words(reading)


def scan_names(till: "Till", scanned: Scanned) -> Names:
    """A scan, what its symbol says, and which item the catalogue knows by it."""
    scan = scan_of(scanned)
    return {
        "code": scan.code,
        "aim": clean(scanned.aim),
        "article": scan.article,
        "batch": None if scan.batch is None else clean(scan.batch),
        "expiry": None if scan.expiry is None else scan.expiry.isoformat(),
        "weight_milli": scan.grams,
        "price_paise": scan.price_paise,
        "means": _means(till, scan),
    }


def scan_told(till: "Till", scanned: Scanned) -> str:
    """A scan in one line."""
    scan = scan_of(scanned)
    parts = [scan.code, _means(till, scan)]
    if scan.batch is not None:
        parts.append(f"batch {clean(scan.batch)}")
    if scan.expiry is not None:
        parts.append(f"expires {scan.expiry.isoformat()}")
    if scan.grams is not None:
        parts.append(f"{show_quantity(scan.grams)} kg")
    if scan.price_paise is not None:
        parts.append(f"Rs {show_rupees(scan.price_paise)}")
    return ", ".join(parts)


def _means(till: "Till", scan: Scan) -> str:
    """What the till would take it for."""
    if BillNumber.is_one(scan.code):
        return f"a bill's number: {scan.code}"
    codes = spellings(scan.article) if scan.article is not None else (scan.code,)
    for code in codes:
        item = till.catalogue.by_code(code)
        if item is not None:
            return f"item {item.plu}, {item.name}"
    return _label_means(till, codes[0]) or "no item that the catalogue knows"


def _label_means(till: "Till", code: str) -> str:
    try:
        label = read_label(code)
    except Refused as refused:
        return refused.message
    if label is None:
        return ""
    item = till.catalogue.by_code(str(label.plu))
    what = f"label of item {label.plu}, {item.name}" if item else f"label of no item, {label.plu}"
    if label.weight_milli is not None:
        return (
            f"{what}, {show_quantity(label.weight_milli)} {item.unit.sign if item else ''}".strip()
        )
    if label.price_paise is not None:
        return f"{what}, Rs {show_rupees(label.price_paise)}"
    return f"{what}, {label.pieces} pieces"
