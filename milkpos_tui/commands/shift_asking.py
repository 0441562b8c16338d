"""What the commands of shifts ask on a terminal, and what they refuse before anybody counts for it.

A count is in the journal before it is told what should be there.
"""

from typing import TYPE_CHECKING

from milkpos_tui.commands.asking import ask, ask_count, ask_yes
from milkpos_tui.commands.context import ask_leave_once, remark
from milkpos_tui.commands.globals import session_name
from milkpos_tui.commands.shift_words import count_told, left_told, standing_told
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.reasons import needed_reason
from milkpos_tui.domain.roles import NeedsFinger, Right

if TYPE_CHECKING:
    from datetime import date

    from milkpos_tui.services.closing import Closing
    from milkpos_tui.services.counting import Counted
    from milkpos_tui.services.records import Draft
    from milkpos_tui.services.takings import CountRecord
    from milkpos_tui.till import Actor, Till

OPEN_BILL = "open"


def check_opening(
    till: "Till", counter: str, name: str, day: "date | None", actor: "Actor"
) -> None:
    """What opening refuses, before anybody counts a float or reads the declaration for it."""
    from milkpos_tui.domain.settings import SHIFT_NAMES
    from milkpos_tui.domain.shift import check_shift_name, parse_shift_names

    ask_leave_once(till)
    till.permissions.check(Right.KEEP_SHIFT, actor)
    if name:
        check_shift_name(parse_shift_names(till.settings.text(SHIFT_NAMES)), name)
    if day is not None and day != till.shifts.usual(counter).day:
        till.permissions.check(Right.OTHER_DATE, actor, about=day.isoformat())


def check_keeping(till: "Till", counter: str, actor: "Actor") -> None:
    """May they, and who allows it: before anybody counts the drawer for it."""
    ask_leave_once(till)
    shift = till.custody.needed(counter)
    own = actor.operator == shift.operator
    right = Right.KEEP_SHIFT if own else Right.KEEP_OTHERS_SHIFT
    till.permissions.check(right, actor, about=shift.id)


def check_successor(till: "Till", to: str, pin: str) -> None:
    """Are they who they say, and may they keep a shift: before anybody counts it for them. A key
    or finger is asked for when it is theirs."""
    from milkpos_tui.till import Actor

    try:
        code = till.people.prove(to, pin, session_name()).code
    except NeedsFinger as needed:
        code = needed.operator
    till.permissions.check(Right.KEEP_SHIFT, Actor(code))


def asked_count(till: "Till", counter: str, upi: str | None, card: str | None) -> "Counted":
    """What is counted on a terminal; what should be there is told where the shop wants that."""
    from milkpos_tui.services.counting import Counted

    others = other_tenders(upi, card)
    for check in till.closings.shown_before_count(counter):
        remark(f"{check.kind.value}: Rs {show_rupees(check.expected_paise)} expected")
    return Counted(ask_count(), others or _ask_others())


def other_tenders(upi: str | None, card: str | None) -> dict[TenderKind, int]:
    """What was counted beside the cash, as the options say it."""
    given = {TenderKind.UPI: upi, TenderKind.CARD: card}
    return {kind: parse_rupees(text) for kind, text in given.items() if text is not None}


def _ask_others() -> dict[TenderKind, int]:
    """What UPI and card came to, where somebody can say."""

    def amount(text: str) -> int | None:
        return parse_rupees(text) if text else None

    given = {
        kind: ask(f"{name} received, rupees (Enter: not counted): ", amount)
        for kind, name in ((TenderKind.UPI, "UPI"), (TenderKind.CARD, "Card"))
    }
    return {kind: paise for kind, paise in given.items() if paise is not None}


def asked_bills(till: "Till", counter: str, closing: "Closing", actor: "Actor") -> "Closing":
    """The closing with what becomes of each unpaid bill, and why some are dropped. What else is
    refused is refused here, before anybody counts."""
    check_keeping(till, counter, actor)
    left = till.closings.left_over(counter)
    named = closing.carry | closing.drop
    unnamed = {draft.id for draft in left} - named
    _check_bills(till, counter, closing._replace(carry=closing.carry | unnamed))
    for place, draft in enumerate(left):
        if draft.id in unnamed:
            name = left_told(bill_name(place, draft, left), draft)
            if ask(f"{name}. Carry it over, or drop it? [c/d] ", _is_drop):
                closing = closing._replace(drop=closing.drop | {draft.id})
            else:
                closing = closing._replace(carry=closing.carry | {draft.id})
    if closing.drop and not closing.reason:
        closing = closing._replace(reason=ask("Why is it dropped? ", needed_reason))
    return closing


def _check_bills(till: "Till", counter: str, closing: "Closing") -> None:
    """Refused for bills that can't be closed with the shift; whether it was counted comes later."""
    try:
        till.closings.preview(counter, closing)
    except Refused as refused:
        if refused.code not in ("count-missing", "count-stale"):
            raise


def _is_drop(text: str) -> bool:
    if text.lower() not in ("c", "carry", "d", "drop"):
        raise Refused("carry-or-drop", "c carries it over to the next shift, d drops it")
    return text.lower().startswith("d")


def written_count(
    till: "Till",
    counter: str,
    closing: "Closing",
    others: tuple[str | None, str | None],
    actor: "Actor",
    ask_why: bool,
) -> "Closing":
    """The closing by a count that is in the journal already, so that its difference can be told
    and a reason asked for. A count that still holds need not be made again."""
    counted, count = closing.counted, None
    if counted is not None and (counted.cash is None or not ask_why):
        return closing
    if counted is None and others == (None, None):
        count = _standing_count(till, counter)
    if count is None:
        counted = counted or asked_count(till, counter, *others)
        count = till.shifts.count(counter, counted, actor)
    for line in count_told(count):
        remark(line)
    if ask_why and not closing.reason and any(check.difference_paise for check in count.checks):
        closing = closing._replace(reason=ask("Why does it differ? Enter alone: no reason. ", str))
    return closing._replace(counted=None)


def _standing_count(till: "Till", counter: str) -> "CountRecord | None":
    """A count that was made before and still holds, where it is to close the shift."""
    count = till.closings.standing_count(counter)
    if count is None or not ask_yes(f"{standing_told(count)} Close by it?"):
        return None
    return count


def bill_name(place: int, draft: "Draft", left: "tuple[Draft, ...]") -> str:
    """`open` for the bill under way, numbers for the held ones, as the till counts them."""
    if not draft.held:
        return OPEN_BILL
    first_held = 0 if left[0].held else 1
    return str(place - first_held + 1)
