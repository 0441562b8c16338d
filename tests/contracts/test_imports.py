"""What a start does not load: each of these costs the shopkeeper time, on a Pi much more."""

import json
import subprocess
import sys

import pytest

from tests.support.sources import ROOT

HEAVY = {
    "asyncio",
    "PIL",
    "barcode",
    "biip",
    "cryptography",
    "dbus_fast",
    "escpos",
    "evdev",
    "fido2",
    "nacl",
    "playhouse.migrations",
    "pydantic",
    "rich",
    "segno",
    "serial",
    "textual",
    "typer",
}


def loaded(code, *arguments):
    """The modules that a program of its own has loaded in the end."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}\nprint(json.dumps(list(sys.modules)))"]
        + [str(argument) for argument in arguments],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_heavy_are_there_to_be_loaded():
    # Else the tests below would hold for the wrong reason.
    assert loaded("\n".join(f"import {name}" for name in HEAVY)) >= HEAVY


def test_importing_the_till():
    assert loaded("import milkpos_tui.till") & HEAVY == set()


OPEN = """
from pathlib import Path
from milkpos_tui.home import Home
from milkpos_tui.till import Actor, open_till

with open_till(Home(Path(sys.argv[1]))) as till:
    checkout = till.checkout("1", Actor("asha"))
    checkout.key_in("12")
"""


def test_opening_a_till_and_keying_a_line_in(home):
    assert loaded(OPEN, home.path) & HEAVY == set()


def test_the_first_sale_loads_the_signature_alone(home):
    code = OPEN + "    checkout.key_in('+')\n"
    assert loaded(code, home.path) & HEAVY == {"nacl"}


def test_a_start_and_a_line_load_nothing_of_customers_and_orders(home):
    there = loaded(OPEN, home.path)
    for late in ("accounts", "buyers", "orders", "rates", "usual"):
        assert f"milkpos_tui.services.{late}" not in there
    assert "milkpos_tui.domain.usual" not in there


SIGN_IN = """
from pathlib import Path
from milkpos_tui.home import Home
from milkpos_tui.till import open_till

with open_till(Home(Path(sys.argv[1]))) as till:
    till.people.prove("asha", "482913", "tty1")
"""


def test_signing_in_by_a_pin_loads_nothing_of_fingers(home):
    there = loaded(SIGN_IN, home.path)
    assert {name for name in there if "finger" in name} == set()
    assert there & HEAVY == {"nacl"}


@pytest.mark.parametrize("package", ["milkpos_tui.domain.cart", "milkpos_tui.domain.bill"])
def test_the_rules_need_no_database(package):
    assert loaded(f"import {package}").isdisjoint({"peewee", "apsw", "schema", *HEAVY})
