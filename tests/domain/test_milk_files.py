"""Rates for milk from CSV: taken whole, or refused whole with the lines and the reasons."""

from datetime import date

import pytest

from milkpos_tui.domain.collection import Basis, Milk, Rates
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.milk_files import ROWS_MAX, read_chart, read_rates

CHART = b"fat,8.0,8.1\n3.5,34.10,34.40\n\n3.6,34.60,34.90\n"
RATES = b"since,milk,fat_kg,snf_kg\n2026-11-01,,350,240\n2026-01-01,Buffalo,400,260.50\n"


def test_a_chart():
    chart = read_chart(CHART, Basis.KG)
    assert chart == (Basis.KG, (350, 360), (800, 810), ((3410, 3440), (3460, 3490)))


def test_a_chart_as_a_spreadsheet_saves_it():
    assert read_chart(b"\xef\xbb\xbf" + CHART.replace(b"\n", b"\r\n"), Basis.KG) == read_chart(
        CHART, Basis.KG
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: a chart has"),
        (b"fat,8.0\n", "line 1: a chart has"),
        (b"fat\n3.5\n", "line 1: a chart has"),
        (CHART.replace(b"34.40", b"34.4x"), "line 2: '34.4x' is not an amount"),
        (CHART.replace(b"34.40", b"34.401"), "line 2: '34.401': an amount has at most two"),
        (CHART.replace(b"34.40", b"0"), "line 2: '0' is no rate"),
        (CHART.replace(b"34.40", b"3440000"), "line 2: '3440000' is no rate"),
        (CHART.replace(b",34.90", b""), "line 4: it has 2 cells, the first row 3"),
        (CHART.replace(b"3.6", b"3.4"), "line 4: fat 3.4 comes after 3.5"),
        (CHART.replace(b"3.6", b"36"), "line 4: fat 36.0 is none that milk has"),
        (CHART.replace(b"8.1", b"8.0"), "line 1: SNF 8.0 comes after 8.0"),
        (CHART.replace(b"8.1", b"SNF"), "line 1: 'SNF' is not a reading"),
        (CHART.replace(b"34.90", b"34.09"), "line 4: a rate is lower"),
        (CHART.replace(b"34.60,34.90", b"34.00,34.90"), "line 4: a rate is lower"),
        (CHART.replace(b"34.40", b"\xff"), "line 2: the file is not UTF-8"),
        (CHART.replace(b"34.40", b'"34.40'), "line 4: unexpected end of data"),
        (b"fat,8.0\n" + b"3.5,34\n" * ROWS_MAX, "at most 2,000 lines"),
    ],
)
def test_a_bad_chart_is_refused_whole(content, words):
    with pytest.raises(Refused) as refused:
        read_chart(content, Basis.LITRE)
    assert refused.value.code == "milk-file"
    assert words in refused.value.message


def test_every_fault_is_told_up_to_ten():
    rows = b"".join(b"3.%02d,x\n" % number for number in range(12))
    with pytest.raises(Refused) as refused:
        read_chart(b"fat,8.0\n" + rows, Basis.LITRE)
    assert refused.value.message.count("line ") == 10
    assert refused.value.message.endswith("and 2 more")


def test_rates_sorted_by_day():
    assert read_rates(RATES) == (
        Rates(date(2026, 1, 1), 400_00, 260_50, Milk.BUFFALO),
        Rates(date(2026, 11, 1), 350_00, 240_00, None),
    )


def test_rates_without_a_column_of_milk():
    assert read_rates(b"Since, fat_kg,snf_kg\n2026-11-01,350,240\n")[0].milk is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the column fat_kg is missing"),
        (b"since,fat_kg,snf_kg\n", "line 1: there is no rate"),
        (RATES.replace(b"snf_kg", b"snf"), "line 1: the column snf_kg is missing"),
        (RATES.replace(b"milk", b"cow"), "line 1: it has other columns"),
        (RATES.replace(b"2026-11-01", b"01-11-2026"), "line 2: '01-11-2026' is not a date"),
        (RATES.replace(b"Buffalo", b"goat"), "line 3: 'goat' is no milk"),
        (RATES.replace(b",240", b""), "line 2: it has 3 cells, not 4"),
        (RATES + b"2026-11-01,,351,240\n", "line 4: 2026-11-01 is there twice"),
    ],
)
def test_bad_rates_are_refused_whole(content, words):
    with pytest.raises(Refused) as refused:
        read_rates(content)
    assert refused.value.code == "milk-file"
    assert words in refused.value.message
