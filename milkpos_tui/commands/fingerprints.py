"""`milkpos user fingerprint`: keys and fingers that people prove themselves by."""

from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.commands.globals import session_name
from milkpos_tui.domain.errors import MilkPOSError, Misused
from milkpos_tui.domain.text import clean

if TYPE_CHECKING:
    from milkpos_tui.services.fingers import Finger

group = typer.Typer(no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Whose.")]
BACKENDS = {"key": "fido2", "reader": "fprintd"}


@group.command()
def enrol(
    code: Code,
    by: str = typer.Option("key", "--by", metavar="key|reader", help="A security key, or fprintd."),
    finger: str = typer.Option("", "--finger", metavar="NAME", help="With a reader: which one."),
    label: str = typer.Option("", "--label", metavar="TEXT", help="To know it by on the list."),
) -> None:
    """A key that is plugged in, or a finger, becomes somebody's. The finger itself is enrolled on
    a key with its maker's tool before. The key's own PIN is asked for, or in MILKPOS_KEY_PIN.

    Example: milkpos user fingerprint enrol ravi --label blue
    """
    from milkpos_tui.commands.touching import ask_key_pin
    from milkpos_tui.hardware.fingers import Backend, Cancel, wait_for_enrolment

    if by not in BACKENDS:
        raise Misused("usage", f"--by is {' or '.join(BACKENDS)}, not '{by}'")
    with opened() as till:
        actor = acting(till, enrolling=True)
        operator = till.people.known(code)
        backend = Backend(BACKENDS[by])
        enrolment, actor = till.fingers.enrolment(operator.code, actor)
        made = wait_for_enrolment(backend, enrolment, finger, Cancel(), ask_key_pin, remark)
        _result(till.fingers.enrol(operator.code, made, label or finger, actor))


@group.command("list")
def list_fingers(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="Whose; else all.")] = None,
) -> None:
    """Which keys and fingers are enrolled.

    Example: milkpos user fingerprint list --json
    """
    with opened() as till:
        found = (
            till.fingers.all() if code is None else till.fingers.of(till.people.known(code).code)
        )
    result([_names(one) for one in found], map(_told, found))


@group.command()
def remove(
    code: Code,
    which: str = typer.Argument(..., metavar="ID|LABEL|all", help="As the list names it."),
) -> None:
    """A key or finger proves nothing any more.

    Example: milkpos user fingerprint remove ravi blue
    """
    with opened() as till:
        actor = acting(till)
        operator = till.people.known(code)
        _gone(till.fingers.remove(operator.code, clean(which), actor))


@group.command()
def reset(code: Code) -> None:
    """All keys and fingers of somebody go, without a proof: for lost ones. It is an entry.

    Example: milkpos user fingerprint reset asha
    """
    with opened() as till:
        operator = till.people.known(code)
        _gone(till.fingers.reset(operator.code, session_name()))
    remark("the journal says that these were taken off without proof of who did it")


@group.command()
def test(code: Code) -> None:
    """Touch it, to see that it works. A wrong one counts like a wrong PIN.

    Example: milkpos user fingerprint test ravi
    """
    from milkpos_tui.commands.touching import touch

    with opened() as till:
        operator = till.people.known(code)
        touch(till, operator.code)
    result({"code": operator.code, "proven": True}, [f"this is {operator.name}"])


def _gone(removed: "tuple[Finger, ...]") -> None:
    for one in removed:
        if one.backend == "fprintd":
            _forget(one.credential)
    result([_names(one) for one in removed], map(_told, removed))


def _forget(credential: bytes) -> None:
    """It proves nothing already; that fprintd keeps its picture is only told."""
    from milkpos_tui.hardware.fingers import forget

    try:
        forget(credential)
    except MilkPOSError as error:
        remark(f"the reader may still know the finger: {error.message}")


def _result(one: "Finger") -> None:
    result(_names(one), [_told(one)])


def _names(one: "Finger") -> dict[str, object]:
    return {
        "id": one.id,
        "code": one.operator,
        "backend": one.backend.value,
        "label": one.label,
        "key": one.digest,
        "counter": one.counter,
        "enrolled_at": one.enrolled_at,
        "sound": one.sound,
    }


def _told(one: "Finger") -> str:
    from milkpos_tui.services.records import time_in_india

    changed = "" if one.sound else "  (changed in the database: remove it)"
    when = time_in_india(one.enrolled_at)[:16]
    return f"{one.operator:12} {one.backend.value:8} {when}  {one.label:16} {one.id}{changed}"
