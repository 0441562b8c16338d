"""The return dialog: which bill, which lines, why, and how the money goes back."""

import pytest

from tests.screens.driving import driven, signed_in

STEPS = ("Bill number", "Line", "Reason", "back by")


async def sell(till, *bills):
    for keyed in bills:
        await till.keyed(f"{keyed}<enter>+<enter>")


async def notes(till):
    """The credit notes of the books."""
    return [bill for bill in await till.bills() if bill.original]


def step(till):
    """Which question is asked."""
    asked = till.row("#entry")
    return next(name for name in reversed(STEPS) if name in asked)


def sold_back_now(till):
    """What the line of milk says: sold, was back, back now."""
    (row,) = [row for row in till.rows("#page") if "Cow milk" in row]
    return row.split()[3:6]


@pytest.mark.parametrize("key", ["<f7>", "<ctrl+t>"])
@driven
async def test_a_whole_line_of_the_last_bill(home, key):
    async with signed_in(home) as till:
        await sell(till, "31", "2*12<enter>31")
        await till.keyed(key)
        assert till.place == "Returns"
        assert step(till) == "Bill number"
        assert "1/2627/2" in till.notice
        await till.keyed("<enter>")
        assert step(till) == "Line"
        assert "Cow milk" in till.text()
        await till.keyed("1<enter>+<enter>")
        assert step(till) == "Reason"
        reason = till.row("#page").split(maxsplit=1)[1]
        await till.keyed("1<enter>")
        assert step(till) == "back by"
        assert "124.00" in till.row("#entry")
        assert await notes(till) == []
        await till.keyed("+<enter>")
        assert till.place == "Billing"
        (note,) = await notes(till)
        assert note.original_number == "1/2627/2"
        assert note.document.total_paise == 124_00
        assert note.reason == reason
        assert all(told in till.notice for told in (note.number, "124.00", "cash"))
        sold = (await till.bills())[1]
        assert sold.returned_milli == {1: 2000}


@pytest.mark.parametrize(("sign", "kind"), [("+", "cash"), ("/", "upi"), ("*", "card")])
@driven
async def test_a_part_of_an_older_bill_for_a_reason_in_words(home, sign, kind):
    async with signed_in(home) as till:
        await sell(till, "2*12<enter>31", "40")
        await till.keyed("<f7>1/2627/1<enter>.5*1<enter>2<enter>+<enter>")
        await till.keyed(f"curd split [/b]<enter>{sign}<enter>")
        (note,) = await notes(till)
        assert note.reason == "curd split [/b]"
        assert [(line.of_line, line.qty_milli) for line in note.document.lines] == [
            (1, 500),
            (2, 1000),
        ]
        assert [str(tender.kind) for tender in note.document.tenders] == [kind]
        assert note.document.total_paise == 121_00


@driven
async def test_what_came_back_before_is_shown_and_taken_off(home):
    async with signed_in(home) as till:
        await sell(till, "3*12")
        await till.keyed("<f7><enter>1*1<enter>+<enter>1<enter>+<enter>")
        await till.keyed("<f7><enter>")
        assert sold_back_now(till) == ["3", "1", "0"]
        await till.keyed("3*1<enter>")
        assert till.bells == 1
        assert "2 can still come back" in till.notice
        await till.keyed("1<enter>")  # the rest of it
        assert sold_back_now(till) == ["3", "1", "2"]


REFUSED = {  # keyed at which step, and what of the rule is told
    "Bill number": {"1/2627/9": "1/2627/9", "nonsense": "nonsense", "7": ""},
    "Line": {
        "5": "5",
        "0": "0",
        "x": "x",
        "+": "no line",
        "9*1": "sold",
        "0*1": "zero",
        ".0001*1": "decimals",
        "1**1": "",
        "": "",
    },
    "Reason": {"": "reason"},
    "back by": {"": "cash", "-": "cash", "5": "cash"},
}
ANSWERS = {"Bill number": "", "Line": "1<enter>+", "Reason": "1", "back by": "+"}


@driven
async def test_what_is_refused_at_a_step_is_told_and_stays_for_mending(home):
    async with signed_in(home) as till:
        await sell(till, "2*12")
        await till.keyed("<f7>")
        bells = 0
        for name, refused in REFUSED.items():
            assert step(till) == name
            for answer, rule in refused.items():
                await till.keyed(f"{answer}<enter>")
                bells += 1
                assert (step(till), till.bells) == (name, bells), answer
                assert till.notice
                assert rule in till.notice
                assert till.entry == answer
                await till.keyed("<ctrl+u>")
            await till.keyed(f"{ANSWERS[name]}<enter>")
        assert len(await notes(till)) == 1


@driven
async def test_esc_goes_a_step_back_and_stores_nothing(home):
    async with signed_in(home) as till:
        await sell(till, "2*12")
        before = await till.kinds()
        await till.keyed("12<enter><f7><enter>1<enter>+<enter>2<enter>")
        for name in reversed(STEPS):
            assert step(till) == name
            await till.keyed("<escape>")
        assert till.place == "Billing"
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]  # the open bill goes on
        assert await till.kinds() == before


@driven
async def test_enter_pressed_twice_makes_one_note(home):
    async with signed_in(home) as till:
        await sell(till, "2*12")
        await till.keyed("<f7><enter>1*1<enter>+<enter>1<enter>")
        till.clerk.stop()
        till.press("+<enter><enter>")
        await till.until(lambda: not till.clerk.idle, "handed over")
        till.clerk.go()
        await till.idle()
        assert till.place == "Billing"
        assert len(await notes(till)) == 1


@driven
async def test_a_note_itself_does_not_come_back(home):
    async with signed_in(home) as till:
        await sell(till, "2*12")
        await till.keyed("<f7><enter>1*1<enter>+<enter>1<enter>+<enter>")
        (note,) = await notes(till)
        await till.keyed(f"<f7>{note.number}<enter>1<enter>+<enter>1<enter>+<enter>")
        assert till.bells
        assert note.number in till.notice or note.number in till.entry
        assert len(await notes(till)) == 1


@driven
async def test_without_a_bill_a_number_is_asked_for(home):
    async with signed_in(home) as till:
        await till.keyed("<f7>")
        assert step(till) == "Bill number"
        assert till.notice == ""
        await till.keyed("<enter>")
        assert till.bells == 1
        assert till.notice


@driven
async def test_every_line_of_a_long_bill_can_be_seen(home):
    async with signed_in(home) as till:
        await sell(till, "<enter>".join(f"{n}*40" for n in range(1, 41)))
        await till.keyed("<f7><enter>")
        await till.keyed("<down>" * 40 + "<pagedown>" * 4)
        assert any(row.strip().startswith("40 Egg") for row in till.rows("#page"))
