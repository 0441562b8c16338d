import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.labels import (
    DEFAULT_LAYOUTS,
    Label,
    Layout,
    Measure,
    check_digit,
    is_gtin,
    read_label,
    write_label,
)

WEIGHED, PRICED = DEFAULT_LAYOUTS
COUNTED = Layout.parse("0255CCCCNNNNk")


# Golden: these stand on labels that shops have stuck on goods, and must read the same for ever.
@pytest.mark.parametrize(
    ("barcode", "label"),
    [
        ("2100012012508", Label(plu=12, weight_milli=1250)),
        ("2100031002504", Label(plu=31, weight_milli=250)),
        ("2199999999995", Label(plu=99999, weight_milli=99999)),
        ("2300012062507", Label(plu=12, price_paise=6250)),
        ("2300063000015", Label(plu=63, price_paise=1)),
        ("0255006200248", Label(plu=62, pieces=24)),
    ],
)
def test_golden_labels(barcode, label):
    assert read_label(barcode, (*DEFAULT_LAYOUTS, COUNTED)) == label


@pytest.mark.parametrize(
    "barcode",
    [
        "8909950000172",  # a maker's barcode
        "2000012012501",  # in-store, but no layout has its prefix
        "21000120125",
        "21000120125082",
        "2१00012012508",  # digits of another script
        "210001201250X",
        "",
    ],
)
def test_what_is_no_label_of_the_shop(barcode):
    assert read_label(barcode) is None


@pytest.mark.parametrize(
    ("barcode", "code"),
    [
        ("2100012012503", "label-check-digit"),
        ("2300012062500", "label-check-digit"),
        ("2100012000000", "label-empty"),
        ("2300012000004", "label-empty"),
    ],
)
def test_labels_that_are_refused(barcode, code):
    with pytest.raises(Refused) as refused:
        read_label(barcode)
    assert refused.value.code == code


def test_the_first_layout_that_fits_is_taken():
    wide = Layout.parse("2CCCCCCWWWWWk")
    barcode = write_label(WEIGHED, 12, 1250)
    assert read_label(barcode, (WEIGHED, wide)) == Label(plu=12, weight_milli=1250)
    assert read_label(barcode, (wide, WEIGHED)) == Label(plu=100012, weight_milli=1250)
    assert read_label(barcode, ()) is None


@pytest.mark.parametrize(
    ("pattern", "layout"),
    [
        ("21CCCCCWWWWWk", Layout("21", 5, Measure.WEIGHT, 5)),
        ("23CCCCCPPPPPk", Layout("23", 5, Measure.PRICE, 5)),
        ("2CCCCCCNNNNNk", Layout("2", 6, Measure.COUNT, 5)),
        ("02CCCCWWWWWWk", Layout("02", 4, Measure.WEIGHT, 6)),
        ("0412345678CWk", Layout("0412345678", 1, Measure.WEIGHT, 1)),
    ],
)
def test_patterns(pattern, layout):
    assert Layout.parse(pattern) == layout
    assert layout.pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "21CCCCCWWWWWkk",
        "21CCCCWWWWWk",
        "21CCCCCWWWWWW",  # no check digit
        "21CCCCCCCCCCk",  # nothing measured
        "21WWWWWCCCCCk",
        "21CCCCCWWPPPk",
        "21CCCCCwwwwwk",
        "89CCCCCWWWWWk",  # makers' prefixes
        "01CCCCCWWWWWk",
        "CCCCCCCWWWWWk",
        "2१CCCCCWWWWWk",
        "21CCCCCWWWWWk\n",
    ],
)
def test_patterns_that_are_refused(pattern):
    with pytest.raises(Refused) as refused:
        Layout.parse(pattern)
    assert refused.value.code == "label-layout"


@pytest.mark.parametrize(
    ("plu", "value", "code"),
    [
        (12, 0, "label-empty"),
        (12, -1, "label-empty"),
        (12, 100_000, "label-room"),
        (100_000, 1, "label-room"),
        (-1, 1, "label-room"),
    ],
)
def test_labels_that_are_not_written(plu, value, code):
    with pytest.raises(Refused) as refused:
        write_label(WEIGHED, plu, value)
    assert refused.value.code == code


@st.composite
def layouts(draw):
    prefix = draw(st.from_regex(r"(2|0[24])[0-9]{0,3}", fullmatch=True))
    plu_digits = draw(st.integers(1, 11 - len(prefix)))
    return Layout(prefix, plu_digits, draw(st.sampled_from(Measure)), 12 - len(prefix) - plu_digits)


@given(layouts(), st.data())
def test_what_is_written_reads_back(layout, data):
    plu = data.draw(st.integers(0, 10**layout.plu_digits - 1))
    value = data.draw(st.integers(1, 10**layout.value_digits - 1))
    barcode = write_label(layout, plu, value)
    measured = {
        Measure.WEIGHT: "weight_milli",
        Measure.PRICE: "price_paise",
        Measure.COUNT: "pieces",
    }
    assert read_label(barcode, [layout]) == Label(plu, **{measured[layout.measure]: value})
    assert is_gtin(barcode)
    assert Layout.parse(layout.pattern) == layout


@pytest.mark.parametrize(
    ("digits", "check"),
    [("629104150021", 3), ("400638133393", 1), ("9638507", 4), ("03600029145", 2), ("0", 0)],
)
def test_check_digits(digits, check):
    assert check_digit(digits) == check


@pytest.mark.parametrize("text", ["", "12a", "१२", "-1"])
def test_a_check_digit_needs_digits(text):
    with pytest.raises(ValueError, match="digits"):
        check_digit(text)


@pytest.mark.parametrize(
    "code", ["96385074", "036000291452", "4006381333931", "6291041500213", "04006381333931"]
)
def test_gtins(code):
    assert is_gtin(code)


@pytest.mark.parametrize(
    "code", ["", "12", "4006381333932", "400638133393", "400638133393१", "0" * 9]
)
def test_no_gtins(code):
    assert not is_gtin(code)


@given(st.sampled_from([7, 11, 12, 13]), st.data())
def test_a_single_wrong_digit_is_always_found(length, data):
    body = data.draw(st.text("0123456789", min_size=length, max_size=length))
    code = f"{body}{check_digit(body)}"
    at = data.draw(st.integers(0, length))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != code[at]))
    assert is_gtin(code)
    assert not is_gtin(code[:at] + wrong + code[at + 1 :])
