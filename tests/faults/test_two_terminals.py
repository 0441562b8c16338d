"""Two terminals at one customer's khata: real processes, at the same moment."""

from contextlib import ExitStack

from milkpos_tui.services.accounts import Customer
from milkpos_tui.till import MachineClock, open_till
from tests.commands.driving import PATIENCE_S, REFUSED, found, run, running
from tests.support.tills import OWNER

OWED_PAISE = 500_00
AMOUNTS = ("50", "70", "90")


def test_the_same_payment_at_two_terminals_is_received_once(tmp_path):
    """An equal amount within a minute asks, and whoever is second is asked: none is taken twice,
    and none is lost."""
    home = found(tmp_path, MachineClock())
    with open_till(home) as till:
        till.customers.add(Customer("", "12", name="Meena"), OWNER)
        till.khata.adjust("12", OWED_PAISE, "the old book", "1", OWNER)
    with ExitStack() as stack:
        terminals = {
            (amount, number): stack.enter_context(
                running("--json", "khata", "receive", "12", amount, home=home)
            )
            for amount in AMOUNTS
            for number in (1, 2)
        }
        ended = {
            place: (process.communicate(timeout=PATIENCE_S), process.returncode)
            for place, process in terminals.items()
        }
    for amount in AMOUNTS:
        (first, code), (second, refused) = sorted(
            (ended[amount, number] for number in (1, 2)), key=lambda end: end[1]
        )
        assert (code, refused) == (0, REFUSED), (first, second)
        assert '"payment-again"' in second[1]
    shown = run("--json", "khata", "show", "12", home=home).json
    assert shown["balance_paise"] == OWED_PAISE - 50_00 - 70_00 - 90_00
    assert run("--json", "khata", "receive", "12", "50", "--again", home=home).code == 0
    assert run("audit", "verify", "--rebuild", home=home).code == 0
