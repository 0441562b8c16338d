"""Codes that are scanned: in order, none lost, and never mixed with what is typed."""

import pytest

from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, write_label
from milkpos_tui.hardware.simulation import Simulation
from milkpos_tui.till import open_till
from tests.screens.counter import DEVICES, equipped, set_up
from tests.screens.driving import driven, signed_in
from tests.support.tills import CURD, GHEE, OWNER

GHEE_CODE = GHEE.barcodes[0]


@pytest.fixture
def counter_home(home):
    set_up(home)
    return home


@driven
async def test_a_scan_adds_its_item_and_leaves_what_is_typed(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        await till.keyed("3*")
        await counter.scan(GHEE_CODE)
        assert till.entry == "3*"
        assert till.lines == ["1 Ghee 500 ml 1 pk 350.00 350.00"]
        await till.keyed("12<enter>")
        assert till.lines[1] == "2 Cow milk 3 L 62.00 186.00"


@driven
async def test_a_hundred_fast_scans_are_a_hundred_units_while_keys_are_typed(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        till.clerk.stop()  # as slow as a disk can be
        for number in range(100):
            counter.hands.scan(GHEE_CODE)
            till.press("1" if number % 10 else "<ctrl+u>")
        await till.taken()
        till.clerk.go()
        await till.until(lambda: till.row("#total").strip().startswith("100 lines"), "100 lines")
        cart = await till.cart()
        assert sum(line.qty_milli for line in cart.lines) == 100_000
        assert till.entry == "1" * 9


@driven
async def test_scans_and_key_ins_keep_their_order(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        await counter.scan(GHEE_CODE)
        await till.keyed("12<enter>")
        await counter.scan(write_label(DEFAULT_LAYOUTS[0], CURD.plu, 450))
        assert [line.split()[1] for line in till.lines] == ["Ghee", "Cow", "Curd"]
        cart = await till.cart()
        assert [line.measured for line in cart.lines] == ["", "", "label"]


@driven
async def test_an_unknown_code_beeps_and_is_kept_until_somebody_looks(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        bells = till.bells
        await counter.scan("8900000000017", GHEE_CODE)
        assert till.bells > bells
        assert len(till.lines) == 1
        assert "1 scan not sold" in till.row("#status")
        await till.keyed("<ctrl+x>")
        assert "8900000000017" in till.text()
        await till.keyed("-")
        assert till.place == "Billing"
        assert "not sold" not in till.row("#status")


@pytest.mark.parametrize("key", ["<f9>", "<f11>", "<f1>", "<f7>"])
@driven
async def test_a_place_that_takes_no_scans_says_so_and_keeps_it(counter_home, key):
    async with equipped(counter_home) as counter:
        till = counter.till
        await till.keyed(f"12<enter>{key}")
        assert till.place != "Billing"
        bells = till.bells
        await counter.scan(GHEE_CODE)
        assert till.bells > bells
        assert GHEE_CODE in till.notice
        await till.keyed("<escape>")
        await till.until(lambda: till.place == "Billing", "back")
        assert len(till.lines) == 1
        await till.keyed("<ctrl+x><enter>")
        assert till.lines[1] == "2 Ghee 500 ml 1 pk 350.00 350.00"
        assert "not sold" not in till.row("#status")


@driven
async def test_a_scan_at_the_sign_in_sells_nothing_and_is_told(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        await till.keyed("<f10>")
        await till.until(lambda: till.place == "SignIn", "locked")
        bells = till.bells
        counter.hands.scan(GHEE_CODE)
        await till.until(lambda: till.bells > bells, "a beep")
        assert "sign in" in till.notice
        assert (await till.cart()).lines == ()


@driven
async def test_money_keyed_before_a_refused_scan_was_seen_pays_nothing(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        await till.keyed("12<enter>")
        till.clerk.stop()
        before = till.clerk.asked
        counter.hands.scan("8900000000017")
        await till.until(lambda: till.clerk.asked > before, "scanned")
        till.press("+<enter>")
        await till.taken()
        till.clerk.go()
        await till.idle()
        assert await till.bills() == []
        assert "before it was refused" in till.notice


@driven
async def test_a_bill_that_is_scanned_opens_for_return_or_reprint(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        await till.keyed("12<enter>+<enter>")
        await counter.scan("1/2627/1")
        await till.until(lambda: till.place == "Pick", "a choice")
        await till.keyed("return<enter>")
        assert till.place == "Returns"
        assert "1/2627/1" in till.text()
        await till.keyed("<escape><escape>")
        await counter.scan("1/2627/1")
        await till.until(lambda: till.place == "Pick", "a choice")
        await till.keyed("slip<enter>")
        await till.until(lambda: "TAX INVOICE" in till.text() or "BILL" in till.text(), "the slip")


@driven
async def test_an_unplugged_scanner_is_told_and_works_again(counter_home):
    async with equipped(counter_home) as counter:
        till = counter.till
        counter.hands.toggle("scanner")
        await till.until(lambda: "scanner is gone" in till.row("#status"), "gone")
        counter.hands.toggle("scanner")
        await till.until(lambda: "scanner is gone" not in till.row("#status"), "back")
        await counter.scan(GHEE_CODE)
        assert len(till.lines) == 1
        noted = await till.asked(lambda books: books.devices.device("scanner"))
        assert (noted.state, noted.errors) == ("up", 1)


@driven
async def test_a_counter_without_devices_has_no_desk(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        assert till.app.attendant.desk is None
        await till.keyed("<f5>")
        assert "no scale" in till.notice


@driven
async def test_devices_that_another_terminal_sets_up_are_there_at_once(home):
    async with signed_in(home, simulation=Simulation) as till:
        with open_till(home) as elsewhere:
            elsewhere.devices.add(DEVICES[0], OWNER)
        await till.until(lambda: till.app.attendant.desk is not None, "set up")
        with open_till(home) as elsewhere:
            elsewhere.devices.remove("scanner", OWNER)
        await till.until(lambda: till.app.attendant.desk is None, "taken away")
