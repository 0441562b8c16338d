import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.tares import TARE_MAX_GRAMS, TARES_MAX, Tare, parse_tares
from milkpos_tui.domain.text import clean


@pytest.mark.parametrize(
    ("text", "tares"),
    [
        ("", ()),
        (" , ,", ()),
        ("dabba=120", (Tare("dabba", 120),)),
        (" dabba = 120 g , 5 L can=940g,", (Tare("dabba", 120), Tare("5 L can", 940))),
        ("a=b=7", (Tare("a=b", 7),)),
        (f"drum={TARE_MAX_GRAMS}", (Tare("drum", TARE_MAX_GRAMS),)),
    ],
)
def test_containers(text, tares):
    assert parse_tares(text) == tares


@pytest.mark.parametrize(
    "text",
    [
        "dabba",
        "=120",
        "dabba=",
        "dabba=0",
        "dabba=-5",
        "dabba=1.5",
        "dabba=120 kg",
        "dabba=१२०",  # digits of another script
        "dabba=²",
        f"dabba={TARE_MAX_GRAMS + 1}",
        "dabba=000120",  # six digits
        "dabba=120, DABBA=130",
        "\x1b=120",
        ",".join(f"can {number}=1" for number in range(TARES_MAX + 1)),
    ],
)
def test_what_is_no_container(text):
    with pytest.raises(Refused) as refused:
        parse_tares(text)
    assert refused.value.code == "setting-value"


names = st.text(min_size=1, max_size=30).map(clean).filter(lambda name: name and "," not in name)


@given(st.dictionaries(names, st.integers(1, TARE_MAX_GRAMS), max_size=TARES_MAX))
def test_what_is_written_is_read(grams):
    if len({name.casefold() for name in grams}) < len(grams):
        return
    text = ", ".join(f"{name}={number}" for name, number in grams.items())
    assert parse_tares(text) == tuple(Tare(clean(name), number) for name, number in grams.items())


@given(st.text())
def test_anything_is_containers_or_refused(text):
    try:
        tares = parse_tares(text)
    except Refused:
        return
    assert all(clean(tare.name) == tare.name and tare.grams > 0 for tare in tares)
