"""Cash as it is counted: read, added up, written again; what can't be counted is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cash import (
    DENOMINATIONS,
    PIECES_MAX,
    Count,
    count_of,
    parse_count,
    pieces_for,
)
from milkpos_tui.domain.errors import Refused

denominations = st.sampled_from(DENOMINATIONS)
counts = st.builds(
    count_of, st.dictionaries(denominations, st.integers(0, PIECES_MAX)).map(dict.items)
)


@pytest.mark.parametrize(
    ("text", "written", "paise"),
    [
        ("500=2,100=7,10=3", "500=2,100=7,10=3", 1730_00),
        ("10=3,500=2", "500=2,10=3", 1030_00),
        (" 100 = 7 ", "100=7", 700_00),
        ("100x7", "100=7", 700_00),
        ("100*7", "100=7", 700_00),
        ("100=3,500=1,100=4", "500=1,100=7", 1200_00),
        ("100=0", "", 0),
        ("2000=1", "2000=1", 2000_00),
        ("1=99999", "1=99999", 99_999_00),
        ("100=007", "100=7", 700_00),
        ("100=7,", "100=7", 700_00),
        ("", "", 0),
        (" , ", "", 0),
    ],
)
def test_a_count_is_read(text, written, paise):
    count = parse_count(text)
    assert (str(count), count.paise) == (written, paise)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25=4", "denomination"),
        ("0=4", "denomination"),
        ("1000=1", "denomination"),
        ("-500=1", "denomination"),
        ("500=-1", "count-negative"),
        ("500=2,500=-2", "count-negative"),
        ("500=100000", "count-limit"),
        ("500=99999,500=1", "count-limit"),
        ("500=999999999", "count-limit"),
        ("500", "count-unreadable"),
        ("500=", "count-unreadable"),
        ("=2", "count-unreadable"),
        ("500=2.5", "count-unreadable"),
        ("500=2=3", "count-unreadable"),
        ("500=two", "count-unreadable"),
        ("500=1e3", "count-unreadable"),
        ("500=1_0", "count-unreadable"),
        ("500 2", "count-unreadable"),
        ("५००=२", "count-unreadable"),  # digits, but not the keypad's
        ("500=" + "9" * 5000, "count-unreadable"),  # more digits than int() takes
        ("100=7;10=3", "count-unreadable"),
        ("[b]=2", "count-unreadable"),
    ],
)
def test_what_is_no_count(text, code):
    with pytest.raises(Refused) as refused:
        parse_count(text)
    assert refused.value.code == code


def test_words_for_a_denomination_there_is_none_of():
    with pytest.raises(Refused, match="no note or coin of Rs 25, only 2000, 500, 200, 100, 50"):
        parse_count("25=4")


@given(counts)
def test_a_count_that_was_written_is_read_again(count):
    assert parse_count(str(count)) == count
    assert len(str(count)) <= 200  # what the database keeps of it


@given(st.lists(st.tuples(denominations, st.integers(0, 999)), max_size=30))
def test_it_adds_up(pieces):
    count = count_of(pieces)
    assert count.paise == sum(rupees * number * 100 for rupees, number in pieces)
    rupees = [rupees for rupees, _number in count.pieces]
    assert rupees == sorted(set(rupees), reverse=True)
    assert all(number > 0 for _rupees, number in count.pieces)
    assert count == count_of(reversed(pieces))


@given(st.text(alphabet="0123456789=x*,- \t.५a", max_size=30))
def test_any_text_is_a_count_or_is_refused(text):
    with suppress(Refused):
        count = parse_count(text)
        assert parse_count(str(count)) == count


def test_an_empty_drawer():
    assert parse_count("") == count_of([]) == Count()
    assert (Count().paise, str(Count())) == (0, "")


# --- the fewest pieces --------------------------------------------------------------------------


def test_the_fewest_pieces():
    fewest = [0]
    for rupees in range(1, 4101):
        fewest.append(1 + min(fewest[rupees - one] for one in DENOMINATIONS if one <= rupees))
        count = pieces_for(rupees)
        assert count.paise == rupees * 100
        assert sum(number for _rupees, number in count.pieces) == fewest[rupees]


def test_no_rupees_take_no_pieces():
    assert pieces_for(0) == Count()


@pytest.mark.parametrize(("rupees", "code"), [(-1, "count-negative"), (10**12, "count-limit")])
def test_what_no_pieces_make(rupees, code):
    with pytest.raises(Refused) as refused:
        pieces_for(rupees)
    assert refused.value.code == code
