import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.labels import check_digit
from milkpos_tui.domain.scan import spellings


@pytest.mark.parametrize(
    ("article", "spelt"),
    [
        ("8909950000172", ("8909950000172",)),
        ("012345678905", ("012345678905", "0012345678905")),  # UPC-A, and its EAN
        ("0012345678905", ("0012345678905", "012345678905")),
        ("96385074", ("96385074",)),  # an EAN-8 is its own
        ("18909950000179", ("18909950000179",)),  # a case of twelve is no packet
        ("08909950000172", ("08909950000172", "8909950000172")),
        ("00012345678905", ("00012345678905", "0012345678905", "012345678905")),
    ],
)
def test_as_it_may_stand_in_the_catalogue(article, spelt):
    assert spellings(article) == spelt


@given(
    st.text("0123456789", min_size=7, max_size=13).filter(lambda body: len(body) in (7, 11, 12, 13))
)
def test_all_spellings_are_one_number(body):
    article = body + str(check_digit(body))
    spelt = spellings(article)
    assert spelt[0] == article
    assert {each.zfill(14) for each in spelt} == {article.zfill(14)}
    if len(article) in (12, 13):
        assert set(spellings(spelt[-1])) == set(spelt), "whichever is read, the same are tried"
