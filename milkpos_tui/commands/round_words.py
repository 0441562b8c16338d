"""What the commands of orders, rounds, months and milk say: stable names for `--json`, lines for
people."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from milkpos_tui.commands.names import Names
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.orders import Change, OrderPlace, Pause, Skip, StandingOrder
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import cell, plural

if TYPE_CHECKING:
    from milkpos_tui.domain.item import Item
    from milkpos_tui.domain.month import State
    from milkpos_tui.domain.orders import OrderException
    from milkpos_tui.domain.rounds import Sheet
    from milkpos_tui.services.month_papers import MonthPaper
    from milkpos_tui.services.rounds import Done

NAME_COLUMNS = 24

Items = Mapping[int, "Item"]


def order_names(order: StandingOrder, number: int) -> Names:
    """A standing order; `number` is its place in the customer's list."""
    return {
        "number": number,
        "id": order.id,
        "plu": order.plu,
        "qty_milli": order.qty_milli,
        "days": str(order.days),
        "halves": [half.value for half in order.halves],
        "from": order.first.isoformat(),
        "to": order.last.isoformat() if order.last else None,
        "rate_paise": order.rate_paise,
        "place": order.place.value,
    }


def order_told(order: StandingOrder, number: int, items: Items) -> str:
    """One order in a row."""
    item = items[order.plu]
    halves = "both" if len(order.halves) > 1 else order.halves[0].value
    last = f" to {order.last}" if order.last else ""
    rate = f" at Rs {show_rupees(order.rate_paise)}" if order.rate_paise is not None else ""
    where = ", collected" if order.place is OrderPlace.COUNTER else ""
    return (
        f"{number:2} {show_quantity(order.qty_milli)} {item.unit.sign} {order.plu} {item.name}, "
        f"{order.days}, {halves}, from {order.first}{last}{rate}{where}"
    )


def said_names(said: "OrderException") -> Names:
    """What was said about some days."""
    if isinstance(said, Pause):
        last = said.last.isoformat() if said.last else None
        return {"kind": "pause", "from": said.first.isoformat(), "to": last, "order": said.order}
    if isinstance(said, Skip):
        half = said.half.value if said.half else None
        return {"kind": "skip", "date": said.day.isoformat(), "half": half, "order": said.order}
    if isinstance(said, Change):
        return {
            "kind": "change", "date": said.day.isoformat(), "half": said.half.value,
            "by_milli": said.by_milli, "order": said.order,
        }  # fmt: skip
    last = said.last.isoformat() if said.last else None
    return {
        "kind": "switch", "from": said.first.isoformat(), "to": last, "plu": said.plu,
        "rate_paise": said.rate_paise, "order": said.order,
    }  # fmt: skip


def said_told(said: "OrderException", numbers: Mapping[str, int]) -> str:
    """The same in words, with the order's place in the list where there are several: `numbers` by
    id."""
    which = f"   {numbers[said.order]}: " if said.order and len(numbers) > 1 else "   "
    return which + _said_words(said)


def _said_words(said: "OrderException") -> str:
    if isinstance(said, Pause):
        return f"paused from {said.first} {f'to {said.last}' if said.last else 'on'}"
    if isinstance(said, Skip):
        return f"not on {said.day}{f' {said.half}' if said.half else ''}"
    if isinstance(said, Change):
        more = "more" if said.by_milli > 0 else "less"
        return f"{show_quantity(abs(said.by_milli))} {more} on {said.day} {said.half}"
    return f"item {said.plu} from {said.first}{f' to {said.last}' if said.last else ''}"


# --- rounds -------------------------------------------------------------------------------------


def sheet_names(sheet: "Sheet", items: Items) -> Names:
    """A round as it is carried."""
    return {
        "date": sheet.day.isoformat(),
        "half": sheet.half.value,
        "stops": [
            {
                "code": stop.place.code,
                "name": stop.place.name,
                "lane": stop.place.lane,
                "sequence": stop.place.sequence,
                "deliveries": [
                    {
                        "plu": one.plu, "name": items[one.plu].name, "qty_milli": one.qty_milli,
                        "order": one.order,
                    }
                    for one in stop.deliveries
                ],
            }
            for stop in sheet.stops
        ],
        "loads": [
            {"lane": lane, "plu": plu, "name": items[plu].name, "qty_milli": qty}
            for lane, plu, qty in sheet.loads
        ],
    }  # fmt: skip


def sheet_told(sheet: "Sheet", items: Items) -> Iterator[str]:
    """The sheet in rows: lane by lane, and what to take along."""
    sheet = sheet.planned
    yield f"Round of {sheet.day:%d-%m-%Y}, {sheet.half}: {plural(len(sheet.stops), 'door')}"
    lane = None
    for stop in sheet.stops:
        if stop.place.lane != lane:
            lane = stop.place.lane
            yield f"-- {lane or 'no lane'}"
        left = ", ".join(
            f"{show_quantity(one.qty_milli)} {items[one.plu].unit.sign} {items[one.plu].name}"
            for one in stop.deliveries
        )
        yield f"{stop.place.code:>6} {cell(stop.place.name, NAME_COLUMNS)} {left}"
    sums: dict[int, int] = {}
    for _, plu, qty in sheet.loads:
        sums[plu] = sums.get(plu, 0) + qty
    for plu, qty in sums.items():
        yield f"   take {show_quantity(qty)} {items[plu].unit.sign} {items[plu].name}"


def done_names(done: "Done") -> Names:
    """What recording a round did."""
    return {
        "date": done.day.isoformat(),
        "half": done.half.value,
        "recorded": done.recorded,
        "missed": done.missed,
        "amount_paise": done.amount_paise,
        "corrections": [
            {
                "code": one.code, "key": one.key, "was_milli": one.was_milli,
                "is_milli": one.is_milli, "amount_paise": one.by_paise,
            }
            for one in done.corrections
        ],
        "over_limit": [
            {
                "code": one.customer.code, "balance_paise": one.owed_paise,
                "limit_paise": one.customer.limit_paise,
            }
            for one in done.over
        ],
    }  # fmt: skip


def done_told(done: "Done") -> Iterator[str]:
    """The same in words."""
    missed = f", {done.missed} of them nothing" if done.missed else ""
    yield (
        f"{done.day} {done.half}: {plural(done.recorded, 'delivery').replace('ys', 'ies')} "
        f"recorded{missed}, Rs {show_rupees(done.amount_paise)}"
    )
    for one in done.corrections:
        yield f"   corrected: {one.code}, {one.words}, Rs {show_rupees(one.by_paise)}"
    for owing in done.over:
        limit = show_rupees(owing.customer.limit_paise or 0)
        yield (
            f"   OVER the limit of Rs {limit}: {owing.customer.shown} owes Rs "
            f"{show_rupees(owing.owed_paise)}"
        )


# --- months -------------------------------------------------------------------------------------


def month_names(paper: "MonthPaper", state: "State") -> Names:
    """A monthly bill."""
    from milkpos_tui.services.month_content import content_of
    from milkpos_tui.services.month_papers import payment_link

    bill = paper.bill
    return {
        **content_of(bill),
        "customer": paper.party.code,
        "name": paper.party.name,
        "month": str(bill.month),
        "state": state.value,
        "issued_on": paper.issued.isoformat() if paper.issued else None,
        "delivered_paise": bill.delivered_paise,
        "purchased_paise": bill.purchased_paise,
        "adjusted_paise": bill.adjusted_paise,
        "paid_paise": bill.paid_paise,
        "due_paise": bill.due_paise,
        "upi": payment_link(paper),
    }


def month_row(paper: "MonthPaper", state: str) -> str:
    """A monthly bill in a row of a list."""
    bill, party = paper.bill, paper.party
    return (
        f"{bill.number:16} {party.code:>6} {cell(party.name, NAME_COLUMNS)} "
        f"{show_rupees(bill.due_paise):>14} {state}"
    )
