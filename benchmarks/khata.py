"""Customers and khata, in process: searching among 20,000, and balances of 100,000 entries.

The customers and their entries are made by the till's own services and journal; only nothing waits
for the disk, and many entries share a transaction.
"""

import hashlib
import json
import random
import shutil
import statistics
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.books import ACTOR, COUNTER, MADE, OWNER, PIN, RESULTS, SEED, SHOP, how_made
from benchmarks.figures import Figure, Measured
from benchmarks.sales import measure, settle_memory
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import uuid7
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.shifts import Opening
from milkpos_tui.till import Founding, Till, found_till, open_till

CUSTOMERS, ENTRIES = 20_000, 100_000
REGULAR = "1"  # whose khata has all of the entries
BATCH = 5_000
LAST = date(2026, 11, 23)
SHOWN = 12  # customers that a search is asked for
ROUNDS = 3
RECIPE = b"2"
MIGRATIONS = Path(__file__).parents[1] / "schema/migrations"

GIVEN = (
    *("Asha", "Meena", "Ravi", "Sunil", "Lakshmi", "ಮೀನಾಕ್ಷಿ", "Manju", "Gowri", "रमेश", "सुनीता"),
    *("Suresh", "Kavya", "Anand", "Nagaraj", "Pooja", "Venkatesh", "Fatima", "Joseph", "ಗೌರಿ"),
    *("Mahesh", "Deepa", "Prakash", "Shanti", "Rukmini", "Imran"),
)
FAMILY = (
    *("Rao", "Gowda", "Sharma", "Patil", "Iyer", "Naik", "Shetty", "Khan", "Kumar", "D'Souza"),
    *("राव", "पाटील", "ಗೌಡ", "Hegde", "Bhat", "Kulkarni", "Joshi", "Reddy", "Nair", "Menon"),
)


def khata(searches: int) -> Measured:
    """Searches as words grow, and balances of the regular customer."""
    home = make_khata()
    with open_till(home) as till:
        customers = list(till.accounts.all())
        words = list(_words(customers, searches))
        settle_memory()
        found = sorted(_median(lambda w=w: till.accounts.search(w, SHOWN)) for w in words)
        regular = till.accounts.known(REGULAR)
        balance = _median(lambda: till.accounts.balances(regular.id))
        days = [LAST - timedelta(random.Random(SEED).randrange(900)) for _ in range(searches)]
        at = sorted(_median(lambda d=d: till.accounts.balances(regular.id, d)) for d in days)
        ages = _median(lambda: till.ledgers.ages(regular, LAST))
        newest = _median(lambda: till.ledgers.newest(regular, 20, ACTOR))
        listed = _median(lambda: till.accounts.owed_by_all())
        ageing = _median(lambda: list(till.ledgers.ageing(ACTOR)))
    p95, at_p95 = found[len(found) * 95 // 100], at[len(at) * 95 // 100]
    figures = [
        Figure(
            "customer search among 20,000: time, p95",
            p95,
            "ms",
            limit=10,
            note=f"p50 {statistics.median(found):.2f}, most {found[-1]:.2f}",
        ),
        Figure("balance of 100,000 entries: time", balance, "ms", limit=5),
        Figure("balance of 100,000 entries at a date: time, p95", at_p95, "ms", limit=5),
        Figure("dues of 100,000 entries by age: time", ages, "ms"),
        Figure("the newest 20 of 100,000 entries: time", newest, "ms"),
        Figure("what each of 20,000 customers owes: time", listed, "ms"),
        Figure("dues of 20,000 customers by age: time", ageing, "ms"),
    ]
    return Measured(figures, {"search_ms": found, "at_ms": at})


def make_khata(customers: int = CUSTOMERS, entries: int = ENTRIES) -> Home:
    """The home of such a shop: made once for each schema, then kept."""
    home = Home(RESULTS / f"khata-{customers}-{entries}")
    recipe = hashlib.sha256(RECIPE)
    for path in sorted(MIGRATIONS.glob("*.py")):
        recipe.update(path.read_bytes())
    if how_made(home).get("recipe") == recipe.hexdigest():
        return home
    shutil.rmtree(home.path, ignore_errors=True)
    home.path.parent.mkdir(exist_ok=True)
    found_till(home, Founding(SHOP, OWNER, PIN, COUNTER))
    with open_till(home) as till:
        till._db.connection().execute("PRAGMA synchronous = off; PRAGMA cache_size = -200000")
        till.shifts.open(COUNTER, Opening(0), ACTOR)
        till.customers.take_in(list(_customers(customers)), ACTOR)
        regular = till.accounts.known(REGULAR)
        for start in range(0, entries, BATCH):
            _post(till, [regular] * min(BATCH, entries - start), start)
        _post(till, list(till.accounts.all()), 0)
    (home.path / MADE).write_text(json.dumps({"recipe": recipe.hexdigest()}))
    return home


def _customers(count: int) -> Iterator[Customer]:
    chance = random.Random(SEED)
    for code in range(1, count + 1):
        yield Customer(
            "",
            str(code),
            chance.choice((None, 2000_00, 5000_00)),
            name=f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            phone=f"9{chance.randrange(10**9):09d}",
            lane=f"{chance.randint(1, 40)}th Cross",
            card=f"C{code:07d}",
        )


def _post(till: Till, customers: list[Customer], start: int) -> None:
    with till.journal.transaction():
        for number, customer in enumerate(customers, start):
            day = LAST - timedelta(number * 1_000 // ENTRIES)
            body = {
                "customer": customer.id,
                "amount_paise": -50_00 if number % 2 else 62_00,
                "business_date": day.isoformat(),
                "reason": "bench",
            }
            till.journal.append(Kind.KHATA_ADJUSTED, uuid7(till.clock.now()), body, ACTOR)


def _words(customers: list[Customer], count: int) -> Iterator[str]:
    """What somebody types: a part of a name, a code, a phone, a card, two words, a lane."""
    chance = random.Random(SEED)
    for customer in chance.choices(customers, k=count):
        name, letters = customer.name.split(), chance.randint(1, 5)
        yield chance.choice(
            (
                name[0][:letters],
                name[1][:letters],
                f"{name[0][:letters]} {name[1][:3]}",
                customer.code,
                customer.phone[: letters + 2],
                customer.phone[-4:],
                customer.card,
                customer.lane[: letters + 1],
            )
        )


def _median(work: Callable[[], object]) -> float:
    """In milliseconds, the median of a few: something else may have had the machine."""
    return statistics.median(measure(work).wall for _ in range(ROUNDS)) / 1000
