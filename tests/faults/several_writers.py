"""Several processes sell on one home at once, and one more reads (fault 8).

    python -m tests.faults.several_writers --seconds 60

makes a till, has eight counters sell for so long, and prints what came of it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import NamedTuple

from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import MachineClock
from milkpos_tui.services.shifts import Move, Opening
from milkpos_tui.till import Till, open_till, telling_storage_errors, verify_home
from tests.commands.driving import ROOT, found
from tests.support.tills import OWNER

WRITERS = tuple(f"W{number}" for number in range(1, 9))
KEYS = ("3*12", "110", "+600")  # each is a transaction
PAID_PAISE = 3 * 62_00 + 350_00
PATIENCE_S = 60  # beyond what was asked for; never waited for unless something is wrong


class Told(NamedTuple):
    """What a process says when it is done: how often it did its work, the codes of what was
    refused, how long its longest decision waited, and how long all of it took."""

    done: int
    refused: list[str]
    longest_ms: float
    seconds: float


def prepare(home: Home) -> None:
    """Counters to sell on, each with a shift."""
    with open_till(home) as till:
        for counter in WRITERS:
            till.shops.add_counter(counter, "", OWNER)
            till.shifts.open(counter, Opening(1000_00), OWNER)


# --- a process of its own -----------------------------------------------------------------------


def sales(till: Till, counter: str, number: int) -> Iterator[int]:
    """A decision at each step; every third makes a bill, and now and then cash goes out. How many
    bills there are by then; `number` from where something was refused before."""
    checkout = till.checkout(counter, OWNER)
    while True:
        for key in KEYS[len(checkout.draft.cart.lines) : -1]:
            checkout.key_in(key)
            yield number
        if number % 10 == 9:
            till.shifts.move_cash(counter, Move("out", 1_00, "tea"), OWNER)
        paid = checkout.key_in(KEYS[-1]).paid
        number += 1
        assert paid is not None
        assert paid.document.total_paise == PAID_PAISE
        assert paid.number.endswith(f"/{number}"), "not the next number of its series"
        yield number


def reports(till: Till) -> Iterator[int]:
    """The X of each counter, over and over: each is of one moment. How many bills there are at
    least on each counter by then."""
    while True:
        bills = []
        for shift in till.custody.all_open():
            sums = till.takings.report(shift, OWNER).takings
            kept = sum(tender.kept_paise for tender in sums.tenders)
            amounts = sum(tax.amount_paise for tax in sums.taxes)
            assert kept == amounts == sums.sold_paise == sums.bills * PAID_PAISE
            if shift.counter in WRITERS:
                bills.append(sums.bills)
        yield min(bills)


def work(home: Home, counter: str, bills: int, seconds: float) -> Told:
    """Until there are so many bills, or for so long."""
    refused, longest, done, made = [], 0.0, 0, 0
    with ExitStack() as stack:
        till = stack.enter_context(open_till(home))
        if counter:
            stack.enter_context(home.holding_counter(counter))
        todo = sales(till, counter, made) if counter else reports(till)
        print("ready", flush=True)
        sys.stdin.readline()  # all begin together
        begun = time.monotonic()
        while time.monotonic() - begun < seconds and made < bills:
            before = time.monotonic()
            try:
                with telling_storage_errors():
                    made = next(todo)
            except MilkPOSError as error:
                refused.append(error.code)
                todo = sales(till, counter, made) if counter else reports(till)
            else:
                done += 1
            longest = max(longest, time.monotonic() - before)
        return Told(done, refused, longest * 1000, time.monotonic() - begun)


# --- all of them --------------------------------------------------------------------------------


def run(home: Home, *, sales_each: int, seconds: float) -> dict[str, Told]:
    """What each process tells, by its counter; the reader is ''."""
    with ExitStack() as stack:
        processes = {
            counter: stack.enter_context(_started(home, counter, sales_each, seconds))
            for counter in (*WRITERS, "")
        }
        try:
            for process in processes.values():
                assert process.stdout.readline() == "ready\n", process.stderr.read()
            for process in processes.values():
                process.stdin.write("\n")
                process.stdin.flush()
            return {counter: _ended(process, seconds) for counter, process in processes.items()}
        finally:
            for process in processes.values():
                process.kill()


def _started(home: Home, counter: str, sales_each: int, seconds: float) -> subprocess.Popen[str]:
    command = ["--home", home.path, "--counter", counter]
    command += ["--bills", sales_each, "--seconds", seconds]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.several_writers", *map(str, command)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )


def _ended(process: subprocess.Popen[str], seconds: float) -> Told:
    out, err = process.communicate(timeout=seconds + PATIENCE_S)
    assert process.returncode == 0, err
    return Told(**json.loads(out))


def numbers(till: Till) -> dict[str, list[int]]:
    """The serials of the bills by counter, in the order in which they were made."""
    found: dict[str, list[int]] = {counter: [] for counter in WRITERS}
    for bill in till.bills.between(date.min, date.max):
        counter, _year, serial = bill.number.split("/")
        found[counter].append(int(serial))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--home", type=Path, help="of a process that is one of several")
    parser.add_argument("--counter", default="")
    parser.add_argument("--bills", type=int, default=1 << 30)
    options = parser.parse_args()
    if options.home is not None:
        told = work(Home(options.home), options.counter, options.bills, options.seconds)
        print(json.dumps(told._asdict()))
        return
    with tempfile.TemporaryDirectory(prefix="milkpos-writers-") as folder:
        home = found(Path(folder), MachineClock())
        prepare(home)
        told = run(home, sales_each=1 << 28, seconds=options.seconds)
        reader = told.pop("")
        verdict = verify_home(home, rebuild=True)
        with open_till(home) as till:
            made = numbers(till)
    sold = sum(map(len, made.values()))
    gapless = all(found == list(range(1, len(found) + 1)) for found in made.values())
    refused = sum(len(one.refused) for one in (*told.values(), reader))
    print(f"{len(told)} writers and a reader for {options.seconds:.0f} s")
    print(f"sales {sold}, {sold / options.seconds:.0f} a second, each of {len(KEYS)} transactions")
    print(f"by counter from {min(map(len, made.values()))} to {max(map(len, made.values()))}")
    print(f"refused {refused}; numbers {'without a gap' if gapless else 'WITH GAPS'}")
    print(f"longest wait: selling {max(one.longest_ms for one in told.values()):.0f} ms, ", end="")
    print(f"X reports {reader.longest_ms:.0f} ms ({reader.done} rounds)")
    print(f"journal {verdict.result}, {verdict.entries} entries {verdict.bad or ''}")


if __name__ == "__main__":
    main()
