"""Customers: who is added, found, merged and erased, and what the journal never learns of them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.devices import Device, Role
from milkpos_tui.domain.devices import Kind as DeviceKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.printing import JobKind, JobState
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import entries, everything
from tests.support.tills import GHEE, OWNER

PRINTER = Device("printer", Role.PRINTER, "1", DeviceKind.USB, "/dev/usb/lp0")
MEENA = Customer(
    "",
    "12",
    3000_00,
    language="kn",
    name="Meena ಮೀನಾಕ್ಷಿ",
    phone="+91 98450 54321",
    consent_on="2026-11-01",
    address="7 Temple Street",
    lane="3rd Cross",
    notes="two gates",
    card="C0001234",
)
PERSONAL = ("Meena", "ಮೀನಾಕ್ಷಿ", "98450 54321", "Temple", "3rd Cross", "two gates", "C0001234")


@pytest.fixture
def meena(till):
    return till.customers.add(MEENA, OWNER)


def refusal(till, decide):
    """The code it is refused with, and nothing is written."""
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


# --- adding and changing ------------------------------------------------------------------------


def test_a_customer_is_as_they_were_added(till, meena):
    assert meena._replace(id="") == MEENA
    assert till.accounts.known("12") == meena
    assert till.accounts.by_id(meena.id) == meena
    assert till.accounts.by_card("C0001234") == meena
    assert list(till.accounts.all()) == [meena]


def test_a_code_is_given_where_none_is_said(till, meena):
    codes = [
        till.customers.add(Customer("", "", name=name), OWNER).code for name in ("Ravi", "Asha")
    ]
    assert codes == ["13", "14"]


def test_behind_the_last_code_the_lowest_that_is_free_is_given(till, meena):
    """Somebody took 999999, as a shop that numbers its farmers apart does."""
    till.customers.add(Customer("", "999999", name="Last"), OWNER)
    till.customers.add(Customer("", "1", name="First"), OWNER)
    codes = [till.customers.add(Customer("", "", name="New"), OWNER).code for _ in range(2)]
    assert codes == ["2", "3"]


def test_the_shop_s_limit_is_only_for_the_new(till, meena):
    assert till.customers.usual_limit() is None
    till.settings.change("credit-limit", "2500", OWNER)
    assert till.customers.usual_limit() == 2500_00
    assert till.accounts.known("12").limit_paise == 3000_00


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "12"}, "customer-taken"),
        ({"code": "x"}, "customer-code"),
        ({"code": "1234567"}, "customer-code"),
        ({"name": " \x1b "}, "name-missing"),
        ({"phone": "12"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"language": "english"}, "language"),
        ({"price_list": "cheap"}, "price-list"),
        ({"card": "C0001234"}, "card-taken"),
        ({"card": "123456"}, "card"),
        ({"card": "a b"}, "card"),
        ({"card": GHEE.barcodes[0]}, "card-taken"),
        ({"consent_on": "yes"}, "date"),
    ],
    ids=str,
)
def test_who_is_not_added(till, meena, change, code):
    new = Customer("", "20", name="New")._replace(**change)
    assert refusal(till, lambda: till.customers.add(new, OWNER)) == code


def test_a_change_is_an_entry_and_no_change_is_none(till, meena):
    after = till.customers.change(meena._replace(lane="4th Cross", limit_paise=None), OWNER)
    assert till.accounts.known("12") == after
    assert after.lane == "4th Cross"
    told = len(entries(till))
    till.customers.change(after, OWNER)
    assert len(entries(till)) == told


def test_another_code_is_found_and_the_old_one_is_not(till, meena):
    till.customers.change(meena._replace(code="77"), OWNER)
    assert till.accounts.find("12") is None
    assert till.accounts.search("77")[0].id == meena.id


def test_a_card_changes_hands_once_it_is_free(till, meena):
    ravi = till.customers.add(Customer("", "13", name="Ravi"), OWNER)
    taken = ravi._replace(card="C0001234")
    assert refusal(till, lambda: till.customers.change(taken, OWNER)) == "card-taken"
    till.customers.change(meena._replace(card=""), OWNER)
    till.customers.change(taken, OWNER)
    assert till.accounts.by_card("C0001234").code == "13"


def test_texts_are_cleaned(till):
    odd = Customer("", "5", name="  As\x1b[2Jha\u202e  K ", notes="a\nb")
    found = till.customers.add(odd, OWNER)
    assert (found.name, found.notes) == ("As[2Jha K", "a b")


# --- what the journal never learns ----------------------------------------------------------------


def test_no_entry_tells_who_a_customer_is(till, meena, key):
    till.customers.change(meena._replace(name="Meena Rao", lane="9th Cross"), OWNER)
    key("//12", "3*12", "+//")
    till.customers.erase(meena, OWNER)
    rows = till._db.connection().execute("SELECT content FROM entry").fetchall()
    whole = b"\n".join(bytes(content) for (content,) in rows).decode()
    assert "12" in whole
    for text in (*PERSONAL, "Rao", "9th Cross"):
        assert text not in whole


def test_the_digest_proves_the_card_and_is_salted(till, meena):
    double = till.customers.add(MEENA._replace(code="13", card=""), OWNER)
    twin = till.customers.add(MEENA._replace(code="14", card=""), OWNER)
    told = {entry.object: entry.body["digest"] for entry in entries(till, Kind.CUSTOMER_ADDED)}
    assert told[double.id] != told[twin.id]  # the same words, but nobody can tell
    assert till.customers.matches_journal(meena)
    assert not till.customers.matches_journal(meena._replace(phone="9845000000"))


def test_erased_from_the_file_itself(home, clock):
    with open_till(home, clock) as till:
        meena = till.customers.add(MEENA, OWNER)
        for name in ("Somebody else", "Nobody known"):
            meena = till.customers.change(meena._replace(name=name, notes="a dog"), OWNER)
        till.customers.erase(meena, OWNER)
        files = [path for path in home.path.rglob("*") if path.is_file()]  # the till goes on
        left = b"".join(path.read_bytes() for path in files)
        for text in (*PERSONAL, "Somebody", "Nobody", "dog"):
            assert text.encode() not in left, text
    left = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for text in (*PERSONAL, "meena", "9845054321", "temple", "dog"):
        assert text.encode() not in left, text


def test_erased_where_the_pages_of_many_were_split(home, clock):
    """Cards that moved to another page, as the table grew in any order, leave nothing behind."""
    chance = random.Random(2)
    with open_till(home, clock) as till:
        numbers = chance.sample(range(1, 401), 400)
        known = {}
        for number in numbers:
            one = Customer(
                "",
                str(number),
                name=f"Zqx{number:05d}vnm",
                phone=f"98{number:08d}",
                address="w" * chance.randrange(150),
                card=f"CARD{number:06d}Q",
                notes="n" * chance.randrange(150),
            )
            known[number] = till.customers.add(one, OWNER)
        for number in chance.choices(numbers, k=200):
            one = known[number]._replace(notes="m" * chance.randrange(199))
            known[number] = till.customers.change(one, OWNER)
        gone = chance.sample(numbers, 40)
        for number in gone:
            till.customers.erase(known[number], OWNER)
        assert till.customers.matches_journal(known[next(iter(known.keys() - set(gone)))])
    left = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for number in gone:
        for text in (f"qx{number:05d}vnm", f"98{number:08d}", f"CARD{number:06d}Q"):
            assert text.encode() not in left, text


def test_erased_from_what_was_printed_and_what_waits_to_be(home, clock):
    """A round's sheet has names and addresses, and a job is kept for a while."""
    with open_till(home, clock) as till:
        meena = till.customers.add(MEENA, OWNER)
        till.devices.add(PRINTER, OWNER)
        sheet = ["12 Meena ಮೀನಾ", "98450 54321 near the temple"]
        printed, waiting = (
            till.printing.queue("1", JobKind.TEXT, "round", sheet, OWNER).id for _ in range(2)
        )
        job = till.printing.next("1")
        assert job.id == printed
        assert till.printing.begin(job)
        till.printing.printed(job)
        till.customers.erase(meena, OWNER)
        left = till.printing.job(waiting)
        assert (left.content, left.state) == ("", JobState.DROPPED)
        assert till.printing.job(printed).state is JobState.PRINTED
        assert till.printing.open_jobs("1") == ()
        files = [path for path in home.path.rglob("*") if path.is_file()]
        assert b"near the temple" not in b"".join(path.read_bytes() for path in files)


def test_bills_and_balance_stay_when_somebody_is_erased(till, meena, key):
    bill = key("//12", "3*12", "+//").paid
    erased = till.customers.erase(meena, OWNER)
    assert (erased.name, erased.phone, erased.erased, erased.active) == ("", "", True, False)
    assert till.accounts.owed_paise(meena.id) == 186_00
    assert till.bills.by_number(bill.number).customer_code == "12"
    assert any("Customer 12" in row for row in till.slip(bill, 42))
    assert not any("Meena" in row for row in till.slip(bill, 42))
    assert till.accounts.search("meena") == ()
    with pytest.raises(Refused, match="no longer"):
        key("//12")
    assert refusal(till, lambda: till.customers.erase(erased, OWNER)) == "customer-erased"
    new = Customer("", "12", name="Somebody else")
    assert refusal(till, lambda: till.customers.add(new, OWNER)) == "customer-taken"


# --- doubles ------------------------------------------------------------------------------------


def test_a_double_is_read_with_the_one_it_was(till, meena, key):
    double = till.customers.add(Customer("", "45", name="Minu", card="C0009999"), OWNER)
    key("//12", "12", "+//")
    key("//45", "2*12", "+//")
    one = till.customers.merge(double, meena, OWNER)
    assert one.id == meena.id
    assert till.accounts.owed_paise(meena.id) == 186_00
    assert till.accounts.known("45").id == meena.id
    assert [found.code for found in till.accounts.search("minu")] == []
    assert [one.code for one in till.accounts.all(gone=True)] == ["12"]
    key("//45", "12", "+//")  # the old code chooses the one that is left
    assert till.accounts.owed_by_all() == {meena.id: 248_00}
    kinds = [entry.kind for entry in till.ledgers.statement(meena, None, None, OWNER).entries]
    assert kinds == ["sale", "sale", "sale"]


def test_only_what_the_card_lacks_comes_from_the_double(till):
    into = till.customers.add(Customer("", "1", name="Meena", phone="9845011111"), OWNER)
    double = till.customers.add(
        Customer("", "2", name="Minu", phone="9845022222", lane="Gate", card="C0009999"), OWNER
    )
    one = till.customers.merge(double, into, OWNER)
    assert (one.name, one.phone) == ("Meena", "9845011111")
    assert (one.lane, one.card) == ("Gate", "C0009999")
    assert till.accounts.by_card("C0009999").code == "1"
    assert till.customers.matches_journal(one)


def test_doubles_of_doubles(till, key):
    one, two, three = (
        till.customers.add(Customer("", code, name=f"Name {code}"), OWNER) for code in "123"
    )
    for code in "123":
        key(f"//{code}", "12", "+//")
    till.customers.merge(three, two, OWNER)
    till.customers.merge(two, one, OWNER)
    assert till.accounts.owed_paise(one.id) == 186_00
    assert {till.accounts.known(code).id for code in "123"} == {one.id}
    assert refusal(till, lambda: till.customers.merge(three, one, OWNER)) == "customer-same"
    assert refusal(till, lambda: till.customers.merge(one, two, OWNER)) == "customer-same"


def test_two_tills_that_merged_each_into_the_other(till, key):
    """While they were apart; the entries stand, and both are still one customer."""
    one, two = (till.customers.add(Customer("", code, name=f"Name {code}"), OWNER) for code in "12")
    key("//1", "12", "+//")
    key("//2", "12", "+//")
    with till.journal.transaction():
        for double, into in ((one, two), (two, one)):
            till.journal.append(Kind.CUSTOMER_MERGED, double.id, {"into": into.id}, OWNER)
    assert till.accounts.by_id(one.id).id == till.accounts.by_id(two.id).id
    assert till.accounts.owed_paise(one.id) == till.accounts.owed_paise(two.id) == 124_00
    assert sum(till.accounts.owed_by_all().values()) == 124_00


def test_one_code_given_at_two_tills(till, meena):
    """While they were apart; both stand, and the code asks for one of them to be changed."""
    body = {"code": "12", "digest": "ab" * 32, "limit_paise": None}
    body |= {"language": "en", "price_list": "khata"}
    with till.journal.transaction():
        till.journal.append(Kind.CUSTOMER_ADDED, "0" * 36, body, OWNER)
    with pytest.raises(Refused, match="change one of them") as refused:
        till.accounts.known("12")
    assert refused.value.code == "customer-code-twice"
    till.customers.change(meena._replace(code="13"), OWNER)
    assert till.accounts.known("12").id == "0" * 36


def test_the_journal_is_whole_after_all_of_it(home, clock):
    with open_till(home, clock) as till:
        meena = till.customers.add(MEENA, OWNER)
        double = till.customers.add(Customer("", "45", name="Minu"), OWNER)
        till.customers.merge(double, meena, OWNER)
        till.customers.erase(meena, OWNER)
    assert verify_home(home, rebuild=True).result is Result.GOOD


# --- searching ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "12",
        "meena",
        "MEE",
        "ಮೀನಾಕ್ಷಿ",
        "ಮೀನಾ",
        "98450",
        "9845054321",
        "919845054321",
        "4321",
        "54321",
        "3rd cross",
        "temple",
        "C0001234",
        "gates",
        "meena cross",
    ],
)
def test_found_by(till, meena, words):
    till.customers.add(Customer("", "500", name="Zoya", phone="9000000000"), OWNER)
    assert [one.code for one in till.accounts.search(words)] == ["12"]


def test_the_code_comes_first_then_names_that_begin_so(till):
    for code, name, notes in (("7", "Asha", "42"), ("42", "Zoya", ""), ("9", "Usha Asha", "")):
        till.customers.add(Customer("", code, name=name, notes=notes), OWNER)
    assert [one.code for one in till.accounts.search("42")] == ["42", "7"]
    assert [one.code for one in till.accounts.search("asha")] == ["7", "9"]


@pytest.mark.parametrize(
    "words", ["", " ", '"', "*", "AND", "meena OR 1", "-meena", "a" * 500, "(("]
)
def test_odd_words_are_found_or_not(till, meena, words):
    assert isinstance(till.accounts.search(words), tuple)


@given(st.text(max_size=40))
def test_any_words_are_found_or_not(lasting_till, words):
    assert isinstance(lasting_till.accounts.search(words), tuple)
