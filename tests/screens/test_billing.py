"""Billing by keyboard: every form of the grammar, and what the screen shows of the bill."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, write_label
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.services.billing import Billing
from tests.screens.driving import driven, signed_in
from tests.support.tills import CURD, GHEE

MILK_1 = "1 Cow milk 1 L 62.00 62.00"
WEIGHED = write_label(DEFAULT_LAYOUTS[0], CURD.plu, 250)
PRICED = write_label(DEFAULT_LAYOUTS[1], CURD.plu, 45_00)

ADDED = {
    "12": MILK_1,
    GHEE.barcodes[0]: "1 Ghee 500 ml 1 pk 350.00 350.00",
    WEIGHED: "1 Curd 0.25 kg 90.00 22.50",
    PRICED: "1 Curd 0.5 kg 90.00 45.00",
    "3*12": "1 Cow milk 3 L 62.00 186.00",
    ".5*12": "1 Cow milk 0.5 L 62.00 31.00",
    "/50*12": "1 Cow milk 0.806 L 62.00 50.00",
    "cur": "1 Curd 1 kg 90.00 90.00",
    "2*egg": "1 Egg 2 pc 7.50 15.00",
    "/30*curd": "1 Curd 0.333 kg 90.00 30.00",
}


@pytest.mark.parametrize("keyed", ADDED)
@driven
async def test_an_item_is_added(home, keyed):
    async with signed_in(home) as till:
        await till.keyed(f"{keyed}<enter>")
        assert till.lines == [ADDED[keyed]]
        assert till.entry == till.notice == ""
        stored = await till.cart()
        assert [show_rupees(line.amount_paise) for line in stored.lines] == [
            ADDED[keyed].split()[-1]
        ]


CHANGED = {
    "*3": ("1 Cow milk 3 L 62.00 186.00", "186.00"),
    "*/50": ("1 Cow milk 0.806 L 62.00 50.00", "50.00"),
    "**58": ("1 Cow milk (price changed) 1 L 58.00 58.00", "58.00"),
    "*-10": ("1 Cow milk (less Rs 10.00) 1 L 62.00 52.00", "52.00"),
    "*-5/": ("1 Cow milk (less 5 %) 1 L 62.00 58.90", "59.00"),
    "+-10": (MILK_1, "52.00"),
    "+-5/": (MILK_1, "59.00"),
}


@pytest.mark.parametrize("keyed", CHANGED)
@driven
async def test_the_last_line_or_the_bill_is_changed(home, keyed):
    line, total = CHANGED[keyed]
    async with signed_in(home) as till:
        await till.keyed(f"12<enter>{keyed}<enter>")
        assert till.lines == [line]
        assert till.total == f"TOTAL {total}"
        assert show_rupees((await till.cart()).total_paise) == total


@driven
async def test_only_the_last_line_is_changed(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>*2<enter>")
        assert till.lines == [MILK_1, "2 Curd 2 kg 90.00 180.00"]


@driven
async def test_lines_are_taken_off_and_that_is_told_and_noted(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>40<enter>")
        await till.keyed("-<enter>")
        assert till.lines == [MILK_1, "2 Curd 1 kg 90.00 90.00"]
        assert "Egg" in till.notice
        await till.keyed("-1<enter>")
        assert till.lines == ["1 Curd 1 kg 90.00 90.00"]
        assert "Cow milk" in till.notice
        await till.keyed("-<enter>")
        assert till.lines == []
        assert till.total == "TOTAL 0.00"
        assert (await till.kinds())[-3:] == ["line.removed"] * 3


@driven
async def test_an_open_bill_is_dropped_and_that_is_noted(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>--<enter>")
        assert till.lines == []
        assert (await till.kinds())[-1] == "draft.dropped"


PAID = {
    "+": ("cash", 62_00, ""),
    "+500": ("cash", 500_00, ""),
    "+/": ("upi", 62_00, ""),
    "+*": ("card", 62_00, ""),
    "+upi 62 UTR77": ("upi", 62_00, "UTR77"),
    "+CASH 100": ("cash", 100_00, ""),
    "+card": ("card", 62_00, ""),
}


@pytest.mark.parametrize("keyed", PAID)
@driven
async def test_a_bill_is_paid_and_its_change_stays_in_sight(home, keyed):
    kind, paise, reference = PAID[keyed]
    async with signed_in(home) as till:
        await till.keyed(f"12<enter>{keyed}<enter>")
        (bill,) = await till.bills()
        (tender,) = bill.document.tenders
        assert (tender.kind, tender.amount_paise, tender.reference) == (kind, paise, reference)
        assert till.lines == []
        assert till.total == "TOTAL 0.00"
        await till.keyed("31<enter>")
        assert till.change == show_rupees(paise - 62_00)
        last = till.row("#last")
        assert all(told in last for told in (bill.number, kind, show_rupees(paise), "62.00"))


@driven
async def test_a_part_is_paid_taken_back_and_paid_otherwise(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+/20<enter>")
        assert till.total == "DUE 42.00"
        assert "42.00" in till.notice
        assert "20.00" in till.row("#total")
        await till.keyed("-<enter>")
        assert till.total == "TOTAL 62.00"
        assert "20.00" in till.notice
        assert till.lines == [MILK_1]
        await till.keyed("+*20<enter>+<enter>")
        (bill,) = await till.bills()
        tenders = [(tender.kind, tender.amount_paise) for tender in bill.document.tenders]
        assert tenders == [(TenderKind.CARD, 20_00), (TenderKind.CASH, 42_00)]


REFUSED = {  # what is keyed on a bill of one litre of milk, and what of the rule is told
    "999": "999",
    "zzz": "zzz",
    "2*zzz": "zzz",
    "0*12": "zero",
    "9999999*12": "limit",
    "1.5*40": "step",
    ".5000*12": "decimals",
    f"2*{WEIGHED}": "label",
    WEIGHED[:-1] + str((int(WEIGHED[-1]) + 1) % 10): "not read right",
    "*": "quantity",
    "*-100": "more than",
    "+-100": "more than",
    "**0": "",
    "-9": "line 9",
    ".7": "held bill 7",
    "+/500": "only cash gives change",
    "+99999": "change",
    "+khata": "khata",
    "+cheque 5": "not understood",
    "??": "not understood",
}


@pytest.mark.parametrize("keyed", REFUSED)
@driven
async def test_a_refused_key_in_beeps_tells_the_rule_and_comes_back_for_mending(home, keyed):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        before = await till.cart()
        await till.keyed(f"{keyed}<enter>")
        assert till.bells == 1
        assert REFUSED[keyed] in till.notice
        assert till.notice
        assert till.entry == keyed
        assert await till.cart() == before
        assert till.lines == [MILK_1]
        assert await till.bills() == []


@pytest.mark.parametrize("keyed", ["*3", "*-5", "+-5", "-", "--", ".", "+", "+500"])
@driven
async def test_without_a_line_there_is_nothing_to_change_or_pay(home, keyed):
    async with signed_in(home) as till:
        await till.keyed(f"{keyed}<enter>")
        assert till.bells == 1
        assert till.notice
        assert till.entry == keyed


@driven
async def test_a_mended_key_in_is_taken_and_the_rule_is_gone(home):
    async with signed_in(home) as till:
        await till.keyed("3*999<enter>")
        await till.keyed("<backspace><backspace><backspace>12<enter>")
        assert till.lines == ["1 Cow milk 3 L 62.00 186.00"]
        assert till.entry == till.notice == ""
        assert till.bells == 1


@driven
async def test_typing_on_replaces_what_was_refused(home):
    async with signed_in(home) as till:
        await till.keyed("3*999<enter>")
        await till.keyed("12<enter>")
        assert till.lines == [MILK_1]
        await till.keyed("8*999<enter>")
        await till.keyed("<home><delete>")
        await till.keyed("7")
        assert till.entry == "7*999"


@driven
async def test_nothing_keyed_does_nothing(home):
    async with signed_in(home) as till:
        await till.keyed("<enter>  <enter>")
        assert till.bells == 0
        assert till.entry == till.notice == ""


@driven
async def test_esc_clears_what_was_typed_and_never_the_bill(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<escape>")
        assert till.entry == ""
        await till.keyed("999<enter>")
        await till.keyed("<escape><escape>")
        assert till.entry == till.notice == ""
        assert till.lines == [MILK_1]
        assert len((await till.cart()).lines) == 1


@pytest.mark.parametrize("key", ["<f4>", "<ctrl+d>"])
@driven
async def test_the_discount_key_begins_a_discount(home, key):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await till.keyed(key)
        assert till.notice
        await till.keyed("10<enter>")
        assert till.lines == ["1 Cow milk (less Rs 10.00) 1 L 62.00 52.00"]
        assert "10.00" in till.row("#total")


@pytest.mark.parametrize("key", ["<f6>", "<ctrl+e>"])
@driven
async def test_the_price_key_begins_another_price(home, key):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await till.keyed(key)
        assert till.notice
        await till.keyed("58<enter>")
        assert till.lines == ["1 Cow milk (price changed) 1 L 58.00 58.00"]


@pytest.mark.parametrize(("hold", "recall"), [("<f2>", "<f3>"), ("<ctrl+k>", "<ctrl+r>")])
@driven
async def test_a_bill_is_held_and_recalled_by_keys(home, hold, recall):
    async with signed_in(home) as till:
        await till.keyed(f"12<enter>{hold}")
        assert till.lines == []
        assert till.row("#status").strip() == "1 held"
        await till.keyed(f"31<enter>{recall}")
        assert till.place == "Pick"
        assert "Cow milk" in till.row("#page")
        assert "62.00" in till.row("#page")
        await till.keyed("<enter>")
        assert till.lines == [MILK_1]
        assert till.row("#status").strip() == "1 held"  # the one that was open


@driven
async def test_a_bill_is_held_and_recalled_in_figures(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>.<enter>31<enter>.<enter>40<enter>.2<enter>")
        assert till.lines == ["1 Curd 1 kg 90.00 90.00"]
        assert till.row("#status").strip() == "2 held"


@driven
async def test_of_many_held_bills_the_chosen_one_comes_back(home):
    async with signed_in(home) as till:
        for pieces in range(1, 31):
            till.press(f"{pieces}*40<enter>.<enter>")
        await till.idle()
        assert till.row("#status").strip() == "30 held"
        await till.keyed("<f3>" + "<down>" * 27)
        assert "210.00" in till.text()  # 28 pieces: below what fits on the screen at first
        await till.keyed("<enter>")
        assert till.lines == ["1 Egg 28 pc 7.50 210.00"]
        assert till.row("#status").strip() == "29 held"


@driven
async def test_esc_leaves_the_held_bills_where_they_are(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>.<enter><f3><escape>")
        assert till.place == "Billing"
        assert till.lines == []
        assert till.row("#status").strip() == "1 held"


@pytest.mark.parametrize("key", ["<f3>", "<f8>", "<f9>"])
@driven
async def test_a_key_for_what_is_not_there_beeps_and_tells(home, key):
    async with signed_in(home) as till:
        await till.keyed(key)
        assert till.place == "Billing"
        assert till.bells == 1
        assert till.notice


@driven
async def test_a_defect_is_told_and_the_till_goes_on(home, monkeypatch):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        with monkeypatch.context() as patched:
            patched.setattr(Billing, "put_line", broken)
            await till.keyed("31<enter>")
            assert till.bells == 1
            assert "lost [/b] wits" in till.notice
            assert till.entry == "31"
            patched.setattr(Billing, "tender", broken)
            await till.keyed("<f9><enter>")
            assert till.bells == 2
            assert "lost [/b] wits" in till.notice
        await till.keyed("<escape>")
        await till.keyed("<ctrl+u>31<enter>+<enter>")
        (bill,) = await till.bills()
        assert bill.document.total_paise == 152_00


def broken(*_args, **_kwargs):
    raise RuntimeError("lost [/b] wits")


@driven
async def test_head_and_status_tell_where_and_who(home):
    async with signed_in(home) as till:
        head = till.text().splitlines()[0]
        assert all(word in head for word in ("Nandini Dairy", "counter 1", "Asha"))
        assert "no bill held" in till.row("#status")


@driven
async def test_a_long_bill_shows_its_newest_lines_and_pages_through_the_others(home):
    async with signed_in(home) as till:
        for pieces in range(1, 41):
            till.press(f"{pieces}*40<enter>")
        await till.idle()
        newest = till.lines
        room = len(newest)
        assert room < 40
        assert newest[-1] == "40 Egg 40 pc 7.50 300.00"
        await till.keyed("<pageup>")
        before = till.lines
        assert len(before) == room
        assert before[-1] == newest[0]  # nothing is left out between two pages
        await till.keyed("<up>")
        assert till.lines[1:] == before[:-1]
        await till.keyed("<down><pagedown>")
        assert till.lines == newest
        await till.keyed("<pagedown>")
        assert till.lines == newest
        await till.keyed("<pageup>" * 10)
        oldest = till.lines
        assert oldest[0] == "1 Egg 1 pc 7.50 7.50"
        assert len(oldest) == room
        await till.keyed("<pagedown>")
        assert till.lines[0] == oldest[-1]


@driven
async def test_the_newest_line_comes_into_sight_again(home):
    async with signed_in(home) as till:
        await till.keyed("40<enter>" * 40)
        await till.keyed("<pageup>")
        assert till.lines[-1] != "40 Egg 1 pc 7.50 7.50"
        await till.keyed("12<enter>")
        assert till.lines[-1] == "41 Cow milk 1 L 62.00 62.00"
        await till.keyed("-<enter>")
        assert till.lines[-1] == "40 Egg 1 pc 7.50 7.50"


@driven
async def test_another_size_shows_the_same_bill(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>" * 3 + "9")
        for size in ((120, 40), (40, 12), (80, 24)):
            await till.pilot.resize_terminal(*size)
            await till.idle()
            assert till.total == "TOTAL 186.00"
            assert till.entry == "9"
            assert len(till.lines) == 3
            assert all(len(row) <= size[0] for row in till.text().splitlines())
