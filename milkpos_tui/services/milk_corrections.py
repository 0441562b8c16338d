"""A can of milk that was keyed wrongly, put right: by a dated correction with a reason, never by a
changed can.

Before the ten days are settled the can is struck out and another is taken in for it: a note in the
farmer's ledger says so, and the settlement takes off what was struck out. Afterwards the difference
goes on the khata, once; what is still wrong then is for `Khata.adjust`.
"""

from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.collection import Collection, Instead, collect, show_reading
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Accounts
from milkpos_tui.services.cans import Can, can_body, read_cans
from milkpos_tui.services.collections import Collections
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

REASON_MAX = 80  # beside the words for two readings


class Keyed(NamedTuple):
    """Which can is meant: a farmer's of a half of a day; `number` where they brought several, from
    1, as they stand."""

    code: str
    day: date
    half: Half
    number: int | None = None


class Corrected(NamedTuple):
    """What a correction does. `now` is None where no can was brought."""

    was: Can
    now: Collection | None

    @property
    def amount_paise(self) -> int:
        """What the milk is worth less (above zero), or more."""
        return self.was.collection.amount_paise - (self.now.amount_paise if self.now else 0)

    @property
    def words(self) -> str:
        """What was keyed, and what it should have been."""
        now = "nothing" if self.now is None else show_reading(self.now)
        return f"{now} instead of {show_reading(self.was.collection)}"


class MilkCorrections:
    """Decisions about cans that were keyed wrongly."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        collections: Collections,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._collections = collections
        self._permissions = permissions
        self._clock = clock

    def correct(
        self, keyed: Keyed, instead: Instead | None, reason: str, actor: Actor
    ) -> Corrected:
        """A can put right: with `instead` None no such can was brought.

        Refused without a reason, where there is no such can or several are meant, where nothing
        differs, and for one that was put right already.
        """
        reason = clean(reason, limit=REASON_MAX)
        if not reason:
            raise Refused("reason-missing", "say why: a reason is needed")
        with self._db.atomic("DEFERRED"):
            found = self._found(keyed, instead)
        about = f"milk of {keyed.code} {keyed.day.isoformat()} {keyed.half}"
        actor = self._permissions.check(
            Right.ADJUST_KHATA, actor, amount_paise=found.amount_paise, about=about
        )
        with self._journal.transaction():
            if self._found(keyed, instead) != found:
                raise Refused("milk-changed", "another terminal changed it meanwhile: look again")
            self._append(found, reason, actor)
        return found

    def _found(self, keyed: Keyed, instead: Instead | None) -> Corrected:
        can = self._meant(keyed)
        was, now = can.collection, None
        if instead is not None:
            reading, milk = instead.of(was)
            price, formula = self._collections.price(milk, was.day), self._collections.formula()
            now = collect(was.farmer, was.day, was.half, milk, reading, formula, price)
            if (now.reading, now.milk) == (was.reading, was.milk):
                raise Refused("correction-none", "that is how it stands: nothing to put right")
        found = Corrected(can, now)
        if can.settled is not None and not found.amount_paise:
            raise Refused("correction-none", "it comes to the same money: nothing to put right")
        return found

    def _meant(self, keyed: Keyed) -> Can:
        farmer = self._accounts.known(keyed.code)
        cans = read_cans(self._db, farmer.id, keyed.day, keyed.day)
        of_half = [can for can in cans if can.collection.half is keyed.half]
        standing = [can for can in of_half if can.stands]
        when = f"{keyed.day.isoformat()} {keyed.half}"
        if not standing:
            if any(can.corrected for can in of_half):
                raise Refused(
                    "can-corrected",
                    f"the can of {when} was put right after it had been settled: what is still "
                    "wrong goes on the khata, by milkpos khata adjust",
                )
            raise Refused("can-unknown", f"{farmer.called} has no can of {when}")
        if keyed.number is None and len(standing) > 1:
            told = ", ".join(
                f"{number} {show_reading(can.collection)}" for number, can in enumerate(standing, 1)
            )
            raise Refused("can-which", f"which can of {when}: {told}")
        number = keyed.number or 1
        if not 1 <= number <= len(standing):
            raise Refused("can-unknown", f"{farmer.called} has no can {number} of {when}")
        return standing[number - 1]

    def _append(self, found: Corrected, reason: str, actor: Actor) -> None:
        was, now = found.was.collection, found.now
        instead: dict[str, Value] | None = None
        if now is not None:
            instead = {"id": uuid7(self._clock.now()), **can_body(now)}
        body: dict[str, Value] = {
            "customer": was.farmer,
            "settled": found.was.settled is not None,
            "amount_paise": found.amount_paise,
            "can": instead,
            "business_date": day_in_india(self._clock.now()).isoformat(),
            "reference": f"milk {was.day.isoformat()} {was.half.value}",
            "reason": f"{found.words}: {reason}",
        }
        self._journal.append(Kind.MILK_CORRECTED, found.was.id, body, actor)
