"""Search by words: what is found, in which order, and that nothing typed is ever an error."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import parse_rates
from milkpos_tui.services.search import WORDS_MAX, Ranked, match_queries, rank
from tests.support.tills import GHEE, OWNER, SWEETS


def item(plu, name, category=""):
    return Item(plu, name, Unit.KG, 100, parse_rates("0"), category=category)


SHELF = [
    item(201, "Amul Gold Milk 500 ml", "milk"),
    item(202, "गाय का दूध", "दूध"),
    item(203, "Peda / पेड़ा", "mithai"),
    item(204, "Crème fraîche", "cream"),
    item(205, "Milk cake", "mithai"),
    item(206, "Toned milk (3%)", "milk"),
    item(207, "AND OR NOT NEAR", "words"),
    item(208, "7UP 250", "drinks"),
    item(209, "Cola [b]'x\" - 2*3^", "drinks"),
    item(210, "दूध पाउडर", "powder"),
    item(211, "நெய்", "ghee"),
    item(212, "한국 우유", "milk"),
]


@pytest.fixture(scope="module")
def shelf(lasting_till):
    for each in SHELF:
        lasting_till.catalogue.add(each, OWNER)
    return lasting_till.catalogue


def plus(found):
    return [each.plu for each in found]


# --- the query ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("milk", '"milk"*'),
        ("  Cow  MILK ", '"cow"* AND "milk"*'),
        ('mi"lk', '"mi"* AND "lk"*'),
        ("milk* OR -curd", '"milk"* AND "or"* AND "curd"*'),
        ("NEAR(a b, 2)", '"near"* AND "a"* AND "b"* AND "2"*'),
        ("name:x ^y {z}", '"name"* AND "x"* AND "y"* AND "z"*'),
        ("दूध", '"दूध"*'),
        ("a b c d e f", '"a"* AND "b"* AND "c"* AND "d"* AND "e"* AND "f"*'),
        ("a b c d e f g h", '"a"* AND "b"* AND "c"* AND "d"* AND "e"* AND "f"*'),
    ],
)
def test_words_are_quoted_prefixes(typed, query):
    first = query.partition(" AND ")[0]
    assert match_queries(typed) == (f"(name : ^{first}) AND ({query})", query)


@pytest.mark.parametrize("typed", ["🥛", "", '"', "-*()^:+' ", "\x00\ud800"])
def test_without_a_word_there_is_nothing_to_ask(typed):
    assert match_queries(typed) == ()


# --- the order ----------------------------------------------------------------------------------


def test_names_that_begin_so_come_first_then_the_smallest_plu():
    found = [
        Ranked(12, "Cow milk"),
        Ranked(90, "Milk powder"),
        Ranked(3, "Buffalo milk"),
        Ranked(70, "MILK peda"),
        Ranked(5, "Milkmaid"),
    ]
    assert [each.plu for each in rank("milk", found)] == [5, 70, 90, 3, 12]
    assert [each.plu for each in rank(" MILK  P", found)] == [70, 90, 3, 5, 12]
    assert rank("milk", []) == []


def test_the_order_of_what_is_found(shelf):
    assert plus(shelf.search("milk")) == [70, 205, 12, 201, 206, 212]
    assert plus(shelf.search("milk", 2)) == [70, 205]
    assert plus(shelf.search("c")) == [12, 31, 204, 209, 205]
    assert plus(shelf.search("mi")) == [70, 205, 12, 201, 203, 206, 212]


# --- what is found ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("milk c", [205, 12]),
        ("c milk", [12, 205]),  # in any order, each the beginning of a word
        ("milk mithai", [205]),  # name and category together
        ("cow buffalo", []),
        ("ilk", []),
        ("MILK CAKE", [205]),
        ("crème", [204]),
        ("creme", [204]),
        ("CRÈME FRAICHE", [204]),
        ("3%", [206, 209]),
        ("(3", [206, 209]),
        ("500", [110, 201]),
        ("7up", [208]),
        ("7", [208]),
        ("25", [208]),
        ("gold 5", [201]),
        ("and or", [207]),
        ("near", [207]),
        ("दूध", [210, 202]),
        ("गाय दूध", [202]),
        ("दू", [210, 202]),
        ("द", [210, 202]),
        ("का", [202]),
        ("पेड़ा", [203]),
        ("पेड़", [203]),
        ("pe पे", [203]),
        ("நெ", [211]),
        ("한", [212]),
        ("우유", [212]),
        ("cola 2 3", [209]),
        ("cola [b]", [209]),
        ("milk -cake", [205]),
        ("milk NOT cake", []),
        ("x", [209]),
    ],
)
def test_what_is_found(shelf, typed, found):
    assert plus(shelf.search(typed)) == found


@pytest.mark.parametrize("typed", ["", " ", "🥛", '"', "-", "*", "%", "_", "()", "^", "\x00"])
def test_where_there_is_no_word_nothing_is_found(shelf, typed):
    assert shelf.search(typed) == ()


def words_of(each):
    """Its words that are letters, digits and their marks alone."""
    words = f"{each.name} {each.category}".split()
    return [word for word in words if all(unicodedata.category(c)[0] in "LNM" for c in word)]


@given(data=st.data())
def test_the_beginning_of_every_word_finds_its_item(shelf, data):
    each = data.draw(st.sampled_from(SHELF))
    word = data.draw(st.sampled_from(words_of(each)))
    prefix = word[: data.draw(st.integers(1, len(word)))]
    typed = data.draw(st.sampled_from([prefix, prefix.upper(), f" {prefix} ", f"{prefix}*"]))
    assert each.plu in plus(shelf.search(typed, 64))


OPERATORS = [*"\"'-*^:+{}\x00)🥛", "NEAR(", "name:", "milk", "mi", "दूध", "a" * 300]
OPERATORS += ["AND", "OR", "NOT"]
TYPED = st.text() | st.lists(st.sampled_from(OPERATORS) | st.text(max_size=3)).map(" ".join)
TYPED |= st.lists(st.sampled_from(OPERATORS)).map("".join)


@settings(max_examples=300)
@example('milk"')
@example("milk AND")
@example("-milk")
@example("mi*lk")
@example("NEAR(milk cow, 3)")
@example("🥛🧈")
@example("\ud800milk")
@example("milk\x00cake")
@example("ǅ ß İ ﬁ")
@example("".join(map(chr, range(0x300, 0x340))))
@example("\U0001e030 \U000323b0 \U0001d2c0")  # letters that are newer than some tables
@given(typed=TYPED)
def test_whatever_is_typed_is_found_or_not_but_never_an_error(shelf, typed):
    found = shelf.search(typed)
    assert len(found) <= 12
    assert all(each.active for each in found)
    assert len(set(plus(found))) == len(found)
    if typed.isascii():
        words = "".join(c if c.isalnum() else " " for c in typed.casefold()).split()[:WORDS_MAX]
        for each in found:
            said = "".join(c if c.isalnum() else " " for c in plain(each)).split()
            assert all(any(one.startswith(word) for one in said) for word in words), each.name


def plain(each):
    """Without accents, as the index has it."""
    text = unicodedata.normalize("NFKD", f"{each.name} {each.category}".casefold())
    return "".join(c for c in text if not unicodedata.combining(c))


# --- what the till sells changes ----------------------------------------------------------------


def test_a_retired_item_is_not_found(till):
    assert plus(till.catalogue.search("ghee")) == [GHEE.plu]
    till.catalogue.retire(GHEE.plu, OWNER)
    assert till.catalogue.search("ghee") == ()
    assert till.catalogue.search("g") == ()


def test_an_item_with_another_name_is_found_by_that_alone(till):
    till.catalogue.change(SWEETS._replace(name="Barfi", category="mithai"), OWNER)
    assert till.catalogue.search("peda") == ()
    assert till.catalogue.search("sweets") == ()
    assert plus(till.catalogue.search("bar")) == [70]
    assert plus(till.catalogue.search("mith")) == [70]


def test_an_imported_item_is_found(till):
    till.catalogue.take_in([item(600, "Lassi"), SWEETS._replace(name="Halwa")], "00", OWNER)
    assert plus(till.catalogue.search("las")) == [600]
    assert plus(till.catalogue.search("halw")) == [70]
    assert till.catalogue.search("peda") == ()


@pytest.mark.parametrize("limit", [1, 12, 40])
def test_the_likeliest_is_first_among_many(till, limit):
    news = [item(plu, f"Amul {plu}", "dahi") for plu in range(1000, 1080)]
    news += [item(2000, "Dahi"), item(2001, "Dahi vada"), item(2002, "Amul dahi")]
    till.catalogue.take_in(news, "00", OWNER)
    expected = [2000, 2001, *range(1000, 1080)][:limit]
    assert plus(till.catalogue.search("dahi", limit)) == expected


def test_what_has_the_words_elsewhere_is_found_behind(till):
    news = [item(2000, "Dahi"), item(1000, "Amul dahi"), item(1001, "Amul", "dahi")]
    till.catalogue.take_in(news, "00", OWNER)
    assert plus(till.catalogue.search("dahi")) == [2000, 1000, 1001]
    assert plus(till.catalogue.search("dahi", 2)) == [2000, 1000]
    assert plus(till.catalogue.search("amul dahi")) == [1000, 1001]
