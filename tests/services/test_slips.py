import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.bill import Bill, BillLine, complete, credit_note
from milkpos_tui.domain.cart import Cart, CartLine, Discount, Tender, TenderKind
from milkpos_tui.domain.documents import COMPOSITION_NOTE, DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE
from milkpos_tui.domain.quantity import MILLI, QUANTITY_LIMIT_MILLI, Unit
from milkpos_tui.domain.tax import DatedRate, TaxMode, parse_percent, show_percent
from milkpos_tui.domain.text import width_of
from milkpos_tui.domain.words import amount_in_words
from milkpos_tui.services.paper import SLIP_COLUMNS
from milkpos_tui.services.records import BillRecord, Shop
from milkpos_tui.services.slips import qr_payload, slip

DAY = date(2026, 11, 23)
SHOP = Shop(
    "Sri Krishna Dairy & Sweets",
    "29",
    TaxMode.REGULAR,
    gstin="29AAGCB7383J1Z4",
    fssai="11223344556677",
    address="12 MG Road, Malleshwaram, Bengaluru 560003",
    phone="080 2344 5566",
    upi_vpa="krishna@okbank",
)


def milliseconds(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)


def item(name: str, unit: Unit, price_paise: int, rate_bp: int = 0, hsn: str = "") -> Item:
    return Item(1, name, unit, price_paise, (DatedRate(date.min, rate_bp),), hsn)


MILK = item("Cow Milk", Unit.LITRE, 56_00, 0, "0401")
PANEER = item("Paneer, loose", Unit.KG, 400_00, 0, "0406")
CURD = item("Malai Curd 400 g cup", Unit.PACK, 45_00, 5_00, "0403")
GHEE = item("Cow Ghee, granular, 1 litre jar", Unit.PIECE, 695_00, 5_00, "0405")
COLA = item("Cola 300 ml", Unit.PIECE, 20_00, 40_00, "2202")


def sold(*lines: CartLine, discount: Discount | None = None, step: int = 100) -> Cart:
    cart = Cart(round_to_paise=step)
    for number, line in enumerate(lines, 1):
        cart = cart.with_line(line._replace(id=number))
    return cart.with_discount(discount) if discount else cart


def paid(cart: Cart, mode: TaxMode = TaxMode.REGULAR) -> Bill:
    return complete(cart.with_tender(TenderKind.CASH, None), mode, DAY)


def some(thing: Item, qty_milli: int = MILLI) -> CartLine:
    return CartLine.by_quantity(1, thing, qty_milli)


def recorded(document: Bill, **more) -> BillRecord:
    record = BillRecord(
        id="0198",
        number="1/2627/345",
        at=milliseconds(2026, 11, 23, 1, 45),
        business_date="2026-11-23",
        shift=None,
        counter="1",
        operator="asha",
        customer=None,
        state="paid",
        document=document,
        original=None,
        original_number=None,
        reason="",
        returned_milli={},
        copies=0,
    )
    return record._replace(**more)


def shown(document: Bill, columns: int = 32, shop: Shop = SHOP, **more) -> list[str]:
    return slip(recorded(document, **more), shop, "Asha", columns)


BASKET = sold(
    some(MILK, 1500),
    CartLine.by_worth(1, PANEER, 50_00),
    some(CURD, 2000),
    some(GHEE).with_discount(Discount(paise=20_50)),
    some(COLA),
)
SALE = complete(
    BASKET.with_tender(TenderKind.UPI, 500_00, "412345678901").with_tender(TenderKind.CASH, 500_00),
    TaxMode.REGULAR,
    DAY,
)
NOTE = credit_note(SALE, {}, {1: 500, 4: 1000}, Tender(TenderKind.CASH, 0), 100)

SALE_32 = """
   Sri Krishna Dairy & Sweets
   12 MG Road, Malleshwaram,
        Bengaluru 560003
      Phone 080 2344 5566
     GSTIN 29AAGCB7383J1Z4
  FSSAI Lic No 11223344556677
--------------------------------
   INVOICE-CUM-BILL OF SUPPLY
No 1/2627/345          Counter 1
23-11-2026 07:15   Operator Asha
--------------------------------
Item (HSN)    Qty x rate  Amount
Cow Milk (0401)
           1.5 L x 56.00   84.00
Paneer, loose (0406)
       0.125 kg x 400.00   50.00
Malai Curd 400 g cup (0403)
            2 pk x 45.00   90.00
Cow Ghee, granular, 1 litre jar
(0405)     1 pc x 695.00
              less 20.50  674.50
Cola 300 ml (2202)
            1 pc x 20.00   20.00
--------------------------------
Items: 5
Subtotal                  918.50
Round off                   0.50
================================
                 TOTAL Rs 919.00
================================
UPI 412345678901          500.00
Cash                      500.00
Change                     81.00
--------------------------------
Taxable at 5%             728.10
CGST 2.5%                  18.20
SGST 2.5%                  18.20
Taxable at 40%             14.28
CGST 20%                    2.86
SGST 20%                    2.86
Exempt                    134.00
--------------------------------
       You saved Rs 20.50
     Thank you, come again
UPI:
upi://pay?pa=krishna@okbank&pn=S
ri%20Krishna%20Dairy%20%26%20Swe
ets&am=919.00&cu=INR&tr=1-2627-3
45
"""

SALE_42_DUPLICATE = """
        Sri Krishna Dairy & Sweets
12 MG Road, Malleshwaram, Bengaluru 560003
           Phone 080 2344 5566
          GSTIN 29AAGCB7383J1Z4
       FSSAI Lic No 11223344556677
------------------------------------------
        INVOICE-CUM-BILL OF SUPPLY
            *** DUPLICATE ***
No 1/2627/345                    Counter 1
23-11-2026 07:15             Operator Asha
------------------------------------------
Item (HSN)              Qty x rate  Amount
Cow Milk (0401)      1.5 L x 56.00   84.00
Paneer, loose (0406)
                 0.125 kg x 400.00   50.00
Malai Curd 400 g cup (0403)
                      2 pk x 45.00   90.00
Cow Ghee, granular, 1 litre jar (0405)
                     1 pc x 695.00
                        less 20.50  674.50
Cola 300 ml (2202)    1 pc x 20.00   20.00
------------------------------------------
Items: 5
Subtotal                            918.50
Round off                             0.50
==========================================
                           TOTAL Rs 919.00
==========================================
UPI 412345678901                    500.00
Cash                                500.00
Change                               81.00
------------------------------------------
Taxable at 5%                       728.10
CGST 2.5%                            18.20
SGST 2.5%                            18.20
Taxable at 40%                       14.28
CGST 20%                              2.86
SGST 20%                              2.86
Exempt                              134.00
------------------------------------------
Rupees Nine Hundred Nineteen Only
            You saved Rs 20.50
          Thank you, come again
UPI:
upi://pay?pa=krishna@okbank&pn=Sri%20Krish
na%20Dairy%20%26%20Sweets&am=919.00&cu=INR
&tr=1-2627-345
"""

SALE_48 = """
           Sri Krishna Dairy & Sweets
   12 MG Road, Malleshwaram, Bengaluru 560003
              Phone 080 2344 5566
             GSTIN 29AAGCB7383J1Z4
          FSSAI Lic No 11223344556677
------------------------------------------------
           INVOICE-CUM-BILL OF SUPPLY
No 1/2627/345                          Counter 1
23-11-2026 07:15                   Operator Asha
------------------------------------------------
Item (HSN)                    Qty x rate  Amount
Cow Milk (0401)            1.5 L x 56.00   84.00
Paneer, loose (0406)   0.125 kg x 400.00   50.00
Malai Curd 400 g cup (0403)
                            2 pk x 45.00   90.00
Cow Ghee, granular, 1 litre jar (0405)
                           1 pc x 695.00
                              less 20.50  674.50
Cola 300 ml (2202)          1 pc x 20.00   20.00
------------------------------------------------
Items: 5
Subtotal                                  918.50
Round off                                   0.50
================================================
                                 TOTAL Rs 919.00
================================================
UPI 412345678901                          500.00
Cash                                      500.00
Change                                     81.00
------------------------------------------------
Taxable at 5%                             728.10
CGST 2.5%                                  18.20
SGST 2.5%                                  18.20
Taxable at 40%                             14.28
CGST 20%                                    2.86
SGST 20%                                    2.86
Exempt                                    134.00
------------------------------------------------
Rupees Nine Hundred Nineteen Only
               You saved Rs 20.50
             Thank you, come again
UPI:
upi://pay?pa=krishna@okbank&pn=Sri%20Krishna%20D
airy%20%26%20Sweets&am=919.00&cu=INR&tr=1-2627-3
45
"""

NOTE_32 = """
   Sri Krishna Dairy & Sweets
   12 MG Road, Malleshwaram,
        Bengaluru 560003
      Phone 080 2344 5566
     GSTIN 29AAGCB7383J1Z4
  FSSAI Lic No 11223344556677
--------------------------------
          CREDIT NOTE
No 1-R/2627/7          Counter 1
23-11-2026 07:15   Operator Asha
Against bill 1/2627/345
Reason: turned sour on the way
home
--------------------------------
Item (HSN)    Qty x rate  Amount
Cow Milk (0401)
           0.5 L x 56.00   28.00
Cow Ghee, granular, 1 litre jar
(0405)     1 pc x 695.00
              less 20.50  674.50
--------------------------------
Items: 2
Subtotal                  702.50
Round off                   0.50
================================
                 TOTAL Rs 703.00
================================
REFUND Cash               703.00
--------------------------------
Taxable at 5%             642.38
CGST 2.5%                  16.06
SGST 2.5%                  16.06
Exempt                     28.00
--------------------------------
     Thank you, come again
"""


# --- as a reader sees it -------------------------------------------------------------------


def test_a_sale_on_32_columns():
    assert shown(SALE, 32) == SALE_32.splitlines()[1:]


def test_a_duplicate_on_42_columns():
    rows = slip(recorded(SALE), SHOP, "Asha", 42, duplicate=True)
    assert rows == SALE_42_DUPLICATE.splitlines()[1:]


def test_a_sale_on_48_columns():
    assert shown(SALE, 48) == SALE_48.splitlines()[1:]


def test_a_credit_note_on_32_columns():
    record = recorded(
        NOTE,
        number="1-R/2627/7",
        original_number="1/2627/345",
        reason="turned sour on the way home",
    )
    assert slip(record, SHOP, "Asha", 32) == NOTE_32.splitlines()[1:]


# --- what stands on it, and when -----------------------------------------------------------


@pytest.mark.parametrize("columns", [0, 31, 33, 40, 80])
def test_other_widths_are_refused(columns):
    with pytest.raises(Refused) as refused:
        shown(SALE, columns)
    assert refused.value.code == "slip-columns"


@pytest.mark.parametrize(
    ("mode", "lines", "heading"),
    [
        (TaxMode.REGULAR, [MILK], "BILL OF SUPPLY"),
        (TaxMode.REGULAR, [CURD], "TAX INVOICE"),
        (TaxMode.REGULAR, [MILK, CURD], "INVOICE-CUM-BILL OF SUPPLY"),
        (TaxMode.COMPOSITION, [MILK, CURD], "BILL OF SUPPLY"),
        (TaxMode.UNREGISTERED, [MILK, CURD], "BILL"),
    ],
)
def test_the_heading_and_what_goes_with_the_mode(mode, lines, heading):
    document = paid(sold(*map(some, lines)), mode)
    rows = shown(document, 48, SHOP._replace(tax_mode=mode))
    text = " ".join(" ".join(rows).split())
    assert heading in map(str.strip, rows)
    assert (COMPOSITION_NOTE in text) == (mode is TaxMode.COMPOSITION)
    assert ("(HSN)" in text) == (f"({lines[0].hsn})" in text) == (mode is TaxMode.REGULAR)
    taxed = mode is TaxMode.REGULAR and CURD in lines
    assert ("CGST" in text) == ("Taxable" in text) == taxed
    assert ("Exempt" in text) == (taxed and MILK in lines)


def test_goods_without_an_hsn_show_none():
    rows = shown(paid(sold(some(item("Matka", Unit.PIECE, 30_00)))))
    assert "Matka       1 pc x 30.00   30.00" in rows


def test_empty_particulars_leave_no_row():
    bare = Shop("Dairy", "29", TaxMode.UNREGISTERED)
    rows = shown(paid(sold(some(MILK)), TaxMode.UNREGISTERED), shop=bare)
    assert rows[:3] == ["             Dairy", "-" * 32, "              BILL"]
    assert "UPI:" not in rows


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (milliseconds(2026, 11, 22, 18, 29, 59), "22-11-2026 23:59"),
        (milliseconds(2026, 11, 22, 18, 30), "23-11-2026 00:00"),
        (milliseconds(2027, 1, 5, 13, 5) + 999, "05-01-2027 18:35"),
    ],
)
def test_the_time_is_indias(at, moment):
    assert any(row.startswith(f"{moment} ") for row in shown(SALE, at=at))


@pytest.mark.parametrize(
    ("price_paise", "step", "discount", "rows"),
    [
        (62_00, 100, None, []),
        (62_40, 1, None, []),
        (62_40, 100, None, ["Subtotal 62.40", "Round off -0.40"]),
        (62_50, 100, None, ["Subtotal 62.50", "Round off 0.50"]),
        (62_00, 100, Discount(paise=2_00), ["Subtotal 60.00"]),
        (62_00, 100, Discount(paise=1_50), ["Subtotal 60.50", "Round off 0.50"]),
    ],
)
def test_subtotal_and_round_off_only_where_they_tell_something(price_paise, step, discount, rows):
    cart = sold(some(item("Milk", Unit.LITRE, price_paise)), discount=discount, step=step)
    squeezed = [" ".join(row.split()) for row in shown(paid(cart))]
    start = squeezed.index("Items: 1") + 1
    assert squeezed[start : squeezed.index("=" * 32)] == rows


def test_a_discount_on_the_bill_shows_in_its_lines():
    rows = shown(paid(sold(some(MILK), some(PANEER), discount=Discount(paise=45_60))))
    assert [row.split() for row in rows if "less" in row] == [
        ["less", "5.60", "50.40"],
        ["less", "40.00", "360.00"],
    ]
    assert "You saved Rs 45.60" in map(str.strip, rows)


def test_no_discount_no_word_of_it():
    text = "\n".join(shown(paid(sold(some(MILK)))))
    assert "less" not in text
    assert "saved" not in text


def test_an_odd_rate_is_halved_exactly():
    rows = shown(paid(sold(some(item("Gem", Unit.PIECE, 1000_00, 25)))))
    assert {"Taxable at 0.25%", "CGST 0.125%", "SGST 0.125%"} <= {
        row.rpartition(" ")[0].rstrip() for row in rows
    }


def test_tax_between_states_is_one_head():
    line = SALE.lines[2]._replace(cgst_paise=0, sgst_paise=0, igst_paise=4_29, taxable_paise=85_71)
    document = paid(sold(some(CURD, 2000)))._replace(
        lines=(line,), cgst_paise=0, sgst_paise=0, igst_paise=4_29
    )
    squeezed = [" ".join(row.split()) for row in shown(document)]
    assert "IGST 5% 4.29" in squeezed
    assert not any("CGST" in row or "SGST" in row for row in squeezed)


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (TenderKind.CASH, "Cash"),
        (TenderKind.UPI, "UPI"),
        (TenderKind.CARD, "Card"),
        (TenderKind.KHATA, "Khata"),
    ],
)
def test_tenders_and_refunds(kind, label):
    document = paid(sold(some(MILK)))._replace(tenders=(Tender(kind, 56_00, "R 1"),))
    assert f"{label} R 1 56.00" in [" ".join(row.split()) for row in shown(document)]
    back = credit_note(document, {}, {1: MILLI}, Tender(kind, 0), 100)
    assert f"REFUND {label} 56.00" in [" ".join(row.split()) for row in shown(back)]


@pytest.mark.parametrize(("columns", "words"), [(32, False), (42, True), (48, True)])
def test_the_amount_in_words_where_there_is_room(columns, words):
    text = " ".join(shown(SALE, columns))
    assert (amount_in_words(SALE.total_paise) in text) == words


@pytest.mark.parametrize(
    ("qty_milli", "rate_bp", "buyer"),
    [(50_000, 5_00, True), (49_999, 5_00, False), (99_000, 0, False)],
)
def test_room_for_the_buyer_from_50000_taxable(qty_milli, rate_bp, buyer):
    document = paid(sold(some(item("Ghee", Unit.KG, 1050_00, rate_bp), qty_milli)))
    rows = shown(document)
    assert any(row.startswith("Buyer: ___") for row in rows) == buyer
    assert any(row.startswith("Address: ___") for row in rows) == buyer


def test_a_note_leaves_no_room_for_the_buyer():
    document = paid(sold(some(item("Ghee", Unit.KG, 1050_00, 5_00), 60_000)))
    back = credit_note(document, {}, {1: 60_000}, Tender(TenderKind.CASH, 0), 100)
    assert not any("Buyer" in row for row in shown(back))


@pytest.mark.parametrize("columns", SLIP_COLUMNS)
def test_the_largest_figures_fit_beneath_each_other(columns):
    line = BillLine(
        plu=1,
        name="Milk",
        qty_milli=QUANTITY_LIMIT_MILLI,
        unit=Unit.LITRE,
        rate_paise=MONEY_LIMIT_PAISE,
        list_rate_paise=MONEY_LIMIT_PAISE,
        discount_paise=MONEY_LIMIT_PAISE,
        amount_paise=MONEY_LIMIT_PAISE,
        taxable_paise=MONEY_LIMIT_PAISE,
        cgst_paise=0,
        sgst_paise=0,
        igst_paise=0,
        gst_rate_bp=0,
        hsn="0401",
    )
    tender = Tender(TenderKind.UPI, MONEY_LIMIT_PAISE, "9" * 40)
    document = Bill(
        DocumentKind.BILL_OF_SUPPLY,
        (line,),
        (tender,),
        *(MONEY_LIMIT_PAISE, 0, 0, 0, MONEY_LIMIT_PAISE, 0, MONEY_LIMIT_PAISE, 0),
    )
    rows = shown(document, columns)
    assert max(map(len, rows)) <= columns
    text = " ".join(" ".join(rows).split())
    assert "9999.999 L x 10,00,00,000.00 less 10,00,00,000.00 10,00,00,000.00" in text
    assert "TOTAL Rs 10,00,00,000.00" in text


# --- the payment link ----------------------------------------------------------------------


def test_the_link_asks_for_the_total():
    assert qr_payload(recorded(SALE), SHOP) == (
        "upi://pay?pa=krishna@okbank&pn=Sri%20Krishna%20Dairy%20%26%20Sweets"
        "&am=919.00&cu=INR&tr=1-2627-345"
    )


@pytest.mark.parametrize(
    ("document", "shop"),
    [
        (SALE, SHOP._replace(upi_vpa="")),
        (NOTE, SHOP),
        (paid(sold(some(MILK), discount=Discount(rate_bp=100_00))), SHOP),
        (SALE, SHOP._replace(upi_vpa="no address")),
        (SALE, SHOP._replace(name="\x1b\u202e")),
    ],
    ids=["no-address", "credit-note", "nothing-to-pay", "bad-address", "nameless"],
)
def test_without_a_link_the_slip_is_whole_but_for_it(document, shop):
    assert qr_payload(recorded(document), shop) == ""
    rows = shown(document, shop=shop)
    assert "UPI:" not in rows
    assert rows[-1].strip() == "Thank you, come again"


# --- whatever is sold ----------------------------------------------------------------------

HOSTILE = st.text(
    st.sampled_from("\x00\x1b\x1d\n\r\t\x7f\x9b\u202e\u2066\u200b\ud800₹½éﷺदूध牛 -(")
    | st.characters(),
    max_size=60,
)
PLAIN = st.from_regex(r"[A-Z][a-z]{1,9}( [a-z]{1,40}){0,3}", fullmatch=True)


@st.composite
def items(draw, names):
    return item(
        draw(names),
        draw(st.sampled_from(Unit)),
        draw(st.integers(10_00, 5_00_000_00)),
        draw(st.sampled_from([0, 0, 25, 5_00, 18_00, 40_00])),
        draw(st.sampled_from(["", "0401", "04059020"])),
    )


@st.composite
def cart_lines(draw, names):
    thing = draw(items(names))
    if not thing.unit.whole_only and draw(st.booleans()):
        least = thing.price_paise // MILLI + 1
        line = CartLine.by_worth(1, thing, draw(st.integers(least, 9 * thing.price_paise)))
    else:
        step = thing.unit.usual_step_milli
        line = CartLine.by_quantity(1, thing, step * draw(st.integers(1, 9_000 // step)))
    return line.with_discount(draw(discounts(line.amount_paise)))


def discounts(most_paise: int):
    return (
        st.just(Discount())
        | st.integers(1, 100_00).map(lambda rate_bp: Discount(rate_bp=rate_bp))
        | st.integers(1, most_paise).map(lambda paise: Discount(paise=paise))
    )


@st.composite
def documents(draw, names=PLAIN):
    """Sales, and credit notes for a part of them."""
    lines = draw(st.lists(cart_lines(names), min_size=1, max_size=6))
    cart = sold(*lines, step=draw(st.sampled_from([1, 100])))
    if cart.amounts_paise:
        cart = cart.with_discount(draw(discounts(cart.amounts_paise)))
    if cart.due_paise > 1:
        part = draw(st.integers(1, cart.due_paise - 1))
        cart = cart.with_tender(TenderKind.UPI, part, draw(names))
        cart = cart.with_tender(TenderKind.CASH, cart.due_paise + draw(st.integers(0, 500_00)))
    else:
        cart = cart.with_tender(TenderKind.CASH, None)
    document = complete(cart, draw(st.sampled_from(TaxMode)), DAY)
    return draw(st.just(document) | credit_notes(document, cart.round_to_paise))


@st.composite
def credit_notes(draw, document, step):
    numbers = range(1, len(document.lines) + 1)
    back = {
        number: document.lines[number - 1].qty_milli
        for number in draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))
    }
    return credit_note(document, {}, back, Tender(TenderKind.CARD, 0), step)


COLUMNS = st.sampled_from(SLIP_COLUMNS)


@st.composite
def hostile_shops(draw):
    return Shop(
        draw(HOSTILE),
        "29",
        draw(st.sampled_from(TaxMode)),
        gstin=draw(HOSTILE),
        fssai=draw(HOSTILE),
        address=draw(HOSTILE),
        phone=draw(HOSTILE),
        upi_vpa=draw(st.sampled_from(["", "krishna@okbank"]) | HOSTILE),
    )


def paise(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def figures(rows: list[str], pattern: str) -> list[int]:
    """The amounts, in paise, of the rows that a pattern with one group fits from its start."""
    return [paise(match[1]) for row in rows if (match := re.match(pattern, row))]


@given(documents(HOSTILE), hostile_shops(), HOSTILE, HOSTILE, COLUMNS, st.booleans())
def test_nothing_but_ascii_and_indic_letters_within_the_paper(
    document, shop, operator, words, columns, duplicate
):
    record = recorded(document, number=words, counter=words, original_number=words, reason=words)
    for row in slip(record, shop, operator, columns, duplicate=duplicate):
        assert width_of(row) <= columns
        assert re.fullmatch("[ -~\u0900-\u0d7f\u200c\u200d]*", row)
        assert row == row.rstrip()


def test_an_indic_name_stands_on_the_slip_as_it_is():
    rows = shown(paid(sold(some(MILK._replace(name="गाय का दूध")))))
    (row,) = [row for row in rows if "गाय का दूध" in row]
    assert width_of(row) <= 32


def test_no_space_is_left_before_a_word_that_is_cut():
    rows = shown(NOTE, original_number=f"{'0' * 18} {'0' * 36}")
    assert [row for row in rows if row != row.rstrip()] == []


@given(documents(), COLUMNS, st.booleans())
def test_duplicate_is_said_once_if_it_is_one(document, columns, duplicate):
    rows = slip(recorded(document), SHOP, "Asha", columns, duplicate=duplicate)
    assert "\n".join(rows).count("*** DUPLICATE ***") == int(duplicate)


@given(documents(), COLUMNS)
def test_the_slip_adds_up_to_the_bill(document, columns):
    rows = shown(document, columns)
    total_at = rows.index("=" * columns) + 1
    assert figures([rows[total_at]], r" *TOTAL Rs ([\d,.]+)$") == [document.total_paise]

    above = rows[:total_at]
    amounts = figures(above[above.index("-" * columns) :], r"(?:.*  )?([\d,]+\.\d\d)$")
    round_off = figures(above, r"Round off +(-?[\d,.]+)$")
    if document.discount_paise or document.round_off_paise:
        amounts.remove(document.total_paise - document.round_off_paise)  # the subtotal
    for paid_off in round_off:
        if paid_off > 0:
            amounts.remove(paid_off)
    assert sum(amounts) + sum(round_off) == document.total_paise

    below = rows[total_at + 2 :]
    given_back = figures(below, r"Change +([\d,.]+)$")
    tendered = below[: next(i for i, row in enumerate(below) if row[:7] in ("Change ", "-------"))]
    money = figures(tendered, r"(?:.* )?([\d,]+\.\d\d)$")
    assert sum(money) - sum(given_back) == document.total_paise


@given(documents(), COLUMNS)
def test_the_tax_summary_adds_up_to_the_bill(document, columns):
    rows = shown(document, columns)
    rates = {line.gst_rate_bp for line in document.lines if line.gst_rate_bp}
    by_rate = {
        parse_percent(match[1]): paise(match[2])
        for row in rows
        if (match := re.match(r"Taxable at ([\d.]+)% +([\d,.]+)$", row))
    }
    assert set(by_rate) == rates
    cgst = figures(rows, r"CGST [\d.]+% +([\d,.]+)$")
    sgst = figures(rows, r"SGST [\d.]+% +([\d,.]+)$")
    exempt = figures(rows, r"Exempt +([\d,.]+)$")
    assert len(cgst) == len(sgst) == len(rates)
    assert (sum(cgst), sum(sgst)) == (document.cgst_paise, document.sgst_paise)
    if rates:
        assert sum(by_rate.values()) + sum(exempt) == document.taxable_paise
        for rate_bp, taxable in by_rate.items():
            of_rate = [line for line in document.lines if line.gst_rate_bp == rate_bp]
            assert taxable == sum(line.taxable_paise for line in of_rate), show_percent(rate_bp)
    else:
        assert not exempt


@given(documents(), COLUMNS)
def test_the_link_stands_whole_at_the_end(document, columns):
    record = recorded(document)
    rows = slip(record, SHOP, "Asha", columns)
    payload = qr_payload(record, SHOP)
    sale = document.kind is not DocumentKind.CREDIT_NOTE
    assert bool(payload) == ("UPI:" in rows) == (sale and document.total_paise > 0)
    if payload:
        assert "".join(rows[rows.index("UPI:") + 1 :]) == payload
