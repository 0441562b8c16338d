"""The payment dialog: ways, parts, the QR code, and nothing paid that nobody gave."""

import pytest

from milkpos_tui.domain.upi import upi_link
from milkpos_tui.services.founding import set_up
from milkpos_tui.till import open_till
from milkpos_tui.widgets.qr import qr_rows
from tests.screens.driving import driven, signed_in
from tests.support.tills import OWNER

MILK_1 = "1 Cow milk 1 L 62.00 62.00"
CHOSEN = {"+": "Cash", "/": "UPI", "*": "Card", ".": "Khata"}


async def open_payment(till, keyed="12<enter>"):
    """The dialog for a bill of one litre of milk, or of what was keyed."""
    await till.keyed(keyed)
    await till.keyed("<f9>")
    assert till.place == "Payment"


async def tenders(till):
    """What each bill of the books was paid with."""
    return [
        [(str(t.kind), t.amount_paise, t.reference) for t in bill.document.tenders]
        for bill in await till.bills()
    ]


def way(till):
    """The way of payment under the cursor."""
    (shown,) = till.reversed("#ways")
    return shown.split()[-1]


def code(till):
    """The QR code as it is shown."""
    return [row.strip() for row in till.rows("#qr") if row.strip()]


def code_of(link):
    return [text.strip() for ((text, _style),) in qr_rows(link) if text.strip()]


@pytest.mark.parametrize("key", ["<f9>", "<ctrl+y>"])
@driven
async def test_it_opens_on_cash_for_all_that_is_due(home, key):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>")
        await till.keyed(key)
        assert till.place == "Payment"
        assert "152.00" in till.text()
        assert way(till) == "Cash"
        assert code(till) == []
        await till.keyed("<enter>")
        assert till.place == "Billing"
        assert till.lines == []
        assert till.change == "0.00"
        assert await tenders(till) == [[("cash", 152_00, "")]]


@driven
async def test_more_cash_gives_change(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("100.50<enter>")
        assert till.change == "38.50"
        assert await tenders(till) == [[("cash", 100_50, "")]]


@driven
async def test_signs_and_arrows_choose_the_way(home):
    async with signed_in(home) as till:
        await open_payment(till)
        for sign, name in CHOSEN.items():
            await till.keyed(sign)
            assert way(till) == name
        await till.keyed("<down>")
        assert way(till) == "Cash"
        await till.keyed("<up><up>")
        assert way(till) == "Card"
        await till.keyed("<enter>")
        assert await tenders(till) == [[("card", 62_00, "")]]


@driven
async def test_behind_figures_a_point_is_a_point(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/20.25")
        assert way(till) == "UPI"
        assert till.entry == "20.25"


@driven
async def test_parts_in_several_ways(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/20<enter>")
        assert till.place == "Payment"
        assert "42.00" in till.notice
        assert "20.00" in " ".join(till.rows("#given"))
        assert till.entry == ""
        await till.keyed("*2<enter>")
        await till.keyed("+<enter>")
        assert till.place == "Billing"
        assert await tenders(till) == [
            [("upi", 20_00, ""), ("card", 2_00, ""), ("cash", 40_00, "")]
        ]


@driven
async def test_money_is_given_back(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/20<enter>-")
        assert "20.00" in till.notice
        assert "62.00" in till.row("#ways")
        assert till.rows("#given") == [""] * len(till.rows("#given"))
        assert (await till.cart()).tenders == ()
        assert (await till.kinds())[-1] == "tender.removed"


@driven
async def test_without_money_given_nothing_is_given_back_and_no_line_goes(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("-")
        assert till.bells == 1
        assert len((await till.cart()).lines) == 1


@driven
async def test_a_reference_goes_to_the_books(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/<tab>UTR 123+<tab>62<enter>")
        assert await tenders(till) == [[("upi", 62_00, "UTR 123+")]]


@driven
async def test_a_reference_alone_pays_all_that_is_due(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/<tab>UTR9<enter>")
        assert await tenders(till) == [[("upi", 62_00, "UTR9")]]


@driven
async def test_esc_goes_back_and_what_was_given_stays(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/20<enter>")
        await till.keyed("31<escape>")
        assert till.place == "Billing"
        assert till.lines == [MILK_1]
        assert till.total == "DUE 42.00"
        assert await till.bills() == []
        await till.keyed("<f9>")
        assert "20.00" in " ".join(till.rows("#given"))


REFUSED = {
    "/500<enter>": "only cash gives change",
    "*62.01<enter>": "only cash gives change",
    "99999<enter>": "change",
    "1x<enter>": "1x",
    ".<enter>": "khata",
    "+0<enter>": "zero",
}


@driven
async def test_what_is_refused_is_told_and_stays_for_mending(home):
    async with signed_in(home) as till:
        await open_payment(till)
        for times, (keyed, rule) in enumerate(REFUSED.items(), 1):
            await till.keyed(keyed)
            assert till.place == "Payment", keyed
            assert till.bells == times
            assert till.notice
            assert rule in till.notice
            assert till.entry == keyed.removesuffix("<enter>").lstrip("+/*.-"), keyed
            await till.keyed("<ctrl+u>")
        assert await till.bills() == []


@driven
async def test_enter_pressed_twice_pays_once(home):
    async with signed_in(home) as till:
        await open_payment(till)
        till.clerk.stop()
        till.press("100<enter><enter>")
        await till.until(lambda: not till.clerk.idle, "handed over")
        till.clerk.go()
        await till.idle()
        assert till.place == "Billing"
        assert till.bells == 0
        assert await tenders(till) == [[("cash", 100_00, "")]]
        assert till.change == "38.00"


@driven
async def test_enter_pressed_twice_behind_a_part_pays_that_part_alone(home):
    async with signed_in(home) as till:
        await open_payment(till)
        till.clerk.stop()
        till.press("/20<enter><enter>")
        await till.until(lambda: not till.clerk.idle, "handed over")
        till.clerk.go()
        await till.idle()
        assert await till.bills() == []
        assert (await till.cart()).due_paise == 42_00


@driven
async def test_the_code_asks_for_what_is_due_or_typed(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/")
        wide = code(till)
        assert len(wide) > 15
        draft = await till.asked(lambda books: books.drafts.open_on("1"))
        links = [
            upi_link(
                vpa="nandini@upi",
                name="Nandini Dairy",
                amount_paise=paise,
                reference=draft.id.replace("-", "")[16:],
            )
            for paise in (62_00, 20_50)
        ]
        assert wide == code_of(links[0])
        await till.keyed("20.5")
        assert code(till) == code_of(links[1])
        await till.keyed("x")
        assert len(code(till)) == 1  # no amount, no code: words
        await till.keyed("<ctrl+u>*")
        assert code(till) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_the_code_is_whole_on_the_screen(home, size):
    async with signed_in(home, size=size) as till:
        await open_payment(till, "9999*70<enter>")  # the longest amount
        await till.keyed("/")
        box = till.find("#qr").region
        drawn = till.find("#qr")
        picture = [row for row in map(drawn.row, range(box.height + 5)) if row]
        assert 15 < len(picture) <= box.height
        assert {len(text) for ((text, _style),) in picture} <= set(range(30, box.width + 1))


@pytest.mark.parametrize("size", [(80, 20), (60, 24), (40, 24)])
@driven
async def test_a_code_that_does_not_fit_is_not_drawn_in_part(home, size):
    async with signed_in(home, size=size) as till:
        await open_payment(till)
        await till.keyed("/")
        assert "▀" not in till.text()
        if size[0] > 40:  # a phone is for looking
            assert "screen is too" in till.text()


@driven
async def test_a_sale_with_the_dialog_keyed_without_a_pause(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter><f9>/20<enter>")
        await till.keyed("+<enter>31<enter>")
        assert await tenders(till) == [[("upi", 20_00, ""), ("cash", 42_00, "")]]
        assert till.lines == ["1 Curd 1 kg 90.00 90.00"]


@driven
async def test_a_shop_without_upi_address_is_told_so(home):
    with open_till(home) as books:
        set_up(books.journal, books.shop._replace(upi_vpa=""), "2", OWNER)
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("/")
        assert "no UPI address" in " ".join(code(till))


@driven
async def test_nothing_else_is_done_while_the_money_is_taken(home):
    async with signed_in(home) as till:
        await open_payment(till)
        await till.keyed("<f2><f12><ctrl+c>")
        assert till.place == "Payment"
        assert (await till.cart()).tenders == ()
        assert await till.bills() == []


@driven
async def test_the_code_is_put_out_for_a_customer_s_screen_where_there_is_one(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter><f9>/")
        assert await till.asked(lambda books: (books.displays.shown("1"),)) == (None,)
        await till.keyed("<escape>")
        with home.showing_customers("1"):
            await till.keyed("<f9>/")
            (shown,) = await till.asked(lambda books: (books.displays.shown("1"),))
            assert shown.paise == 62_00
            assert "am=62.00" in shown.link
            await till.keyed("30")
            (shown,) = await till.asked(lambda books: (books.displays.shown("1"),))
            assert shown.paise == 30_00
            await till.keyed("<escape>")
            await till.until(lambda: till.place == "Billing", "back")
            await till.idle()
        assert await till.asked(lambda books: (books.displays.shown("1"),)) == (None,)
