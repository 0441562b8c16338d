"""The khata screens: who owes what, one customer's entries, payments, corrections, containers."""

from datetime import date

import pytest

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.khata import Unit
from milkpos_tui.screens.base import Head, Keys
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven, running, signed_in
from tests.screens.shop import assert_fits
from tests.screens.test_approve import allow
from tests.screens.test_keyed_ahead import keyed_ahead
from tests.support.tills import OWNER

PIN = "271828"
MEENA = Customer("", "12", 100_00, name="Meena ಮೀನಾ [b]", phone="98450 11223", lane="4th Cross")
RAMESH = Customer("", "3", name="रमेश राव", card="C0001234")
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def shop(home):
    """Meena, who owes Rs 124 of Rs 100 and has two bottles; Ramesh, who owes nothing."""
    with open_till(home) as till:
        for code, role in (("cara", "cashier"), ("adit", "auditor")):
            till.people.add(Operator(code, code.capitalize(), role), PIN, OWNER)
        for customer in (MEENA, RAMESH):
            till.customers.add(customer, OWNER)
        till.khata.adjust("12", 124_00, "brought forward", "1", OWNER)
        till.khata.move_containers("12", {Unit.BOTTLE: 2}, "1", OWNER)
    return home


def many(home, count):
    with open_till(home) as till:
        found = [Customer("", str(code), name=f"Person {code}") for code in range(101, 101 + count)]
        till.customers.take_in(found, OWNER)


def words(rows):
    return [" ".join(row.split()) for row in rows if row]


async def begin(till, keyed=""):
    await till.keyed("<alt+k>")
    assert till.place == "Khata"
    await till.keyed(keyed)


async def owed(till, code="12"):
    return (await balances(till, code)).khata_paise


async def balances(till, code="12"):
    return await till.asked(lambda opened: opened.accounts.balances(opened.accounts.known(code).id))


async def received(till):
    return (await till.kinds()).count("khata.received")


def under_cursor(till):
    """The chosen row; OVER of another row in sight stands out, too, behind it."""
    return " ".join(" ".join(till.reversed("#page")).split())


# --- the list -----------------------------------------------------------------------------------


@driven
async def test_the_list_tells_what_each_owes_and_who_is_over(shop):
    async with signed_in(shop) as till:
        await begin(till)
        assert words(till.rows("#page")) == [
            "code name phone lane owes",
            "3 रमेश राव 0.00",
            "12 Meena ಮೀನಾ [b] 98450 11223 4th Cross 124.00 OVER",
        ]


@pytest.mark.parametrize("typed", ["12", "mee", "ಮೀ", "98450", "1223", "4th", "cross"])
@driven
async def test_a_customer_is_found_by_any_of_them(shop, typed):
    async with signed_in(shop) as till:
        await begin(till, typed)
        assert words(till.rows("#page"))[1].startswith("12 Meena")
        assert len(words(till.rows("#page"))) == 2


@driven
async def test_by_card_and_an_indic_name(shop):
    async with signed_in(shop) as till:
        for typed in ("c0001234", "रमे", "राव"):
            await begin(till, typed)
            assert words(till.rows("#page"))[1:] == ["3 रमेश राव 0.00"]
            await till.keyed("<escape><escape>")


@driven
async def test_nobody_is_found_and_esc_brings_all_back(shop):
    async with signed_in(shop) as till:
        await begin(till, "xyz")
        assert "nobody is found so" in till.text()
        await till.keyed("<enter>+")
        assert till.place == "Khata"
        await till.keyed("<escape>")
        assert len(words(till.rows("#page"))) == 3
        await till.keyed("<escape>")
        assert till.place == "Billing"


@driven
async def test_enter_ahead_of_the_search_opens_who_was_typed(shop):
    async with signed_in(shop) as till:
        await begin(till)
        await keyed_ahead(till, "mee<enter>")
        assert till.place == "Ledger"
        assert "Khata of 12 Meena" in till.text()


@pytest.mark.parametrize("size", SIZES)
@driven
async def test_only_the_rows_in_sight_are_fetched_and_all_are_reached(shop, size):
    many(shop, 200)
    async with signed_in(shop, size=size) as till:
        await begin(till)
        room = till.find("#page").size.height - 1
        assert len(till.app.screen.rows) == room
        await till.keyed("<down>" * 60)
        assert under_cursor(till) == "159 Person 159 0.00"
        assert len(till.app.screen.rows) == room
        await till.keyed("<up>" * 59)
        assert till.reversed("#page")[0].startswith("12 Meena")
        await till.keyed("<pagedown>" * 30)
        assert under_cursor(till) == "300 Person 300 0.00"
        await till.keyed("<down>")
        assert under_cursor(till) == "300 Person 300 0.00"
        await till.keyed("<pageup>" * 30)
        assert under_cursor(till).startswith("3 रमेश राव 0.00")
        await till.keyed("<ctrl+end>")
        assert under_cursor(till) == "300 Person 300 0.00"
        await till.keyed("<ctrl+home>")
        assert under_cursor(till).startswith("3 रमेश राव 0.00")
        assert_fits(till)


@pytest.mark.parametrize("size", SIZES)
@driven
async def test_long_names_fit(shop, size):
    with open_till(shop) as till:
        long = "ವೆಂಕಟೇಶಮೂರ್ತಿ ಶ್ರೀನಿವಾಸ [bold] ശ്രീലക്ഷ്മി of the house by the well"
        lane = "behind the old temple, 12th Main"
        till.customers.add(
            Customer("", "999999", 0, name=long, phone="+91 98450 11223", lane=lane), OWNER
        )
        till.khata.adjust("999999", 99_99_999_00, long, "1", OWNER)
    async with signed_in(shop, size=size) as till:
        await till.keyed("//999999<enter>12<enter>")
        assert_fits(till)
        assert till.total.startswith("TOTAL")
        await begin(till)
        assert_fits(till)
        await till.keyed("<down><down><enter>")
        assert till.place == "Ledger"
        assert_fits(till)
        await till.keyed("+")
        assert_fits(till)
        await till.keyed("<escape><enter>")
        assert_fits(till)


# --- one customer -------------------------------------------------------------------------------


@driven
async def test_a_customer_s_entries_with_the_balance_as_it_runs_on(shop):
    async with signed_in(shop) as till:
        await begin(till, "12<enter>")
        told = till.text()
        assert "Owes Rs 124.00, limit Rs 100.00" in told
        assert "OVER THE LIMIT" in told
        assert "0-30 days 124.00   31-60 0.00   61-90 0.00   older 0.00" in told
        assert "2 bottle" in told
        rows = words(till.rows("#page"))
        assert rows[1].endswith("adjustment brought forward 124.00 124.00")
        assert rows[2].endswith("containers +2 bottle 0.00 124.00")


@driven
async def test_the_newest_entry_is_in_sight_and_older_ones_are_reached(shop):
    with open_till(shop) as till:
        for number in range(1, 151):
            till.khata.adjust("3", 1_00, f"entry {number}", "1", OWNER)
    async with signed_in(shop) as till:
        await begin(till, "3<enter>")
        assert "entry 150 " in till.rows("#page")[-1]
        assert "older above" in till.text()
        await till.keyed("<pageup>" * 20)
        rows = words(till.rows("#page"))
        assert "entry 1 1.00 1.00" in rows[1]
        assert "newer below" in till.text()
        await till.keyed("<pagedown>" * 20)
        assert "entry 150 " in till.rows("#page")[-1]


@driven
async def test_another_terminal_s_payment_is_seen(shop):
    async with signed_in(shop) as till:
        await begin(till, "12<enter>")
        with open_till(shop) as other:
            other.khata.receive("12", Payment(24_00), "1", OWNER)
        await till.until(lambda: "Owes Rs 100.00" in till.text(), "told")


# --- a payment ----------------------------------------------------------------------------------


@driven
async def test_three_keys_receive_what_is_due_in_cash(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down><enter>")
        await till.keyed("+")
        assert till.place == "Receive"
        assert till.entry == "124.00"
        await till.keyed("<enter>")
        assert till.place == "Ledger"
        assert "Rs 124.00 by cash; owes nothing" in till.notice
        assert await owed(till) == 0


@pytest.mark.parametrize(("sign", "tender"), [("/", "upi"), ("*", "card"), ("/+", "cash")])
@driven
async def test_a_sign_says_how(shop, sign, tender):
    async with signed_in(shop) as till:
        await begin(till, f"<down>+{sign}<enter>")
        assert f"by {tender}; owes nothing" in till.notice
        assert await owed(till) == 0


@driven
async def test_what_is_left_and_what_is_an_advance_are_told(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>+100<enter>")
        assert "by cash; owes Rs 24.00" in till.notice
        await till.keyed("+50<enter>")
        assert "Rs 26.00 is more than was due" in till.notice
        assert await owed(till) == -26_00


@driven
async def test_what_an_amount_will_do_is_seen_before_enter(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>+")
        assert "nothing left to pay then" in till.text()
        await till.keyed("100")
        assert "₹24.00 left to pay then" in till.text()
        await till.keyed("0")
        assert "₹876.00 in advance then: more than is due" in till.text()
        await till.keyed(".005")
        assert " then" not in till.text()
        assert await received(till) == 0


@pytest.mark.parametrize("keyed", ["1.234", "abc", "0"])
@driven
async def test_what_is_no_amount_is_refused_and_comes_back(shop, keyed):
    async with signed_in(shop) as till:
        await begin(till, f"<down>+{keyed}<enter>")
        assert till.place == "Receive"
        assert till.bells == 1
        assert till.entry == keyed
        await till.keyed("24<enter>")
        assert await owed(till) == 100_00


@driven
async def test_nothing_due_proposes_nothing(shop):
    async with signed_in(shop) as till:
        await begin(till, "+")
        assert till.entry == ""
        await till.keyed("<enter>")
        assert "say how much" in till.notice
        assert await received(till) == 0


@pytest.mark.parametrize("keyed", ["+<enter><enter>", "+24<enter><enter><enter>"])
@driven
async def test_enter_twice_ahead_of_a_slow_disk_is_one_payment(shop, keyed):
    async with signed_in(shop) as till:
        await begin(till, "<down><enter>")
        await till.keyed(keyed[0])
        before = till.clerk.asked
        till.clerk.stop()
        till.press(
            keyed[1:]
        )  # the dialog waits for the clerk at the first Enter, the rest behind it
        await till.until(lambda: till.clerk.asked > before, "handed over")
        till.clerk.go()
        await till.idle()
        assert await received(till) == 1


@driven
async def test_an_equal_amount_a_moment_ago_asks(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>+24<enter>")
        await till.keyed("+24<enter>")
        assert till.place == "Receive"
        assert "is this another payment?" in till.notice
        assert "Enter yes, another payment Esc no, the same one" in till.row(Keys)
        assert await received(till) == 1
        await till.keyed("<escape>")
        assert "Enter money received" in till.row(Keys)
        assert till.place == "Receive"
        assert "nothing more was noted" in till.notice
        await till.keyed("<escape>")
        assert till.place == "Khata"
        assert await received(till) == 1
        await till.keyed("+24<enter>")
        await till.keyed("<enter>")
        assert till.place == "Khata"
        assert await received(till) == 2
        assert await owed(till) == 76_00


@driven
async def test_enter_keyed_before_the_question_was_seen_says_no_yes(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>+24<enter>")
        await till.keyed("+24")
        await keyed_ahead(till, "<enter><enter>")
        assert "is this another payment?" in till.notice
        assert await received(till) == 1


@driven
async def test_another_amount_is_another_question(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>+24<enter>")
        await till.keyed("+24<enter>")
        await till.keyed("<backspace>5<enter>")
        assert till.place == "Khata"
        assert await owed(till) == 75_00


@driven
async def test_cash_opens_the_drawer_and_upi_does_not(shop):
    set_up(shop)
    async with equipped(shop) as counter:
        kicked = []
        counter.desk.open_drawer = lambda: kicked.append(1)
        await begin(counter.till, "<down>+/24<enter>")
        assert kicked == []
        await counter.till.keyed("+50<enter>")
        assert kicked == [1]


@driven
async def test_without_a_shift_nobody_answers_for_it(unopened):
    with open_till(unopened) as till:
        till.customers.add(MEENA, OWNER)
        till.khata.adjust("12", 124_00, "brought forward", "1", OWNER)
    async with running(unopened, operator="cara", pin="271828") as till:
        await till.keyed("<escape>" * 3)
        await begin(till, "+<enter>")
        assert till.place == "Receive"
        assert "shift" in till.notice


@driven
async def test_an_auditor_looks_and_receives_nothing(shop):
    async with running(shop, operator="adit", pin=PIN) as till:
        await begin(till, "<down>+<enter>")
        assert "may not" in till.notice
        assert await received(till) == 0


# --- everything else ----------------------------------------------------------------------------


@driven
async def test_a_correction_wants_a_reason_and_leave(shop):
    async with running(shop, operator="cara", pin=PIN) as till:
        await begin(till, "<down><enter>-")
        assert till.place == "Ask"
        await till.keyed("-62<enter><enter>")
        assert "an answer is needed" in till.notice
        await till.keyed("sour milk<enter>")
        await allow(till)
        assert till.place == "Ledger"
        assert till.notice == "Noted: owes Rs 62.00, 2 bottle"
        assert "sour milk" in till.text()


@driven
async def test_containers_come_back(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down><enter>.")
        assert "they have 2" in till.notice
        await till.keyed("2<enter><enter>-1<enter>")
        assert till.place == "Ledger"
        assert "1 crate" in till.notice
        assert (await balances(till)).containers == {"bottle": 0, "can": 0, "crate": 1}


@driven
async def test_no_containers_are_no_entry(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down><enter>.<enter><enter><enter>")
        assert till.place == "Ask"
        assert "how many" in till.notice


@driven
async def test_somebody_new_has_the_next_code(shop):
    async with signed_in(shop) as till:
        await begin(till, "*")
        assert till.entry == "13"
        await till.keyed(
            "<enter>ಗೌರಿ [b]<enter>98450 99999<enter>yes<enter>2nd Main<enter>500<enter>"
        )
        assert till.place == "Khata"
        assert till.notice == "13 ಗೌರಿ [b] is a customer now"
        assert under_cursor(till) == "13 ಗೌರಿ [b] 98450 99999 2nd Main 0.00"
        added = await till.asked(lambda opened: opened.accounts.known("13"))
        assert (added.limit_paise, added.lane) == (500_00, "2nd Main")
        assert date.fromisoformat(added.consent_on)


@driven
async def test_a_code_that_is_taken_comes_back_for_mending(shop):
    async with signed_in(shop) as till:
        await begin(till, "*12<enter>Gowri<enter><enter><enter><enter><enter>")
        assert till.place == "Ask"
        assert "12 is Meena" in till.notice
        assert till.entry == "12"
        await till.keyed("14<enter><enter><enter><enter><enter><enter>")
        assert till.notice == "14 Gowri is a customer now"


@driven
async def test_the_statement_is_read_and_printed(shop):
    set_up(
        shop,
        Device(
            "printer", Role.PRINTER, "1", Kind.SIMULATED, "", {"paper": "58 mm", "status": "yes"}
        ),
    )
    async with equipped(shop) as counter:
        till = counter.till
        await begin(till, "<down><enter><enter>")
        assert till.place == "StatementPage"
        assert "brought forward" in till.text()
        assert "owes Rs 124.00" in till.text()
        await till.keyed("p")
        assert till.notice == "the statement is on its way"
        printed = await counter.printed(1)
        assert any("KHATA STATEMENT" in row for row in printed)
        await till.keyed("-<escape>")
        assert till.place == "Ledger"


@driven
async def test_without_a_printer_it_is_told(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down><enter><enter>p")
        assert "no printer" in till.notice


# --- in the payment dialog ----------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@driven
async def test_the_payment_dialog_tells_whose_khata_it_would_be(shop, size):
    with open_till(shop) as till:
        till.customers.add(Customer("", "5", 200_00, name="Gauri"), OWNER)
        till.khata.adjust("5", 150_00, "brought forward", "1", OWNER)
    async with signed_in(shop, size=size) as till:
        await till.keyed("//12<enter>12<enter><f9>")
        assert till.row(Head).split("  ")[0] == (
            " 12 Meena ಮೀನಾ [b]: owes Rs 124.00 of 100.00, OVER THE LIMIT"
        )
        assert till.row(Head).endswith("DUE ₹62.00")
        assert_fits(till)
        await till.keyed("<escape>//5<enter><f9>")
        assert "5 Gauri: owes Rs 150.00 of 200.00, OVER WITH THIS BILL" in till.row(Head)
        await till.keyed("<escape>//3<enter><f9>")
        assert "रमेश राव: owes nothing" in till.row(Head)
        await till.keyed("<escape>//<enter><f9>")
        assert till.row(Head).startswith(" Payment ")
        await till.keyed(".")
        assert "choose the customer first" in till.row(Head)


# --- how many keys ------------------------------------------------------------------------------


@driven
async def test_from_a_customer_s_row_a_payment_is_three_steps_and_all_that_is_due_two_keys(shop):
    async with signed_in(shop) as till:
        await begin(till, "<down>")
        await till.keyed("+")
        await till.keyed("100")
        await till.keyed("<enter>")
        assert till.place == "Khata"
        assert await owed(till) == 24_00
        two = ("+", "<enter>")
        for key in two:
            await till.keyed(key)
        assert till.place == "Khata"
        assert await owed(till) == 0
