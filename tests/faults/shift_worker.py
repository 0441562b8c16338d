"""Shifts kept over and over by a process that is killed, or kills itself: see `test_shift_died`.

Each decision is told when it is done: `opened`, `sold`, `moved`, `counted`, `handed`, `closed`.
"""

import os
import signal
import sys
import traceback
from itertools import count
from pathlib import Path

from milkpos_tui.domain.cash import pieces_for
from milkpos_tui.home import Home
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.shifts import Handing, Move, Opening
from milkpos_tui.till import Till, open_till
from tests.support.tills import OWNER

OTHER = Actor("ravi")
FLOAT = 500


def go_on(till: Till) -> None:
    """From wherever the one before was killed."""
    shift = till.custody.open_on("1")
    if shift is not None:
        drop = frozenset(draft.id for draft in till.closings.left_over("1"))
        till.closings.close("1", Closing(Counted(None), "killed", drop=drop), OWNER)
        print("closed", flush=True)


def keep_a_shift(till: Till, number: int) -> None:
    """Everything that is decided of a shift, each told once it is done."""
    till.shifts.open("1", Opening(FLOAT * 100, pieces_for(FLOAT)), OWNER)
    print("opened", flush=True)
    checkout = till.checkout("1", OWNER)
    for key in ("12", f"{number % 9 + 1}*40", "+"):
        outcome = checkout.key_in(key)
    assert outcome.paid is not None
    print("sold", flush=True)
    till.shifts.move_cash("1", Move("drop", 100_00, "safe"), OWNER)
    print("moved", flush=True)
    till.shifts.count("1", Counted(pieces_for(FLOAT - 38)), OWNER)
    print("counted", flush=True)
    till.shifts.hand_over(
        "1", Handing(OTHER.operator, Counted(pieces_for(400 + number % 9))), OWNER
    )
    print("handed", flush=True)
    checkout.key_in("12")
    drop = frozenset(draft.id for draft in till.closings.left_over("1"))
    counted = Counted(pieces_for(399))
    till.closings.close("1", Closing(counted, "a coin fell", drop=drop), OTHER)
    print("closed", flush=True)


def forever(home: Home) -> None:
    """Until somebody kills it."""
    with open_till(home) as till:
        go_on(till)
        for number in count(1):
            keep_a_shift(till, number)


def die_at_every(home: Home, step: int) -> None:
    """One shift after the other, each in a process of its own that kills itself before the first,
    the next and so on of the statements it gives to the database; told as `killed` or, by the
    one that had no such statement any more, `lived`. Goes on when it is given a line."""
    for place in count(0, step):
        child = os.fork()
        if not child:
            _keep_one_and_die(home, place)
        _pid, status = os.waitpid(child, 0)
        lived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        print("lived" if lived else "killed" if os.WIFSIGNALED(status) else "failed", flush=True)
        if lived or not sys.stdin.readline():
            return


def _keep_one_and_die(home: Home, place: int) -> None:
    status = 1
    try:
        with open_till(home) as till:
            go_on(till)
            statements = iter(range(place))

            def trace(*_statement: object) -> bool:
                if next(statements, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return True

            till._db.connection().exec_trace = trace
            keep_a_shift(till, place)
            till._db.connection().exec_trace = None
        status = 0
    except BaseException:  # noqa: BLE001 -- nothing of it may come back into the parent
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    home = Home(Path(sys.argv[1]))
    if sys.argv[2:]:
        die_at_every(home, int(sys.argv[2]))
    else:
        forever(home)


if __name__ == "__main__":
    main()
