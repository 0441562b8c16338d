"""Farmers' slips: one for each can, one for ten days, at each width of paper."""

from datetime import date, timedelta

import pytest

from milkpos_tui.domain.collection import Basis, Chart, Instead, Reading
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.settlement import Deduction, DeductionKind
from milkpos_tui.services.milk_corrections import Keyed
from milkpos_tui.services.milk_paper import can_slip, settlement_slip, with_signature
from milkpos_tui.services.paper import SLIP_COLUMNS
from tests.services.test_collections import CYCLE, take
from tests.support.tills import DAY_MS, MONDAY, OWNER

AM, PM = BOTH


def slip_of(till, can, columns=32):
    farmer = till.accounts.known("301")
    rates = till.collections.rates_of(can)
    so_far = till.collections.cans("301", date(2026, 11, 21), MONDAY, OWNER)
    return can_slip("Nandini Dairy", farmer, can, rates, so_far, columns)


def squeezed(rows):
    return [" ".join(row.split()) for row in rows]


def test_a_slip_for_a_can(dairy):
    take(dairy, day=MONDAY - timedelta(1))
    can = take(dairy)
    assert slip_of(dairy, can) == [
        "         Nandini Dairy",
        "              MILK",
        "--------------------------------",
        "23-11-2026 morning           cow",
        "301 Farmer",
        "--------------------------------",
        "Litres                        10",
        "Kilograms                  10.28",
        "Fat %                        4.0",
        "CLR                         28.0",
        "SNF %                       8.44",
        "Rs a kg of fat            350.00",
        "Rs a kg of SNF            240.00",
        "================================",
        "Rs                        352.15",
        "================================",
        "21-30 Nov: 20 L           704.30",
    ]


@pytest.mark.parametrize(
    ("basis", "rate", "amount"),
    [(Basis.LITRE, "Rs a litre 35.00", "Rs 350.00"), (Basis.KG, "Rs a kg 35.00", "Rs 359.80")],
)
def test_a_slip_by_a_chart_says_its_rate(dairy, basis, rate, amount):
    dairy.collections.set_chart(Chart(basis, (400,), (800,), ((35_00,),)), MONDAY, None, OWNER)
    rows = squeezed(slip_of(dairy, take(dairy)))
    assert rate in rows
    assert amount in rows
    dairy.collections.set_chart(Chart(basis, (400,), (800,), ((36_00,),)), MONDAY, None, OWNER)
    assert rate in squeezed(slip_of(dairy, take_again(dairy)))


def take_again(dairy):
    return dairy.collections.cans("301", MONDAY, MONDAY, OWNER)[0]


def test_rates_that_a_can_was_not_paid_by_are_not_on_its_slip(dairy):
    can = take(dairy)
    dairy.collections.set_chart(Chart(Basis.KG, (400,), (800,), ((35_00,),)), MONDAY, None, OWNER)
    rows = slip_of(dairy, can)
    assert "by kg of fat and SNF" in rows
    assert not any("350.00" in row for row in rows)


def test_a_slip_for_ten_days(dairy, clock):
    take(dairy, Reading(100_000, 400, clr=2800))
    dairy.milk_corrections.correct(Keyed("301", MONDAY, AM), Instead(10_000), "keyed 100", OWNER)
    take(dairy, Reading(5_500, 425, snf_bp=860), half=PM)
    clock.advance(8 * DAY_MS)
    advance = Deduction(DeductionKind.ADVANCE, "advance", 600_00)
    done = dairy.collections.settle("301", CYCLE, [advance], OWNER)
    rows = with_signature(settlement_slip(done, 32, "Nandini Dairy"), 32)
    assert rows == [
        "         Nandini Dairy",
        "301 Farmer",
        "Milk of 21-11 to 30-11-2026",
        "Settled 01-12-2026",
        "--------------------------------",
        "23M 100L 4.0 8.44       3,521.52",
        "   struck out          -3,521.52",
        "23M 10L 4.0 8.44          352.15",
        "23E 5.5L 4.25 8.6         201.19",
        "--------------------------------",
        "Milk 15.5 L               553.34",
        "advance                  -553.34",
        "================================",
        "TO PAY                      0.00",
        "still owed                 46.66",
        "",
        "",
        "Signed          ................",
    ]


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_nothing_is_wider_than_the_paper(dairy, clock, columns):
    can = take(dairy, Reading(9_999_999, 1500, snf_bp=1300))
    for rows in (
        slip_of(dairy, can, columns),
        settlement_slip(dairy.collections.settlement("301", CYCLE, [], OWNER), columns, "x" * 60),
    ):
        assert max(map(len, rows)) == columns
        assert any(f"{can.collection.amount_paise // 100:,}"[-3:] in row for row in rows)
