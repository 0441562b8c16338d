"""`milkpos init`: a new till, or words why not and nothing left behind that is in the way."""

from stat import S_IMODE

import pytest

from milkpos_tui.home import Home
from milkpos_tui.till import open_till
from tests.commands.driving import OPEN_SHIFT, REFUSED, UNREACHABLE, USAGE, assert_words, run
from tests.support.tills import GSTIN, OWNER_PIN

NEEDED = {
    "--name": "Nandini Dairy",
    "--state-code": "29",
    "--tax-mode": "regular",
    "--owner": "asha",
    "--owner-name": "Asha",
}


def options(**change):
    """The options that are needed, with some changed, added, or by None left out."""
    given = NEEDED | {f"--{name.replace('_', '-')}": value for name, value in change.items()}
    return [word for name, value in given.items() if value is not None for word in (name, value)]


@pytest.fixture
def empty(tmp_path):
    """Where no till is yet: not even the folder."""
    return tmp_path / "new" / "till"


@pytest.fixture
def init(milkpos, empty):
    def make(*flags, pin=OWNER_PIN, home=empty, **change):
        return milkpos("init", *options(**change), *flags, home=home, pin=pin, operator=None)

    return make


# --- a till ---------------------------------------------------------------------------------


def test_a_new_till_sells_once_somebody_answers_for_its_drawer(empty):
    made = run("init", *options(), "--sample", "--json", home=empty, operator=None)
    assert (made.code, made.json) == (
        0,
        {"home": str(empty), "counter": "1", "owner": "asha"},
    )
    refused = run("ring", "--json", home=empty, operator=None, stdin="12\n")
    assert refused.documents[0]["error"]["code"] == "no-shift"
    assert run(*OPEN_SHIFT, home=empty, operator=None).code == 0
    sold = run("ring", "--json", home=empty, operator=None, stdin="12\n+\n")
    assert [document["ok"] for document in sold.documents] == [True, True]
    assert sold.documents[1]["bill"]["operator"] == "asha"
    assert run("audit", "verify", "--rebuild", home=empty).code == 0


def test_what_was_given_is_the_shop_s(init, milkpos, empty, clock):
    made = init(
        name="  Gopal \t Dairy ",
        gstin=GSTIN.lower(),
        fssai="11223344556677",
        address="14 Market Road",
        phone="98450 12345",
        upi="gopal@upi",
    )
    assert (made.code, made.err) == (0, "")
    with open_till(Home(empty), clock) as till:
        shop = till.shop
        assert (shop.name, shop.gstin, shop.fssai) == ("Gopal Dairy", GSTIN, "11223344556677")
        assert (shop.address, shop.phone) == ("14 Market Road", "98450 12345")
        assert (shop.upi_vpa, shop.state_code) == ("gopal@upi", "29")
        assert (shop.round_to_paise, shop.tax_mode) == (100, "regular")
        assert [(one.code, one.role) for one in till.people.operators()] == [("asha", "owner")]
        assert till.shops.counters() == ("1",)
        assert list(till.catalogue.items()) == []


@pytest.mark.parametrize(("flags", "step"), [((), 100), (("--no-round-off",), 1)])
def test_rounding(init, empty, clock, flags, step):
    assert init(*flags).code == 0
    with open_till(Home(empty), clock) as till:
        assert till.shop.round_to_paise == step


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("unregistered", "bill"), ("composition", "bill_of_supply"), ("regular", "tax_invoice")],
)
def test_the_tax_mode_is_the_documents(init, milkpos, empty, mode, kind):
    assert init("--sample", tax_mode=mode).code == 0
    assert milkpos(*OPEN_SHIFT, home=empty).code == 0
    sold = milkpos("ring", "--json", home=empty, stdin="62\n+\n")
    assert sold.documents[1]["bill"]["kind"] == kind


def test_the_sample_is_a_catalogue_of_dairy_items(init, milkpos, empty):
    assert init("--sample").code == 0
    products = milkpos("product", "list", "--json", home=empty).json
    assert len(products) > 50
    assert {"litre", "kg", "piece", "pack"} == {product["unit"] for product in products}


def test_only_its_owner_reads_it(init, empty):
    assert init().code == 0
    modes = {path: S_IMODE(path.stat().st_mode) for path in (empty, *empty.rglob("*"))}
    assert {path.name for path in modes} >= {"till.db", "keys", "node.key", "node.pub", "pepper"}
    assert {path: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}


def test_the_pin_is_nowhere_in_clear(init, empty):
    assert init().code == 0
    holding = [
        path.name
        for path in empty.rglob("*")
        if path.is_file() and OWNER_PIN.encode() in path.read_bytes()
    ]
    assert holding == []


@pytest.mark.parametrize("mode", ["composition", "regular"])
def test_a_missing_gstin_is_remarked_beside_the_result(init, mode):
    made = init("--json", tax_mode=mode)
    assert made.code == 0
    assert made.json["owner"] == "asha"
    assert "GSTIN" in made.err


def test_an_unregistered_shop_needs_no_gstin(init):
    assert init(tax_mode="unregistered").err == ""


# --- refused --------------------------------------------------------------------------------


def test_a_till_is_never_made_over_another(milkpos, home):
    before = home.database.read_bytes(), home.node_key.read_bytes()
    again = milkpos("init", *options(), operator=None)
    assert_words(again, REFUSED, str(home.path), "already")
    assert (home.database.read_bytes(), home.node_key.read_bytes()) == before


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_needed(init, empty, missing):
    made = init(**{missing.removeprefix("--").replace("-", "_"): None})
    assert_words(made, USAGE, missing)
    assert not empty.exists()


BAD = [
    ({"name": ""}, "name-missing"),
    ({"name": "\x1b \u202e"}, "name-missing"),
    ({"state_code": "2"}, "state-code"),
    ({"state_code": "77"}, "state-code"),
    ({"gstin": "29AAGCB7383J1Z5"}, "gstin"),  # its check digit
    ({"gstin": "27AAPFU0939F1ZV"}, "gstin"),  # of another state
    ({"gstin": GSTIN, "tax_mode": "unregistered"}, "gstin"),
    ({"fssai": "1122334455667"}, "fssai"),
    ({"upi": "gopal"}, "vpa"),
    ({"owner": ""}, "operator-code"),
    ({"owner": "as ha"}, "operator-code"),
    ({"owner": "a" * 13}, "operator-code"),
]


@pytest.mark.parametrize(("change", "code"), BAD, ids=str)
def test_a_bad_particular_is_refused_and_can_be_mended(init, milkpos, empty, change, code):
    made = init("--json", **change)
    assert (made.code, made.out) == (REFUSED, "")
    assert made.error["code"].startswith(code)
    assert not (empty / "till.db").exists()
    assert init("--sample").code == 0
    assert milkpos("audit", "verify", "--rebuild", home=empty).code == 0


@pytest.mark.parametrize(
    "change",
    [{"gstin": "29AAG CB738 3J1Z4"}, {"fssai": "1122 3344 556677"}],
    ids=lambda change: next(iter(change)),
)
def test_particulars_in_groups_as_on_a_certificate(init, empty, clock, change):
    assert init(**change).code == 0
    with open_till(Home(empty), clock) as till:
        ((name, given),) = change.items()
        assert getattr(till.shop, name) == given.replace(" ", "")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "१२३४५६"])
def test_a_pin_is_six_digits(init, empty, pin):
    assert_words(init(pin=pin), REFUSED, "6 digits")
    assert not empty.exists()


def test_without_a_pin_and_without_a_terminal(init, empty):
    assert_words(init(pin=None), USAGE, "MILKPOS_PIN")
    assert not empty.exists()


@pytest.mark.parametrize("mode", ["", "Regular ", "gst"])
def test_an_unknown_tax_mode(init, mode):
    assert_words(init(tax_mode=mode), USAGE, "unregistered", "composition", "regular")


def test_a_file_is_in_the_way(init, tmp_path):
    way = tmp_path / "file"
    way.write_text("not a folder")
    for home in (way, way / "till"):
        assert_words(init(home=home), UNREACHABLE, str(home))
    assert way.read_text() == "not a folder"


def test_a_refused_founding_leaves_no_database(init, empty):
    assert init(owner="not one word").code == REFUSED
    assert [path.name for path in empty.glob("till*")] == []


def test_a_founding_that_was_cut_off_begins_again(init, milkpos, empty):
    keys = empty / "keys"
    keys.mkdir(parents=True)
    for left in (keys / "node.key", keys / "node.pub", empty / "till.new", empty / "till.new-wal"):
        left.write_bytes(b"half")
    assert init("--sample").code == 0
    assert milkpos("audit", "verify", "--rebuild", home=empty).code == 0
    assert [path.name for path in empty.glob("till.new*")] == []
