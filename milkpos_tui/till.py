"""The composition root: settings, database, journal and services of one home, put together once.

The screen and the command line both build a `Till`. What a start does not need is imported
where it is used: a till opens in the time of an empty Textual app. What the database or the disk
raises becomes an error of ours here, at the one door: nothing above has to know apsw or Peewee.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain.errors import Busy, MilkPOSError, NotWhole, Refused, Unreachable
from milkpos_tui.domain.pins import check_secret
from milkpos_tui.domain.roles import Request
from milkpos_tui.domain.text import clean
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import (
    INDIA,
    Clock,
    MachineClock,
    day_in_india,
    moment_in_india,
    uuid7,
)
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.keys import make_key, read_key
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.billing import Billing
from milkpos_tui.services.bills import Bills
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.checkout import Checkout
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.hashing import Hasher, make_pepper
from milkpos_tui.services.people import People
from milkpos_tui.services.permissions import Leave, Permissions
from milkpos_tui.services.records import BillRecord, Operator, Shop
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.shops import Shops
from milkpos_tui.services.standing import Standings
from schema import errors as storage
from schema.connection import (
    Checkpointer,
    TillDatabase,
    is_being_written,
    open_database,
    open_to_read,
    sqlite_version,
)

if TYPE_CHECKING:
    from milkpos_tui.journal.verify import Verdict
    from milkpos_tui.services.accounts import Accounts
    from milkpos_tui.services.books import Books
    from milkpos_tui.services.buyers import Buyer, Buyers
    from milkpos_tui.services.closing import Closings
    from milkpos_tui.services.collections import Collections
    from milkpos_tui.services.counting import Counting
    from milkpos_tui.services.customers import Customers
    from milkpos_tui.services.devices import Devices
    from milkpos_tui.services.displays import Displays
    from milkpos_tui.services.fingers import Fingers
    from milkpos_tui.services.khata import Khata
    from milkpos_tui.services.ledgers import Ledgers
    from milkpos_tui.services.message_channels import MessageChannels
    from milkpos_tui.services.messages import Messages
    from milkpos_tui.services.milk_corrections import MilkCorrections
    from milkpos_tui.services.month_list import MonthList
    from milkpos_tui.services.months import Months
    from milkpos_tui.services.orders import Orders
    from milkpos_tui.services.printing import Printing
    from milkpos_tui.services.rates import Rates
    from milkpos_tui.services.rounds import Rounds
    from milkpos_tui.services.shifts import Handing, Shifts
    from milkpos_tui.services.takings import CountRecord, Report, TakingsOf
    from milkpos_tui.services.usual import Usuals
    from milkpos_tui.services.viewing import Viewing

__all__ = [  # what the front ends need of the layers below, which they may not import
    "INDIA",
    "Actor",
    "Founding",
    "Leave",
    "MachineClock",
    "Operator",
    "Shop",
    "Till",
    "day_in_india",
    "found_till",
    "moment_in_india",
    "open_reading",
    "open_till",
    "sqlite_version",
    "telling_storage_errors",
    "verify_home",
]

FIRST_COUNTER = "1"
SAMPLE = Path(__file__).with_name("data") / "catalogue.csv"


class Founding(NamedTuple):
    """What a new till is made of."""

    shop: Shop
    owner: Operator
    pin: str
    counter: str = FIRST_COUNTER


class Till:
    """One home, open. It belongs to the thread that opened it."""

    def __init__(self, home: Home, db: TillDatabase, clock: Clock, node: str) -> None:
        self.home = home
        self.clock = clock
        self.node = node
        self._db = db
        self._seen_version = 0
        self._checkpointer = Checkpointer(home.database)
        self._checkpointer.watch(db.connection())
        self.journal = Journal(db, node, read_key(home.node_key), clock, home.anchor)
        self.permissions = Permissions(db)
        self.shops = Shops(db, self.journal, self.permissions)
        self.settings = Settings(db, self.journal, self.permissions)
        self.custody = Custody(db)
        self._hasher = Hasher(home.pepper, home.hash_cost)
        self.people = People(
            db,
            self.journal,
            self._hasher,
            clock,
            self.permissions,
            self.settings,
            lambda: self.fingers,
        )
        self.catalogue = Catalogue(db, self.journal, self.permissions)
        self.bills = Bills(db, self.permissions)

    @cached_property
    def printing(self) -> "Printing":
        """What is to be printed."""
        from milkpos_tui.services.printing import Printing

        return Printing(self._db, self.journal, self.permissions, self.clock)

    @cached_property
    def shop(self) -> Shop:
        """The shop's particulars, as they were when the till was opened."""
        return self.shops.shop()

    @cached_property
    def drafts(self) -> Drafts:
        """Open and held bills."""
        return Drafts(self._db, self.catalogue, self.clock, self.shop.round_to_paise)

    @cached_property
    def billing(self) -> Billing:
        """Decisions about bills."""
        return Billing(
            self.journal,
            self.drafts,
            self.bills,
            self.shops,
            self.clock,
            self.permissions,
            self.custody,
            self.settings,
            lambda: self.printing,
            self._buyers,
        )

    def _buyers(self) -> "Buyers":
        from milkpos_tui.services.buyers import Buyers

        return Buyers(self.accounts, self.rates, self.settings)

    @cached_property
    def accounts(self) -> "Accounts":
        """Customers and what they owe, as they are read."""
        from milkpos_tui.services.accounts import Accounts

        return Accounts(self._db)

    @cached_property
    def rates(self) -> "Rates":
        """What items cost whom."""
        from milkpos_tui.services.rates import Rates

        return Rates(self._db, self.journal, self.catalogue, self.accounts, self.permissions)

    @cached_property
    def customers(self) -> "Customers":
        """Decisions about customers."""
        from milkpos_tui.services.customers import Customers

        return Customers(
            self._db, self.journal, self.accounts, self.settings, self.permissions, self.clock
        )

    @cached_property
    def ledgers(self) -> "Ledgers":
        """What customers owe, entry by entry and by age."""
        from milkpos_tui.services.ledgers import Ledgers

        return Ledgers(self._db, self.accounts, self.permissions, self.clock)

    @cached_property
    def khata(self) -> "Khata":
        """Decisions about what customers owe."""
        from milkpos_tui.services.khata import Khata

        return Khata(
            self._db,
            self.journal,
            self.accounts,
            self.custody,
            self.takings,
            self.settings,
            self.permissions,
            self.clock,
        )

    @cached_property
    def devices(self) -> "Devices":
        """The devices of this machine."""
        from milkpos_tui.services.devices import Devices

        return Devices(self._db, self.journal, self.shops, self.permissions, self.clock)

    @cached_property
    def displays(self) -> "Displays":
        """What customers see."""
        from milkpos_tui.services.displays import Displays

        return Displays(self._db, self.journal)

    @cached_property
    def viewing(self) -> "Viewing":
        """What a customer may see of a counter."""
        from milkpos_tui.services.viewing import Viewing

        return Viewing(
            self._db, self.shops, self.settings, self.custody, self.drafts, self.displays
        )

    @cached_property
    def fingers(self) -> "Fingers":
        """Keys and fingers of operators."""
        from milkpos_tui.services.fingers import Fingers

        return Fingers(self._db, self.journal, self._hasher, self.permissions, self.clock)

    @cached_property
    def orders(self) -> "Orders":
        """Decisions about standing orders."""
        from milkpos_tui.services.orders import Orders

        return Orders(
            self._db, self.journal, self.accounts, self.catalogue, self.permissions, self.clock
        )

    @cached_property
    def usuals(self) -> "Usuals":
        """What regulars come for."""
        from milkpos_tui.services.usual import Usuals

        return Usuals(
            self._db,
            self.journal,
            self.drafts,
            self.bills,
            self.orders,
            self.accounts,
            self.catalogue,
            self.rates,
            self.custody,
            self.permissions,
            self.clock,
        )

    @cached_property
    def rounds(self) -> "Rounds":
        """Decisions about rounds."""
        from milkpos_tui.services.rounds import Rounds

        return Rounds(
            self._db,
            self.journal,
            self.orders,
            self.accounts,
            self.catalogue,
            self.rates,
            self.permissions,
            self.clock,
        )

    @cached_property
    def months(self) -> "Months":
        """Decisions about monthly bills."""
        from milkpos_tui.services.months import Months

        return Months(
            self._db,
            self.journal,
            self.accounts,
            self.ledgers,
            self.shops,
            self.permissions,
            self.clock,
        )

    @cached_property
    def month_list(self) -> "MonthList":
        """The bills of a month, a screen's rows at a time."""
        from milkpos_tui.services.month_list import MonthList

        return MonthList(self._db, self.accounts, self.months, self.permissions)

    @cached_property
    def messages(self) -> "Messages":
        """Messages to customers."""
        from milkpos_tui.services.messages import Messages

        return Messages(
            self._db,
            self.journal,
            self.months,
            self.accounts,
            self.settings,
            self.permissions,
            self.clock,
            self.message_channels,
        )

    @cached_property
    def message_channels(self) -> "MessageChannels":
        """By what messages go out."""
        from milkpos_tui.services.message_channels import MessageChannels

        return MessageChannels(self.home.message_urls, self.permissions)

    @cached_property
    def collections(self) -> "Collections":
        """Decisions about farmers' milk."""
        from milkpos_tui.services.collections import Collections

        return Collections(
            self._db, self.journal, self.accounts, self.settings, self.permissions, self.clock
        )

    @cached_property
    def milk_corrections(self) -> "MilkCorrections":
        """Decisions about cans that were keyed wrongly."""
        from milkpos_tui.services.milk_corrections import MilkCorrections

        return MilkCorrections(
            self._db, self.journal, self.accounts, self.collections, self.permissions, self.clock
        )

    @cached_property
    def standings(self) -> Standings:
        """How counters stand."""
        return Standings(self._db, self.node, self.custody, self.permissions, self.clock)

    @cached_property
    def books(self) -> "Books":
        """The journal, to be given out."""
        from milkpos_tui.services.books import Books

        return Books(self._db, self.permissions)

    @cached_property
    def takings(self) -> "TakingsOf":
        """X and Z reports."""
        from milkpos_tui.services.takings import TakingsOf

        return TakingsOf(self._db, self.custody, self.permissions, self.clock)

    @cached_property
    def counting(self) -> "Counting":
        """Counts of drawers."""
        from milkpos_tui.services.counting import Counting

        return Counting(self.journal, self.takings)

    @cached_property
    def shifts(self) -> "Shifts":
        """Decisions about shifts, but for their end."""
        from milkpos_tui.services.shifts import Shifts

        return Shifts(
            self.journal,
            self.custody,
            self.counting,
            self.settings,
            self.permissions,
            self.clock,
        )

    @cached_property
    def closings(self) -> "Closings":
        """Decisions about the ends of shifts."""
        from milkpos_tui.services.closing import Closings

        return Closings(
            self.journal,
            self.custody,
            self.takings,
            self.counting,
            self.drafts,
            self.settings,
            self.permissions,
            self.printing,
        )

    def allow(
        self, request: Request, code: str, secret: str, session: str, reason: str = ""
    ) -> Operator:
        """Somebody allows what another may not do alone, once. Refused for a wrong PIN or where
        they may not either."""
        approver = self.people.prove(code, secret, session)
        self.permissions.allow(request, Leave(approver, clean(reason)))
        return approver

    def hand_over(
        self, counter: str, handing: "Handing", secret: str, actor: Actor
    ) -> "CountRecord":
        """The drawer goes to somebody who proves who they are. Refused for a wrong PIN."""
        proven = self.people.prove(handing.successor, secret, actor.session)
        return self.shifts.hand_over(counter, handing._replace(successor=proven.code), actor)

    def today(self) -> date:
        """The day in India, whatever shift is open."""
        return day_in_india(self.clock.now())

    def business_date(self, counter: str) -> date:
        """The date that a bill on a counter has now: its shift's, today's where none is open."""
        shift = self.custody.open_on(counter)
        return shift.day if shift is not None else self.today()

    def slip(self, bill: BillRecord, columns: int, *, duplicate: bool = False) -> list[str]:
        """A document as its printed slip, line by line."""
        from milkpos_tui.services.slips import slip

        name = self._names().get(bill.operator, bill.operator)
        buyer = self.buyer(bill)
        return slip(bill, self.shop, name, columns, duplicate=duplicate, buyer=buyer)

    def buyer(self, bill: BillRecord) -> "Buyer | None":
        """Whose a document is, by the name they have now, and what they owed after it."""
        if bill.customer is None:
            return None
        from milkpos_tui.services.buyers import Buyer

        customer = self.accounts.whoever(bill.customer)
        earned, taken = self.accounts.points_of(bill.id)
        return Buyer(
            customer.code,
            customer.name,
            self.ledgers.after(bill.id, bill.customer),
            taken if bill.original is None else -earned,
        )

    def report(self, report: "Report", columns: int, title: str = "") -> list[str]:
        """An X or Z report as it is printed, line by line."""
        from milkpos_tui.services.reports import report_rows

        return report_rows(report, self.shop, self._names(), columns, title)

    def checkout(self, counter: str, actor: Actor) -> Checkout:
        """The entry line's work on a counter. Hold the counter first (`Home.holding_counter`)."""
        self.shops.check_counter(counter)
        return Checkout(
            self.billing,
            self.drafts,
            self.catalogue,
            self.clock,
            counter,
            actor,
            lambda: self.usuals,
        )

    def _names(self) -> dict[str, str]:
        return {operator.code: operator.name for operator in self.people.operators()}

    @property
    def commits(self) -> int:
        """How often this till has written the books."""
        return self._checkpointer.commits

    def somebody_writes(self) -> bool:
        """Whether another terminal is in the middle of a write, of which nothing is seen yet."""
        return is_being_written(self._db)

    def others_wrote(self) -> bool:
        """Whether another terminal changed the books since this was asked last."""
        version = int(self._db.connection().execute("PRAGMA data_version").get)
        changed = version != self._seen_version
        self._seen_version = version
        return changed

    def damage(self) -> str:
        """What SQLite finds wrong with the database file; empty where it is sound."""
        (found,) = self._db.connection().execute("PRAGMA quick_check(1)").fetchone()
        return "" if found == "ok" else str(found)

    def close(self) -> None:
        """Close the database; the last one to close it puts the WAL away."""
        self._checkpointer.stop()
        self.journal.close()
        self._db.close()


@contextmanager
def open_till(home: Home, clock: Clock | None = None) -> Iterator[Till]:
    """The till of a home, closed again at the end.

    Raises Unreachable (no such till, no permission, newer version), NotWhole, Busy; and, for what
    is done with it, the same for a full disk or a lost database.
    """
    with _opened(home, open_database, clock) as till:
        yield till


@contextmanager
def open_reading(home: Home, clock: Clock | None = None) -> Iterator[Till]:
    """The till of a home for a program that only shows what others do: nothing can be written
    through it, and the till that is open meanwhile does not notice it. Raises what `open_till`
    does, and Unreachable for the books of an older version, which only a till may bring up to
    date."""
    with _opened(home, open_to_read, clock) as till:
        yield till


@contextmanager
def _opened(
    home: Home, opening: Callable[[Path], TillDatabase], clock: Clock | None
) -> Iterator[Till]:
    with telling_storage_errors():
        db = opening(home.database)
        try:
            till = Till(home, db, clock or MachineClock(), _identity(home)[0])
        except BaseException:
            db.close()
            raise
        try:
            yield till
        finally:
            till.close()


def found_till(
    home: Home, founding: Founding, clock: Clock | None = None, *, sample: bool = False
) -> None:
    """Make a new till in a home: keys, database, shop, counter, owner. Refused if there is one.

    The database appears under its name only when it is complete.
    """
    if home.exists:
        raise Refused("home-taken", f"there is a till in {home.path} already")
    from milkpos_tui.services.founding import check_shop, set_up
    from milkpos_tui.services.product_files import take_in

    check_shop(founding.shop)
    check_secret(founding.pin, founding.owner.code)
    home.make()
    clock = clock or MachineClock()
    unfinished = home.database.with_suffix(".new")
    _forget(unfinished)
    _forget(home.node_key)
    _forget(home.anchor)
    node = uuid7(clock.now())
    with telling_storage_errors():
        key = make_key(home.node_key)
        _write_private(home.node_identity, f"{node} {key.public.hex()}\n".encode())
        _write_private(home.pepper, make_pepper())
        db = open_database(unfinished, create=True)
        try:
            journal = Journal(db, node, key, clock, home.anchor)
            actor = Actor(founding.owner.code)
            with journal.transaction():
                body = {"public_key": key.public.hex()}
                journal.append(Kind.NODE_OPENED, node, body, actor)
            set_up(journal, founding.shop, founding.counter, actor)
            permissions, hasher = Permissions(db), Hasher(home.pepper, home.hash_cost)
            settings = Settings(db, journal, permissions)
            people = People(db, journal, hasher, clock, permissions, settings, _no_fingers_yet)
            people.add(founding.owner, founding.pin, actor)
            if sample:
                take_in(
                    Catalogue(db, journal, permissions), SAMPLE.read_bytes(), actor, dry_run=False
                )
            journal.close()
        except BaseException:
            db.close()
            _forget(unfinished)
            raise
        db.close()
        unfinished.rename(home.database)


def _no_fingers_yet() -> "Fingers":
    raise AssertionError("nobody proves who they are while a till is founded")


@contextmanager
def telling_storage_errors() -> Iterator[None]:
    """Turn what the database and the file system raise into errors of the till."""
    try:
        yield
    except storage.StorageError as error:
        raise _ours(error) from error
    except storage.DATABASE_ERRORS as error:
        raise _ours(storage.told(error)) from error
    except OSError as error:
        if error.filename is None:
            raise  # not a file's: somebody's output has gone, say
        raise Unreachable("file-unreachable", f"{error.filename}: {error.strerror}") from error


def _ours(error: storage.StorageError) -> MilkPOSError:
    if isinstance(error, storage.Locked):
        return Busy(error.code, str(error))
    if isinstance(error, storage.NotADatabase | storage.Forbidden):
        return NotWhole(error.code, str(error))
    return Unreachable(error.code, str(error))


def verify_home(home: Home, *, rebuild: bool = False) -> "Verdict":
    """Verify the journal of a home; what can't be read is a verdict too."""
    from milkpos_tui.journal.anchor import read_anchor
    from milkpos_tui.journal.verify import Bad, Result, Trusted, Verdict, verify

    try:
        node, public_key = _identity(home)
    except MilkPOSError as error:
        return Verdict(Result.UNREADABLE, bad=Bad(error.message))
    trusted = Trusted(node, public_key, read_anchor(home.anchor))
    return verify(home.database, trusted, rebuild=rebuild)


def _identity(home: Home) -> tuple[str, bytes]:
    try:
        node, public_key = home.node_identity.read_text().split()
        return node, bytes.fromhex(public_key)
    except OSError as error:
        raise Unreachable("key-missing", f"{home.node_identity} can't be read") from error
    except ValueError as error:
        raise NotWhole("key-broken", f"{home.node_identity} holds no node's identity") from error


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _forget(path: Path) -> None:
    """Leftovers of a founding that was cut off."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
