"""SIGKILL in the middle of selling (fault 5): what was acknowledged is in the books, and the rest
is as if the last key had not been pressed."""

import random
import subprocess
from datetime import date
from itertools import count

import pytest

from milkpos_tui.till import MachineClock, open_till, verify_home
from tests.commands.driving import PATIENCE_S, found, run, running
from tests.support.tills import OWNER, make_home, open_sample_till

KILLS = 20
SEED = 20261123
ACKNOWLEDGED_MAX = 40
AHEAD = 60  # key-ins that lie in the pipe when the process is killed


def key_ins():
    """What is keyed, for ever: each bill differs from all others by its eggs."""
    for n in count(1):
        eggs = f"{n}*40"
        yield from ("3*12", eggs, "+")
        yield from (eggs, "31", "*2", "-", "+-5", "+2", "+/")
        yield from ("12", ".", eggs, "/50*70", "+*", ".1", "*-10", "+100")
        yield from (eggs, "--")


def books(till):
    """All that key-ins change: the documents in the order of their numbers, which must be gapless;
    the open bill; the held ones."""
    bills = sorted(till.bills.between(date.min, date.max), key=lambda bill: serial(bill.number))
    assert [serial(bill.number) for bill in bills] == list(range(1, len(bills) + 1))
    draft = till.drafts.open_on("1")
    cart = draft and timeless(draft.cart)
    return [bill.document for bill in bills], cart, told(till.drafts.held("1"))


def timeless(cart):
    """An open bill without the moments its lines were keyed at."""
    assert all(line.keyed_at for line in cart.lines)
    return cart._replace(lines=tuple(line._replace(keyed_at=0) for line in cart.lines))


def told(held):
    """Held bills without what is by chance."""
    return [(bill.number, bill.first_item, bill.lines, bill.total_paise) for bill in held]


def serial(number):
    return int(number.split("/")[2])


class Undisturbed:
    """A till that nobody kills, keyed the same: its books after each number of key-ins."""

    def __init__(self, till):
        self._checkout = till.checkout("1", OWNER)
        self._keys = key_ins()
        self._documents = []
        self._after = [(0, None, [])]

    def after(self, keyed):
        while len(self._after) <= keyed:
            outcome = self._checkout.key_in(next(self._keys))
            if outcome.paid is not None:
                self._documents.append(outcome.paid.document)
            cart, held = timeless(self._checkout.draft.cart), told(self._checkout.held)
            self._after.append((len(self._documents), cart if cart.lines else None, held))
        bills, cart, held = self._after[keyed]
        return self._documents[:bills], cart, held


@pytest.fixture
def undisturbed(tmp_path):
    home = make_home(tmp_path / "undisturbed")
    with open_sample_till(home) as till:
        yield Undisturbed(till)


@pytest.fixture
def home(tmp_path):
    """A till founded just now: processes work by the machine's clock."""
    return found(tmp_path, MachineClock())


def ring_and_kill(home, keys, acknowledged):
    """Key in, and kill as soon as so many are acknowledged, wherever the process is by then.

    Returns what was said until then on both streams.
    """
    with running("ring", home=home) as ring:
        ring.stdin.write("".join(f"{key}\n" for key in keys))
        said = [ring.stdout.readline() for _ in range(acknowledged)]
        ring.kill()
        rest, remarks = ring.stdout.read(), ring.stderr.read()
        ring.wait(PATIENCE_S)
    assert ring.returncode == -9
    said += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [line.rstrip("\n") for line in said], remarks


def test_killed_twenty_times_while_selling(home, undisturbed):
    chance = random.Random(SEED)
    keys, waiting = key_ins(), []
    done = bills = mid_bill = 0
    for kill in range(KILLS):
        where = f"seed {SEED}, kill {kill}"
        waiting += [next(keys) for _ in range(ACKNOWLEDGED_MAX + AHEAD - len(waiting))]
        left_open = undisturbed.after(done)[1]
        wanted = chance.randrange(ACKNOWLEDGED_MAX)
        said, remarks = ring_and_kill(home, waiting, wanted)
        if said or remarks:  # not killed before it began
            assert remarks.startswith("the bill left open is back") == (left_open is not None), (
                where
            )
        with open_till(home) as till:
            kept = books(till)
        # Every key-in that was acknowledged is there, and none is there in part.
        first, last = done + len(said), done + len(waiting)
        reached = next((k for k in range(first, last + 1) if undisturbed.after(k) == kept), None)
        assert reached is not None, f"{where}: the books are not those after {first} or more keys"
        acknowledged = [line.split()[1] for line in said if line.startswith("bill ")]
        assert all(serial(number) <= len(kept[0]) for number in acknowledged), where
        bills += len(acknowledged)
        mid_bill += kept[1] is not None
        waiting = waiting[reached - done :]
        done = reached
    assert bills > KILLS
    assert mid_bill, "the seed never kills in the middle of a bill"
    assert verify_home(home, rebuild=True).result == "good"
    finish(home)


def finish(home):
    """What was left open is sold, and the next customer as well."""
    with open_till(home) as till:
        left_open = till.drafts.open_on("1")
        before = len(list(till.bills.between(date.min, date.max)))
    keys = ["+", "12", "+"] if left_open else ["12", "+"]
    ran = run("ring", "--json", home=home, stdin="\n".join(keys))
    assert ran.code == 0, ran.out
    numbers = [serial(one["bill"]["number"]) for one in ran.documents if "bill" in one]
    assert numbers == [before + 1 + n for n in range(len(numbers))]
    if left_open:
        total = ran.documents[0]["bill"]["total_paise"]
        assert total == left_open.cart.total_paise


@pytest.mark.parametrize("moment", ["before it began", "while it waits"])
def test_killed_at_rest(home, moment):
    with running("ring", home=home, stderr=subprocess.DEVNULL) as ring:
        if moment == "while it waits":
            ring.stdin.write("3*12\n+20\n")
            assert "due 186.00" in ring.stdout.readline()
            assert "due 166.00" in ring.stdout.readline()
        ring.kill()
        ring.wait(PATIENCE_S)
    ran = run("ring", "--json", home=home, stdin="+\n")
    if moment == "while it waits":
        assert ran.err == "the bill left open is back: 1 lines, Rs 166.00 due\n"
        assert ran.documents[0]["bill"]["total_paise"] == 186_00
    else:
        assert ran.documents[0]["error"]["code"] == "nothing-to-pay"
    assert verify_home(home, rebuild=True).result == "good"
