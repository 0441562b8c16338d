"""SIGKILL in the middle of a month's run: run again it goes on where it stopped, and comes to what
an unkilled run comes to."""

import os
import shutil
from datetime import timedelta

from milkpos_tui.domain.month import month_of
from milkpos_tui.home import Home
from milkpos_tui.services.accounts import Customer
from milkpos_tui.till import MachineClock, open_till
from tests.commands.driving import found, run, running
from tests.support.tills import OWNER

CUSTOMERS = 60
KILLED_AT = (1, 20, 23, 58)  # the bill after which somebody pulls the plug


def test_a_run_killed_again_and_again_is_as_one_that_was_not(tmp_path):
    killed = found(tmp_path, MachineClock())
    with open_till(killed) as till:
        before = month_of(till.today()).first - timedelta(1)
        for number in range(1, CUSTOMERS + 1):
            till.customers.add(Customer("", str(number), name="Somebody"), OWNER)
            till.khata.adjust(str(number), number * 100_00, "the old book", "1", OWNER, before)
    undisturbed = Home(shutil.copytree(killed.path, tmp_path / "undisturbed"))
    which = month_of(before)
    month = str(which)

    held = 0
    for place in KILLED_AT:
        run_and_kill(killed, month, place)
        listed = run("--json", "month", "list", month, home=killed).json
        assert len(listed) >= max(held, place)
        held = len(listed)
    last = run("--json", "month", "run", month, home=killed).json
    assert (last["held"], last["issued"]) == (held, CUSTOMERS - held)
    assert run("--json", "month", "run", month, home=undisturbed).json["issued"] == CUSTOMERS

    bills = bills_of(killed, which)
    assert sorted(map(serial, bills.values())) == list(range(1, CUSTOMERS + 1))
    assert bills == bills_of(undisturbed, which)
    assert run("audit", "verify", "--rebuild", home=killed).code == 0


def run_and_kill(home, month, place):
    """A run in sight of somebody, who kills it when its bar has come so far."""
    master, slave = os.openpty()
    with running("month", "run", month, home=home, stderr=slave) as process:
        os.close(slave)
        seen = b""
        while f" {place}/{CUSTOMERS}".encode() not in seen:
            seen += os.read(master, 200)
        process.kill()
        process.wait()
    os.close(master)


def serial(bill):
    return int(bill.number.rpartition("/")[2])


def bills_of(home, month):
    """All that stands on each customer's bill, by code."""
    with open_till(home) as till:
        return {one.customer.code: one.paper.bill for one in till.months.stands(month, OWNER)}
