"""`milkpos display` under the pilot: the customer's screen follows a counter of another till."""

import time
from contextlib import asynccontextmanager
from unittest.mock import patch

import pytest
from rich.cells import cell_len
from textual import events

from milkpos_tui.display import CustomerDisplay
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.upi import upi_link
from milkpos_tui.hardware.moments import SETTLED_MS
from milkpos_tui.neighbours import Neighbours
from milkpos_tui.screens.customer import Customer
from milkpos_tui.services.displays import Shown
from milkpos_tui.till import open_reading
from milkpos_tui.widgets.digits import SIZES, drawn
from milkpos_tui.widgets.painted import Painted
from tests.screens.driving import DEADLINE_S, driven, keys, rows, sell_also
from tests.screens.driving import drawn as drawn_row
from tests.screens.shop import elsewhere, monday
from tests.support.staff import CARA
from tests.support.tills import MILK, OWNER, close_shift, open_shift


class Showing:
    """A running display, and what stands on it."""

    def __init__(self, app, pilot, clock):
        self.app = app
        self.pilot = pilot
        self.clock = clock

    @property
    def rows(self):
        return rows(self.app.screen.query_one("#facing", Painted))

    @property
    def text(self):
        return "\n".join(self.rows)

    def large(self, paise):
        """Whether the amount stands there in large digits."""
        shown = self.rows
        for size in SIZES:
            figures = show_rupees(paise)
            digits = [row.strip() for row in drawn(figures, size.width_of(figures), size.height)]
            for y in range(len(shown) - len(digits) + 1):
                places = zip(digits, shown[y : y + len(digits)], strict=True)
                if all(digit in row for digit, row in places):
                    return True
        return False

    async def until(self, condition, told):
        """Wait until something holds."""
        until = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < until, f"never {told}\n{self.text}"
            await self.pilot.pause(0.002)

    async def shows(self, words):
        await self.until(lambda: words in self.text, words)

    async def shows_large(self, paise):
        await self.until(lambda: self.large(paise), show_rupees(paise))

    async def later(self, ms):
        """Time passes, and what comes by itself comes."""
        self.clock.advance(ms)
        self.app.screen.show()
        await self.pilot.pause(0)


@asynccontextmanager
async def showing(home, counter="1", size=(80, 24)):
    """The display of a counter."""
    clock = monday(boot="boot-5")
    with open_reading(home, clock) as till:
        neighbours = Neighbours(home)
        app = CustomerDisplay(till, counter, neighbours)
        try:
            async with app.run_test(size=size) as pilot:
                await pilot.pause(0)
                yield Showing(app, pilot, clock)
        finally:
            neighbours.close()


def link_of(draft, paise, name="Nandini Dairy"):
    link = upi_link(
        vpa="nandini@upi", name=name, amount_paise=paise, reference=draft.id.replace("-", "")[16:]
    )
    return Shown(draft.id, paise, link)


@driven
async def test_a_bill_grows_is_paid_and_the_greeting_comes_back(opened):
    async with showing(opened) as display:
        assert "Welcome" in display.text
        assert "Nandini Dairy" in display.text
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            checkout.key_in("3*12")
            await display.shows("3 L x 62.00           186.00")
            await display.shows_large(186_00)
            checkout.key_in("40")
            await display.shows_large(194_00)
            assert "Welcome" not in display.text
            checkout.key_in("+100")
            await display.shows("Total 194.00   received 100.00")
            await display.shows_large(94_00)
            checkout.key_in("+500")
            await display.shows("CHANGE")
            await display.shows_large(406_00)
            assert "Cow milk" not in display.text
        await display.later(SETTLED_MS - 100)
        assert "CHANGE" in display.text
        await display.later(200)
        assert "Welcome" in display.text
        assert "CHANGE" not in display.text


@driven
async def test_the_next_customer_s_first_line_takes_the_change_away(opened):
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            for key in ("12", "+100"):
                checkout.key_in(key)
            await display.shows_large(38_00)
            checkout.key_in("31")
            await display.shows("Curd")
            assert "CHANGE" not in display.text


@driven
async def test_held_recalled_dropped_and_taken_back(opened):
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", OWNER)
            checkout.key_in("12")
            await display.shows("Cow milk")
            checkout.key_in(".")
            await display.shows("Welcome")
            checkout.key_in(".1")
            await display.shows("Cow milk")
            checkout.key_in("--")
            await display.shows("Welcome")
            checkout.key_in("12")
            paid = checkout.key_in("+").paid
            await display.shows("TOTAL")
            till.billing.take_back(paid.number, {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
            await display.shows("REFUND")
            await display.shows_large(31_00)


@driven
async def test_a_closed_counter_says_so_and_keeps_the_carried_bill_to_itself(opened):
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            till.checkout("1", CARA).key_in("12")
            await display.shows("Cow milk")
            close_shift(till, actor=CARA)
            await display.shows("This counter is closed")
            assert "Cow milk" not in display.text
            open_shift(till, actor=CARA)
            await display.shows("Cow milk")


@driven
async def test_what_another_counter_does_is_not_shown(opened):
    async with showing(opened, counter="2") as display:
        with elsewhere(opened) as till:
            till.checkout("1", CARA).key_in("12")
            before = display.text
            till.settings.change("greeting", "Namaste", OWNER)
            open_shift(till, "2", OWNER)
            await display.shows("Namaste")
            assert "closed" in before
            assert "Cow milk" not in display.text


@driven
async def test_the_code_is_shown_while_its_bill_is_to_be_paid_by_it(opened):
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            checkout.key_in("3*12")
            till.displays.show_link("1", link_of(checkout.draft, 186_00))
            await display.shows("Scan to pay by UPI")
            assert display.large(186_00)
            till.displays.hide_link("1")
            await display.shows("3 L x 62.00")
            till.displays.show_link("1", link_of(checkout.draft, 100_00))
            await display.shows("Scan to pay by UPI")
            checkout.key_in("+upi 100")
            await display.shows("received 100.00")
            till.displays.show_link("1", link_of(checkout.draft, 86_00))
            await display.shows("Scan to pay by UPI")
            checkout.key_in("+upi")
            await display.shows("Thank you")
            assert "█▀▀▀▀▀█" not in display.text


@driven
async def test_a_stale_code_is_not_shown(opened):
    """A till that died in the payment dialog left it there."""
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", OWNER)
            checkout.key_in("3*12")
            till.displays.show_link("1", link_of(checkout.draft, 186_00))
            await display.shows("Scan to pay by UPI")
            checkout.key_in("40")
            await display.shows("Egg")
            assert "Scan" not in display.text
            checkout.key_in("--")
            await display.shows("Welcome")
            checkout.key_in("31")
            await display.shows("Curd")
            assert "Scan" not in display.text


NAMES = {
    201: "Paneer [/b] fresh",
    202: "[red]Lassi[/red] [link=x]",
    203: "दूध की बर्फी",
    204: "牛乳 アイス",
}


@driven
async def test_names_show_as_they_are_and_rows_are_as_wide_as_the_screen(opened):
    sell_also(opened, *(MILK._replace(plu=plu, name=name) for plu, name in NAMES.items()))
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            till.settings.change("greeting", "[b]नमस्ते[/b] %s {0}", OWNER)
            await display.shows("[b]नमस्ते[/b] %s {0}")
            checkout = till.checkout("1", CARA)
            for plu in NAMES:
                checkout.key_in(str(plu))
            await display.shows_large(248_00)
        for name in NAMES.values():
            assert name in display.text
        facing = display.app.screen.query_one("#facing", Painted)
        assert {cell_len(drawn_row(facing, y)) for y in range(24)} == {80}


@driven
async def test_no_phone_no_reference_and_no_operator_is_shown(opened):
    async with showing(opened) as display:
        seen = ""
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            for key in ("12", "+upi 20 98451 23456", "+"):
                checkout.key_in(key)
                await display.pilot.pause(0.05)
                seen += display.text
            await display.shows("Thank you")
            seen += display.text
            shop = till.shop
        for word in ("98451", "cara", "Cara", shop.phone, shop.gstin):
            assert word not in seen


@driven
async def test_a_display_that_starts_late_shows_the_open_bill_and_no_change_of_before(opened):
    with elsewhere(opened) as till:
        checkout = till.checkout("1", CARA)
        checkout.key_in("12")
        checkout.key_in("+100")
        async with showing(opened) as display:
            assert "CHANGE" not in display.text
        checkout.key_in("31")
    async with showing(opened) as display:
        assert "Curd" in display.text


@driven
async def test_the_clock_goes_on_by_the_minute(opened):
    async with showing(opened) as display:
        before = display.text
        await display.later(1_000)
        assert display.text == before
        await display.later(60_000)
        assert display.text != before


@driven
async def test_books_that_can_not_be_read_leave_no_old_amount_standing(opened):
    async with showing(opened) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            checkout.key_in("12")
            await display.shows_large(62_00)
            viewing = display.app.screen._till.viewing
            with patch.object(viewing, "of", side_effect=OSError(5, "I/O error", "till.db")):
                checkout.key_in("12")
                await display.shows("One moment")
                assert "62.00" not in display.text
            display.app.screen.look()  # what its timer does
            await display.shows_large(124_00)


@driven
async def test_keys_do_nothing_but_those_that_end_it(opened):
    async with showing(opened) as display:
        before = display.text
        for key in keys("12<enter>+<enter><f1><f9><escape>z"):
            display.app.post_message(key)
        display.app.post_message(events.Paste("12"))
        await display.pilot.pause(0.01)
        assert display.text == before
        assert isinstance(display.app.screen, Customer)
        display.app.post_message(keys("q")[0])
        await display.until(lambda: display.app.return_code == 0, "ended")


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40), (20, 8), (1, 1)])
@driven
async def test_at_every_size(opened, size):
    async with showing(opened, size=size) as display:
        with elsewhere(opened) as till:
            checkout = till.checkout("1", CARA)
            checkout.key_in("3*12")
            if size > (2, 2):
                await display.until(
                    lambda: display.large(186_00) or "186.00" in display.text, "the total"
                )
            await display.pilot.resize_terminal(80, 24)
            await display.shows_large(186_00)
