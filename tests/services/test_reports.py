"""X and Z on paper: what must stand there, in every width, whatever anybody is called."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import DENOMINATIONS, PIECES_MAX, count_of
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.shift import CashMoves, Takings, TaxSum, TenderCheck, TenderSum
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.text import clean, width_of
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.paper import SLIP_COLUMNS
from milkpos_tui.services.records import Shift, Shop
from milkpos_tui.services.reports import report_rows, told_difference
from milkpos_tui.services.shifts import Handing, Move
from milkpos_tui.services.takings import Closed, CountRecord, Report
from tests.support.days import sell
from tests.support.staff import CARA, CARL, SUNIL, counted, hire
from tests.support.strategies import MODEST
from tests.support.tills import OWNER, close_shift, open_shift

CASH, UPI, CARD = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD
SHOP = Shop("Nandini Dairy", "29", TaxMode.REGULAR, gstin="29AAGCB7383J1Z4", phone="98450 12345")
NAMES = {"asha": "Asha", "ravi": "Ravi K", "devi": "देवी", "mei": "美"}
HASH = "0123456789abcdef" * 4
RULES = "fedcba9876543210" * 4


def milliseconds(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)


OPENED, CLOSED = milliseconds(2026, 11, 23, 1, 30), milliseconds(2026, 11, 23, 8, 35)

SHIFT = Shift(
    id="0198",
    counter="1",
    operator="ravi",
    opened_by="asha",
    business_date="2026-11-23",
    name="morning",
    opened_at=OPENED,
    closed_at=CLOSED,
    float_paise=500_00,
    denominations="500=1",
    declaration="ab" * 32,
)
TAKINGS = Takings(
    bills=212,
    returns=2,
    first_bill="1/2627/301",
    last_bill="1/2627/512",
    first_note="1-R/2627/7",
    last_note="1-R/2627/8",
    sold_paise=1_23_456_00,
    refunded_paise=250_00,
    discount_paise=99_50,
    round_off_paise=-3_25,
    taxes=(
        TaxSum(0, 1_00_000_00, 0, 0, 0, 1_00_000_00),
        TaxSum(500, 22_000_00, 550_00, 550_00, 0, 23_100_00),
    ),
    tenders=(TenderSum(CASH, 1_00_456_00, 250_00), TenderSum(UPI, 23_000_00, 0)),
)
MOVES = CashMoves(200_00, 120_00, 90_000_00, 3)
CHECKS = (
    TenderCheck(CASH, 10_786_00, 10_780_00),
    TenderCheck(UPI, 23_000_00, 23_000_00),
    TenderCheck(CARD, 0, None),
)
HANDED = CountRecord(
    1, milliseconds(2026, 11, 23, 5, 0), "asha", "500=1", "ravi", "tea", (CHECKS[1],)
)
LAST = CountRecord(2, CLOSED, "ravi", "500=21,100=2,10=8", None, "", CHECKS)
CLOSE = Closed(
    number=41,
    at=CLOSED,
    operator="ravi",
    reason="a coin fell",
    carried=1,
    carried_paise=62_00,
    dropped_bills=2,
    dropped_bills_paise=98_00,
    perpetual_sold_paise=98_76_543_00,
    perpetual_refunded_paise=1_234_00,
    head_seq=4711,
    head_hash=HASH,
    schema_hash=RULES,
)
Z = Report(SHIFT, CLOSED, TAKINGS, MOVES, CHECKS, (HANDED, LAST), closed=CLOSE)
X = Z._replace(
    shift=SHIFT._replace(closed_at=None),
    checks=tuple(check._replace(counted_paise=None) for check in CHECKS),
    open_paise=20_00,
    closed=None,
)
NOTHING = Takings(0, 0, "", "", "", "", 0, 0, 0, 0, (), ())


def rows(report=Z, columns=42, names=NAMES, **more):
    return report_rows(report, SHOP, names, columns, **more)


def told(report=Z, columns=42, **more):
    """The text with every run of spaces and line ends as one space: the same in every width."""
    return re.sub(r"\s+", " ", " ".join(rows(report, columns, **more)))


# --- what must stand on it -----------------------------------------------------------------------

ON_BOTH = [
    "Nandini Dairy",
    "GSTIN 29AAGCB7383J1Z4",
    "Counter 1 morning, 23-11-2026",
    "Opened 23-11-2026 07:00 by Asha",
    "Bills 212 1/2627/301 to 1/2627/512",
    "Credit notes 2 1-R/2627/7 to 1-R/2627/8",
    "Sold 1,23,456.00",
    "Given back -250.00",
    "Net 1,23,206.00",
    "Discounts in it 99.50",
    "Round-off in it -3.25",
    "by Cash 1,00,206.00 by UPI 23,000.00",
    "Exempt or untaxed 1,00,000.00",
    "Taxable at 5% 22,000.00 CGST 550.00 SGST 550.00",
    "Float 500.00",
    "Cash kept of sales 1,00,456.00",
    "Cash given back -250.00",
    "Put in 200.00",
    "Paid out -120.00",
    "Into the safe -90,000.00",
    "Drawer opened without a sale 3",
    "Cash expected 10,786.00",
    "UPI expected 23,000.00",
    "Handed over 23-11-2026 10:30 exact by Asha to Ravi K tea",
    "Count 23-11-2026 14:05 Rs 6.00 short by Ravi K",
]
ON_A_Z = [
    "Z REPORT 41",
    "Closed 23-11-2026 14:05 by Ravi K",
    "Cash counted 10,780.00",
    "Cash difference Rs 6.00 short",
    "UPI counted 23,000.00 UPI difference exact",
    "Card counted not counted",
    "500 x 21 10,500.00 100 x 2 200.00 10 x 8 80.00",
    "Open bills carried over: 1 62.00",
    "Open bills dropped: 2 98.00",
    "All tenders Rs 6.00 short",
    "Reason: a coin fell",
    "Perpetual totals of this counter Sold 98,76,543.00 Given back 1,234.00",
    "Journal to entry 4711",
    "Rules of the database",
]


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
@pytest.mark.parametrize("words", ON_BOTH)
def test_what_stands_on_an_x_and_a_z(columns, words):
    assert words in told(Z, columns)
    assert words in told(X, columns)


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
@pytest.mark.parametrize("words", ON_A_Z)
def test_what_stands_on_a_z_alone(columns, words):
    assert words in told(Z, columns)
    assert words not in told(X, columns)


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_the_hashes_stand_there_whole(columns):
    joined = "".join(rows(Z, columns))
    assert HASH in joined
    assert RULES in joined


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_an_x_says_that_it_closes_nothing(columns):
    text = told(X, columns)
    assert "X REPORT (the shift goes on)" in text
    assert "Now 23-11-2026 14:05 by Ravi K" in text
    assert "Taken for open bills 20.00" in text
    for words in ("Z REPORT", "Perpetual", "Cash counted", "difference", "Reason"):
        assert words not in text


def test_another_title():
    assert "Z REPORT (not closed yet)" in told(Z, title="Z REPORT (not closed yet)")
    assert "Z REPORT 41" not in told(Z, title="Z REPORT (not closed yet)")


def test_amounts_stand_at_the_right_edge():
    amounts = [row for row in rows() if re.search(r"\.\d\d$", row)]
    assert len(amounts) > 25
    assert {len(row) for row in amounts} == {42}


def test_a_shift_in_which_nothing_happened():
    check = TenderCheck(CASH, 500_00, 500_00)
    count = LAST._replace(checks=(check,), denominations="500=1")
    closed = CLOSE._replace(reason="", carried=0, dropped_bills=0)
    text = told(Report(SHIFT, CLOSED, NOTHING, CashMoves(), (check,), (count,), closed=closed))
    assert "Bills 0 Credit notes 0 Sold 0.00 Given back 0.00 Net 0.00" in text
    assert "Cash expected 500.00 Cash counted 500.00 Cash difference exact" in text
    for words in ("Taxable", "Exempt", "Reason", "carried over", "dropped", "open bills"):
        assert words not in text


def test_what_nobody_counted_is_never_exact():
    checks = tuple(check._replace(counted_paise=None) for check in CHECKS)
    count = LAST._replace(checks=checks, denominations="")
    text = told(Z._replace(checks=checks, counts=(count,)))
    assert "Cash counted not counted" in text
    assert "Count 23-11-2026 14:05 not counted" in text
    assert "All tenders not counted" in text
    assert "exact" not in text


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ((), "not counted"),
        ((TenderCheck(CASH, 5, None),), "not counted"),
        ((TenderCheck(CASH, 5, 5), TenderCheck(UPI, 5, None)), "exact"),
        ((TenderCheck(CASH, 500, 700), TenderCheck(UPI, 500, 400)), "Rs 1.00 over"),
        ((TenderCheck(CASH, 5, None), TenderCheck(UPI, 500, 400)), "Rs 1.00 short"),
    ],
)
def test_differences_in_words(checks, words):
    assert told_difference(checks) == words


def test_whose_shift_it_was_where_another_closed_it():
    assert "Shift of" not in told(Z)
    text = told(Z._replace(closed=CLOSE._replace(operator="asha")))
    assert "Closed 23-11-2026 14:05 by Asha Shift of Ravi K" in text


def test_an_indic_name_stands_there_and_one_that_paper_has_no_letters_for_is_the_code():
    text = told(Z._replace(shift=SHIFT._replace(opened_by="devi")))
    assert "Opened 23-11-2026 07:00 by देवी" in text
    text = told(Z._replace(shift=SHIFT._replace(opened_by="mei")))
    assert "Opened 23-11-2026 07:00 by mei" in text
    assert "?" not in text


def test_somebody_who_is_no_longer_known_is_the_code():
    assert "by ravi" in told(names={})


@pytest.mark.parametrize("columns", [0, -42, 31, 33, 40, 58, 80])
def test_other_widths(columns):
    with pytest.raises(Refused) as refused:
        rows(columns=columns)
    assert refused.value.code == "slip-columns"


# --- whatever it says ----------------------------------------------------------------------------

odd = st.text(max_size=60) | st.sampled_from(
    [
        "\x1b[2J",
        "\x1dV\x00",
        "[/b]",
        "गाय का दूध",
        "a" * 60,
        "ﷺ" * 9,
        "\u202eevil",
        "é" * 40,
        "- " * 30,
    ]
)
paise = st.integers(0, MONEY_LIMIT_PAISE)
some_paise = st.integers(-MONEY_LIMIT_PAISE, MONEY_LIMIT_PAISE)
kinds = st.lists(st.sampled_from(TenderKind), unique=True).map(
    lambda found: [kind for kind in TenderKind if kind in found or kind is CASH]
)


@st.composite
def checked(draw):
    return tuple(
        TenderCheck(kind, draw(some_paise), draw(st.none() | paise)) for kind in draw(kinds)
    )


@st.composite
def counts(draw):
    pieces = draw(st.dictionaries(st.sampled_from(DENOMINATIONS), st.integers(0, PIECES_MAX)))
    return CountRecord(
        1,
        CLOSED,
        draw(odd),
        str(count_of(pieces.items())),
        draw(st.none() | odd),
        draw(odd),
        draw(checked()),
    )


@st.composite
def reports(draw):
    """An X or a Z of anything; texts are what `clean` may let in, and worse."""
    shift = SHIFT._replace(
        counter=draw(st.sampled_from(["1", "ABC"])),
        operator=draw(odd),
        opened_by=draw(odd),
        name=draw(odd.map(lambda text: clean(text, limit=20)) | odd),
        float_paise=draw(paise),
    )
    takings = TAKINGS._replace(
        bills=draw(st.integers(0, 10**7)),
        first_bill=draw(st.sampled_from(["", "ABC/2627/9999999"])),
        last_bill="ABC/2627/9999999",
        sold_paise=draw(paise) * 1000,
        refunded_paise=draw(paise) * 1000,
        taxes=tuple(
            TaxSum(rate, *draw(st.tuples(*[some_paise] * 5)))
            for rate in draw(st.sets(st.sampled_from([0, 25, 500, 1200, 2800, 4000])))
        ),
        tenders=tuple(TenderSum(kind, draw(some_paise), draw(paise)) for kind in draw(kinds)),
    )
    closed = CLOSE._replace(
        operator=draw(odd),
        reason=draw(odd),
        carried_paise=draw(paise),
        dropped_bills_paise=draw(paise),
        perpetual_sold_paise=draw(paise) * 100_000,
        head_seq=draw(st.integers(1, 10**12)),
    )
    return Report(
        shift,
        CLOSED,
        takings,
        CashMoves(draw(paise), draw(paise), draw(paise), draw(st.integers(0, 10**6))),
        draw(checked()),
        tuple(draw(st.lists(counts(), max_size=3))),
        draw(st.just(0) | paise),
        draw(st.none() | st.just(closed)),
    )


@MODEST
@given(report=reports(), names=st.dictionaries(odd, odd, max_size=3), shop=odd, title=odd)
@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_every_line_fits_and_is_plain(columns, report, names, shop, title):
    particulars = SHOP._replace(name=shop, address=shop, phone=shop)
    for row in report_rows(report, particulars, names, columns, title):
        assert width_of(row) <= columns
        assert re.fullmatch("[ -~\u0900-\u0d7f\u200c\u200d]*", row), row
        assert row == row.rstrip()


@MODEST
@given(report=reports())
@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_no_amount_is_cut(columns, report):
    text = "\n".join(report_rows(report, SHOP, {}, columns))
    for amount in (
        report.shift.float_paise,
        report.takings.sold_paise,
        *(check.expected_paise for check in report.checks),
        *(tax.taxable_paise for tax in report.takings.taxes),
    ):
        assert re.search(rf"(^| ){re.escape(show_rupees(amount))}$", text, re.MULTILINE)


# --- of a till -----------------------------------------------------------------------------------


def test_a_day_of_a_till(till):
    """Opened by one, handed to another, closed by a third; every row is what happened."""
    hire(till)
    close_shift(till)
    open_shift(till, "1", CARA)
    first = sell(till, "1", CARA, "12", "+100")
    sell(till, "1", CARA, "/50*70", "110", "+/")
    till.shifts.move_cash("1", Move("in", 200_00, "coins"), OWNER)
    till.shifts.open_drawer("1", "change", OWNER)
    till.shifts.hand_over("1", Handing("carl", counted(762)), CARA)
    till.billing.take_back(first.number, {1: 500}, "sour", CASH, "1", OWNER)
    till.checkout("1", CARL).key_in("40")
    (left,) = till.closings.left_over("1")
    what = Counted(counted(730).cash, {UPI: 400_00})
    report = till.closings.close("1", Closing(what, "counted twice", frozenset({left.id})), SUNIL)
    text = re.sub(r"\s+", " ", " ".join(till.report(report, 32)))
    for words in (
        "Z REPORT 2",
        "by Cara",
        "by Sunil Shift of Carl",
        "Bills 2 1/2627/1 to 1/2627/2",
        "Credit notes 1 1-R/2627/1 to 1-R/2627/1",
        "Sold 462.00 Given back -31.00 Net 431.00",
        "by Cash 31.00 by UPI 400.00",
        "Taxable at 5% 380.96",
        "Float 500.00 Cash kept of sales 62.00 Cash given back -31.00 Put in 200.00",
        "Drawer opened without a sale 1",
        "Cash expected 731.00 Cash counted 730.00 Cash difference Rs 1.00 short",
        "UPI expected 400.00 UPI counted 400.00 UPI difference exact",
        "by Cara to Carl",
        "500 x 1 500.00 200 x 1 200.00 20 x 1 20.00 10 x 1 10.00",
        "Open bills carried over: 1 8.00",
        "Reason: counted twice",
    ):
        assert words in text, words
