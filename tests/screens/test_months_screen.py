"""The monthly bills on the screen: the list of a month, one bill, the run that can be left."""

from datetime import timedelta

import pytest

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.domain.month import month_of
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven, running, signed_in
from tests.screens.shop import allow, assert_fits
from tests.support.tills import OWNER

PIN = "271828"
NAME = "Meena ಮೀನಾ [b]"


def last_month(till):
    return month_of(till.today().replace(day=1) - timedelta(1))


def owing(till, code, paise):
    day = last_month(till).last
    till.khata.adjust(code, paise, "milk", "1", OWNER, day=day)


@pytest.fixture
def shop(home):
    """Meena and Ramesh owe something of last month, Sunil nothing; nobody has a bill."""
    with open_till(home) as till:
        for code, role in (("cara", "cashier"), ("sunil", "supervisor"), ("mani", "manager")):
            till.people.add(Operator(code, code.capitalize(), role), PIN, OWNER)
        till.customers.add(Customer("", "12", name=NAME, lane="4th Cross"), OWNER)
        till.customers.add(Customer("", "3", name="रमेश राव"), OWNER)
        till.customers.add(Customer("", "7", name="Sunil"), OWNER)
        owing(till, "12", 124_00)
        owing(till, "3", 50_00)
    return home


def many(home, count):
    with open_till(home) as till:
        codes = [str(code) for code in range(101, 101 + count)]
        till.customers.take_in([Customer("", c, name=f"Person {c}") for c in codes], OWNER)
        for code in codes:
            owing(till, code, 10_00)


def words(till):
    return [" ".join(row.split()) for row in till.rows("#page") if row]


async def begin(till, keyed=""):
    await till.keyed("<alt+m>")
    assert till.place == "Months"
    await till.keyed(keyed)


async def told(till, part):
    """Wait until a run has ended and the list says so."""
    await till.until(lambda: till.place == "Months" and part in till.notice, part)
    await till.idle()


async def issued(till):
    return (await till.kinds()).count("month.issued")


async def which(till):
    return await till.asked(last_month)


# --- the list -----------------------------------------------------------------------------------


@driven
async def test_the_month_that_is_over_with_who_has_something_in_it(shop):
    async with signed_in(shop) as till:
        await begin(till)
        assert f"Bills of {await which(till)}" in till.text()
        assert "not billed yet" in till.text()
        assert words(till) == [
            "code name bill due state",
            "3 रमेश राव 50.00 draft",
            f"12 {NAME} 124.00 draft",
        ]
        assert_fits(till)


@driven
async def test_it_is_reached_from_the_khata_and_from_the_commands_too(shop):
    async with signed_in(shop) as till:
        await till.keyed("<alt+k><alt+m>")
        assert till.place == "Months"
        await till.keyed("<escape>")
        assert till.place == "Khata"
        await till.keyed("<escape><f12>")
        await till.keyed("monthly<enter>")
        assert till.place == "Months"


@driven
async def test_a_customer_is_found_and_esc_goes_back_step_by_step(shop):
    async with signed_in(shop) as till:
        await begin(till, "mee")
        assert len(words(till)) == 2
        await till.keyed("<ctrl+u>sunil")
        assert "nobody is found so" in till.text()
        await till.keyed("<escape>")
        assert len(words(till)) == 3
        await till.keyed("<escape>")
        assert till.place == "Billing"


@driven
async def test_other_months_and_none_that_is_yet_to_come(shop):
    async with signed_in(shop) as till:
        await begin(till, "-")
        month = await which(till)
        assert "nobody owed, bought or paid anything" in till.text()
        assert f"Bills of {month_of(month.first - timedelta(1))}" in till.text()
        await till.keyed("++")
        assert f"Bills of {month.next}" in till.text()
        assert len(words(till)) == 3
        await till.keyed("+")
        assert f"Bills of {month.next}" in till.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_all_are_reached_though_only_those_in_sight_are_worked_out(shop, size):
    many(shop, 60)
    async with signed_in(shop, size=size) as till:
        await begin(till)
        room = till.find("#page").size.height - 1
        assert len(till.app.screen.rows) == room
        seen = []
        for _page in range(10):
            seen += [row.split()[0] for row in words(till)[1:]]
            await till.keyed("<pagedown>")
        assert set(seen) == {"3", "12", *(str(code) for code in range(101, 161))}
        assert words(till)[-1].startswith("160 Person 160")
        await till.keyed("<ctrl+home>")
        assert words(till)[1].startswith("3 ")
        await till.keyed("<ctrl+end>")
        assert words(till)[-1].startswith("160 ")
        assert_fits(till)


# --- the run ------------------------------------------------------------------------------------


@driven
async def test_a_month_is_billed_after_one_more_enter(shop):
    async with signed_in(shop) as till:
        await begin(till, "*")
        assert till.place == "Ask"
        await till.keyed("<escape>")
        assert till.place == "Months"
        assert await issued(till) == 0
        await till.keyed("*<enter>")
        await told(till, "2 bills issued, 0 were there, Rs 174.00 due")
        assert "2 bills issued" in till.text().splitlines()[0]
        assert [row.split()[-1] for row in words(till)[1:3]] == ["issued", "issued"]
        await till.keyed("*<enter>")
        await told(till, "0 bills issued, 2 were there")
        assert await issued(till) == 2


@driven
async def test_a_run_that_is_left_goes_on_where_it_stopped(shop, monkeypatch):
    many(shop, 20)
    monkeypatch.setattr("milkpos_tui.errand.BREATH_S", 0.1)
    async with signed_in(shop) as till:
        await begin(till, "*<enter>")
        await till.until(lambda: " of 23" in till.text(), "begun")
        assert "[#" in till.text() or "[." in till.text()
        await till.keyed("<escape>")
        await told(till, "stopped at")
        before = await issued(till)
        assert 0 < before < 22
        monkeypatch.setattr("milkpos_tui.errand.BREATH_S", 0)
        await till.keyed("*<enter>")
        await told(till, f"{22 - before} bills issued, {before} were there")
        assert await issued(till) == 22


@driven
async def test_a_run_stops_when_the_till_is_closed_over_it(shop, monkeypatch):
    many(shop, 20)
    monkeypatch.setattr("milkpos_tui.errand.BREATH_S", 0.1)
    async with signed_in(shop) as till:
        await begin(till, "*<enter>")
        await till.until(lambda: " of 23" in till.text(), "begun")
    with open_till(shop) as after:
        assert 0 < len(after.months.issued_for(last_month(after))) < 22


@driven
async def test_the_clerk_works_on_while_a_month_is_billed(shop, monkeypatch):
    many(shop, 20)
    monkeypatch.setattr("milkpos_tui.errand.BREATH_S", 0.1)
    async with signed_in(shop) as till:
        await begin(till, "*<enter>")
        await till.until(lambda: " of 23" in till.text(), "begun")
        await till.asked(lambda opened: opened.khata.adjust("7", 5_00, "a bottle", "1", OWNER))
        assert till.place == "Underway"
        assert await issued(till) < 22


@driven
async def test_a_month_that_is_not_over_is_refused(shop):
    async with signed_in(shop) as till:
        await begin(till, "+*")
        assert till.place == "Months"
        assert "is not over" in till.notice


@driven
async def test_a_supervisor_asks_for_leave_and_a_cashier_may_not(shop):
    async with running(shop, operator="sunil", pin=PIN) as till:
        await begin(till, "*")
        await allow(till, "mani", PIN)
        await till.keyed("<enter>")
        await told(till, "2 bills issued")
    async with running(shop, operator="cara", pin=PIN) as till:
        await begin(till, "*")
        assert "may not" in till.notice


@driven
async def test_states_follow_what_is_paid(shop):
    async with signed_in(shop) as till:
        await begin(till, "*<enter>")
        await told(till, "2 bills issued")
        with open_till(shop) as other:
            other.khata.receive("12", Payment(24_00), "1", OWNER)
            other.khata.receive("3", Payment(50_00), "1", OWNER)
        await till.until(lambda: "part paid" in till.text(), "seen")
        assert [row.split()[-1] for row in words(till)[1:]] == ["paid", "paid"]
        assert words(till)[1].startswith("3 ")
        assert words(till)[2].endswith("part paid")


# --- one bill -----------------------------------------------------------------------------------


@driven
async def test_a_bill_is_read_as_a_draft_and_as_it_was_issued(shop):
    async with signed_in(shop) as till:
        await begin(till, "12<enter>")
        assert till.place == "MonthBillPage"
        assert "DRAFT - not a bill" in till.text()
        assert_fits(till)
        await till.keyed("<escape>*<enter>")
        await told(till, "issued")
        await till.keyed("<enter>")
        assert f"12 {NAME}, {await which(till)}: issued" in till.text()
        assert "DRAFT" not in till.text()
        await till.keyed("<pagedown>" * 5)
        assert "upi://pay" in till.text()
        assert_fits(till)


@driven
async def test_a_slip_is_printed(shop):
    set_up(
        shop,
        Device(
            "printer", Role.PRINTER, "1", Kind.SIMULATED, "", {"paper": "58 mm", "status": "yes"}
        ),
    )
    async with equipped(shop) as counter:
        till = counter.till
        await begin(till, "3<enter>p")
        assert "on its way" in till.notice
        assert any("DUE" in row for row in await counter.printed(1))


@driven
async def test_one_bill_and_all_bills_are_written_as_pdf(shop):
    async with signed_in(shop) as till:
        month = await which(till)
        await begin(till, "/")
        assert "no bill" in till.notice
        await till.keyed("3<enter>/")
        path = shop.bills / f"{month}-3.pdf"
        assert till.notice == f"written: bills/{month}-3.pdf in the till's home"
        assert path.read_bytes().startswith(b"%PDF")
        await till.keyed("<escape><escape>*<enter>")
        await told(till, "2 bills issued")
        await till.keyed("/")
        await told(till, "2 PDFs in bills in the till's home")
        assert {one.name for one in shop.bills.iterdir()} == {f"{month}-3.pdf", f"{month}-12.pdf"}


@driven
async def test_a_name_that_no_font_can_write_keeps_back_no_other(shop, monkeypatch):
    def no_font(paper, size):
        if paper.party.code == "3":
            raise Unreachable("font-missing", "no font for it is installed")
        return b"%PDF"

    monkeypatch.setattr("milkpos_tui.services.month_out.pdf_of", no_font)
    async with signed_in(shop) as till:
        await begin(till, "*<enter>")
        await told(till, "2 bills issued")
        await till.keyed("/")
        await told(till, "1 bill not: no font for it is installed")
        assert [one.name for one in shop.bills.iterdir()] == [f"{await which(till)}-12.pdf"]
