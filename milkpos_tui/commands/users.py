"""`milkpos user`: the people of the shop."""

from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands.context import acting, ask_new_pin, opened, remark, result
from milkpos_tui.commands.fingerprints import group as fingerprints
from milkpos_tui.commands.globals import session_name
from milkpos_tui.domain.roles import Role
from milkpos_tui.domain.text import clean

if TYPE_CHECKING:
    from milkpos_tui.till import Operator

group = typer.Typer(no_args_is_help=True)
group.add_typer(fingerprints, name="fingerprint", help="Keys and fingers: enrol, list, test.")

NEW_PIN = "MILKPOS_NEW_PIN"

Code = Annotated[str, typer.Argument(metavar="CODE", help="1 to 12 letters or digits.")]
Name = Annotated[str | None, typer.Option("--name", help="As on bills and screens.")]
OtherRole = Annotated[Role | None, typer.Option("--role", help="What they may do.")]


@group.command("list")
def list_users() -> None:
    """Everybody who works here or did.

    Example: milkpos user list --json
    """
    with opened() as till:
        people = till.people.operators()
    result([_names(operator) for operator in people], map(_told, people))


@group.command()
def add(
    code: Code,
    name: str = typer.Option(..., "--name", help="As on bills and screens."),
    role: Role = typer.Option(Role.CASHIER, "--role", help="What they may do."),
) -> None:
    """Somebody new. Their PIN of 6 digits, or password, is asked for, or in MILKPOS_NEW_PIN.

    Example: milkpos user add ravi --name Ravi --role cashier
    """
    from milkpos_tui.till import Operator

    with opened() as till:
        actor = acting(till)
        operator = Operator(code.strip(), clean(name), role.value)
        _result(till.people.add(operator, _new_pin(code), actor))


@group.command()
def change(code: Code, name: Name = None, role: OtherRole = None) -> None:
    """Another name or role.

    Example: milkpos user change ravi --role supervisor
    """
    with opened() as till:
        actor = acting(till)
        operator = till.people.known(code)
        if name is not None:
            operator = operator._replace(name=clean(name))
        if role is not None:
            operator = operator._replace(role=role.value)
        _result(till.people.change(operator, actor))


@group.command()
def disable(code: Code) -> None:
    """Somebody works here no more. Their entries stay, and `enable` brings them back.

    Example: milkpos user disable ravi
    """
    _set_active(code, active=False)


@group.command()
def enable(code: Code) -> None:
    """Somebody who was disabled works here again. Example: milkpos user enable ravi"""
    _set_active(code, active=True)


@group.command("set-pin")
def set_pin(code: Code) -> None:
    """A new PIN or password, which ends a lock. One's own, or as an owner anybody's.

    It is asked for, or in MILKPOS_NEW_PIN. Example: milkpos user set-pin ravi --as asha
    """
    with opened() as till:
        actor = acting(till)
        _result(till.people.set_secret(code, _new_pin(code), actor))


@group.command("reset-pin")
def reset_pin(code: Code) -> None:
    """A new PIN for a lost one, without any other: whoever has the machine can. It is an entry.

    It is asked for, or in MILKPOS_NEW_PIN. Example: milkpos user reset-pin asha
    """
    with opened() as till:
        operator = till.people.known(code)
        _result(till.people.reset_secret(operator.code, _new_pin(code), session_name()))
    remark("the journal says that this PIN was reset without proof of who did it")


def _set_active(code: str, *, active: bool) -> None:
    with opened() as till:
        actor = acting(till)
        operator = till.people.known(code)
        _result(till.people.change(operator._replace(active=active), actor))


def _new_pin(code: str) -> str:
    return ask_new_pin(f"New PIN of 6 digits, or password, of {clean(code)}: ", NEW_PIN)


def _result(operator: "Operator") -> None:
    result(_names(operator), [_told(operator)])


def _names(operator: "Operator") -> dict[str, object]:
    return {
        "code": operator.code,
        "name": operator.name,
        "role": operator.role,
        "active": operator.active,
    }


def _told(operator: "Operator") -> str:
    gone = "" if operator.active else "  (disabled)"
    return f"{operator.code:12} {operator.role:10} {operator.name}{gone}"
