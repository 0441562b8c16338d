"""Choosing one of a list: all commands of the till, and held bills."""

import pytest

from milkpos_tui.actions import ACTIONS, Place
from tests.screens.driving import driven, sign_in, signed_in

LISTED = [action for action in ACTIONS if action.id != "commands"]
MILK_1 = "1 Cow milk 1 L 62.00 62.00"


@pytest.mark.parametrize("key", ["<f12>", "<ctrl+p>"])
@driven
async def test_every_command_is_listed_with_its_keys(home, key):
    async with signed_in(home) as till:
        await till.keyed(key)
        assert till.place == "Pick"
        rows = [row for row in till.rows("#page") if row]
        assert len(rows) == len(LISTED)
        for action, row in zip(LISTED, rows, strict=True):
            assert action.tells in row
            assert row.split()[-1] == action.keys[-1].replace("ctrl+", "^")


@driven
async def test_typing_narrows_the_list_and_enter_takes_what_is_left(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter><f12>")
        await till.keyed("ASIDE")
        assert till.row("#page").strip().startswith("Put this bill")
        assert f"1 of {len(LISTED)}" in till.text()
        await till.keyed("<enter>")
        assert till.place == "Billing"
        assert till.row("#status").strip() == "1 held"


@driven
async def test_the_cursor_moves_and_stays_in_the_list(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter><f12>")
        await till.keyed("<down>" * 50)
        assert LISTED[-1].tells in under_the_cursor(till)
        await till.keyed("<up>" * 50)
        assert LISTED[0].tells in under_the_cursor(till)
        await till.keyed("<down><enter>")
        assert till.row("#status").strip() == "1 held"  # the second: hold


def under_the_cursor(till):
    widget = till.find("#page")
    strips = [widget.render_line(y) for y in range(widget.size.height)]
    (row,) = [part.text for strip in strips for part in strip if part.style and part.style.reverse]
    return row


@driven
async def test_nothing_is_left_and_nothing_is_taken(home):
    async with signed_in(home) as till:
        await till.keyed("<f12>")
        await till.keyed("qqq<enter>")
        assert till.place == "Pick"
        assert "nothing" in till.text()
        await till.keyed("<down><up><enter><ctrl+u>")
        assert len([row for row in till.rows("#page") if row]) == len(LISTED)


@driven
async def test_esc_goes_back_and_does_nothing(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<f12>")
        await till.keyed("hold<escape>")
        assert till.place == "Billing"
        assert till.lines == [MILK_1]
        assert till.entry == "31"
        assert till.row("#status").strip() == "no bill held"


LEADS_TO = {
    "help": "Help",
    "hold": "Billing",
    "recall": "Pick",
    "discount": "Billing",
    "price": "Billing",
    "return": "Returns",
    "reprint": "Slip",
    "pay": "Payment",
    "lock": "SignIn",
    "shift": "ShiftScreen",
    "counters": "Counters",
    "people": "People",
    "rounds": "Rounds",
    "weigh": "Billing",
    "tare": "Billing",
    "codes": "Billing",
    "devices": "DevicesScreen",
    "khata": "Khata",
    "months": "Months",
}


@driven
async def test_every_command_of_the_list_does_what_its_key_does(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>12<enter>.<enter>")
        for place, action in enumerate(LISTED):
            if action.id not in LEADS_TO:
                continue
            await till.keyed("<ctrl+u>12<enter>")
            await till.keyed("<f12>" + "<down>" * place + "<enter>")
            await till.until(lambda: till.place == LEADS_TO[action.id], action.id)  # noqa: B023  # called at once
            if till.place == "Billing":
                begun = {"discount": "*-", "price": "**"}.get(action.id, "")
                assert till.entry == begun
            await (sign_in(till) if till.place == "SignIn" else till.keyed("<escape>"))
        assert {action.id for action in LISTED} - LEADS_TO.keys() == {"quit"}


@driven
async def test_the_till_is_closed_from_the_list(home):
    async with signed_in(home) as till:
        await till.keyed("<f12>close the till<enter>")
        await till.until(lambda: till.app.return_value == 0, "closed")


def test_only_places_that_are_known():
    assert {action.place for action in ACTIONS} == set(Place)
