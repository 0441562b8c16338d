"""`milkpos message`: texts to customers, queued and sent. Nothing goes out but by `send`, or by a
month's run where the setting `messages` says so."""

import os
import sys
from typing import TYPE_CHECKING

import typer

from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.domain.errors import Misused, Refused, Unreachable
from milkpos_tui.domain.month import parse_month
from milkpos_tui.domain.text import plural
from milkpos_tui.services.records import time_in_india

if TYPE_CHECKING:
    from milkpos_tui.hardware.messenger import Sending
    from milkpos_tui.services.messages import Message
    from milkpos_tui.till import Till

group = typer.Typer(no_args_is_help=True)

URL = "MILKPOS_MESSAGE_URL"
_NUMBER = typer.Argument(..., metavar="MESSAGE", min=1, help="As `milkpos message list` says.")


@group.command("list")
def list_messages(
    every: bool = typer.Option(False, "--all", help="Those that are done too."),
) -> None:
    """What waits to be sent, and of what nobody knows if it was. Example: milkpos message list"""
    with opened() as till:
        actor = acting(till)
        found = till.messages.all(actor) if every else till.messages.open(actor)
        names = [_names(till, one) for one in found]
        lines = [till.messages.told(one) for one in found]
    result(names, lines or ["no message waits"])


@group.command()
def channel(
    name: str = typer.Argument("", metavar="[NAME]", help="Like sms, whatsapp or mail."),
    remove: bool = typer.Option(False, "--remove", help="Take it away."),
) -> None:
    """Set a channel up: its apprise URL, with {phone} or {email} for whom it goes to, from
    MILKPOS_MESSAGE_URL or a prompt. It is a secret, and kept on this machine. Without a name: which
    there are.

    Example: milkpos message channel mail
    """
    if remove and not name:
        raise Misused("usage", "say which channel is taken away")
    with opened() as till:
        if name:
            actor = acting(till)
            url = "" if remove else _checked(_ask_url())
            till.message_channels.set(name, url, actor)
        names = sorted(till.message_channels.all())
    result({"channels": names}, names or ["no channel is set up"])


@group.command()
def queue(
    month: str = typer.Argument(..., metavar="YYYY-MM", help="The month, like 2026-10."),
    channels: list[str] = typer.Option([], "--channel", help="Only these; else all."),
) -> None:
    """Put the texts of a month's bills in the queue, once for each customer and channel. Only of
    who agreed. Nothing is sent.

    Example: milkpos message queue 2026-10 --channel sms
    """
    which = parse_month(month)
    with opened() as till:
        done = till.messages.queue(which, channels, acting(till))
    names: dict[str, object] = {"month": str(which), **done._asdict()}
    told = f"{which}: {plural(done.new, 'message')} queued, {done.there} were there, "
    result(names, [f"{told}{done.without} without consent or address"])


@group.command()
def send(
    early: bool = typer.Option(False, "--now", help="Also what was to be tried later."),
) -> None:
    """Send what waits. 4 where a channel can't be reached, or its line broke, and 1 where a service
    refused: what waits goes on waiting.

    Example: milkpos message send --json
    """
    from milkpos_tui.hardware.messenger import send_queue

    with opened() as till:
        done = send_queue(till, acting(till), early=early)
    result(sending_names(done), [done.told])
    for words in done.left:
        remark(words)
    _raise_trouble(done)


@group.command()
def settle(
    message: int = _NUMBER,
    sent: bool = typer.Option(False, "--sent", help="It went out."),
    again: bool = typer.Option(False, "--again", help="It did not: send it again."),
) -> None:
    """Say what became of a message that was cut off; or have one that failed, expired or was
    dropped sent after all.

    Example: milkpos message settle 12 --again
    """
    if sent is again:
        raise Misused("usage", "say either --sent or --again")
    with opened() as till:
        settled = till.messages.settle(message, acting(till), sent=sent)
        names, told = _names(till, settled), till.messages.told(settled)
    result(names, [told])


@group.command()
def drop(message: int = _NUMBER) -> None:
    """A message is not sent at all. Example: milkpos message drop 12"""
    with opened() as till:
        dropped = till.messages.drop(message, acting(till))
        names, told = _names(till, dropped), till.messages.told(dropped)
    result(names, [told])


def sending_names(done: "Sending") -> dict[str, object]:
    """What a run of the queue came to, in JSON."""
    troubles = [
        {"channel": one.channel, "fate": one.fate.value, "why": one.why} for one in done.troubles
    ]
    offline = [one["channel"] for one in troubles if one["fate"] == "offline"]
    return {**done._asdict(), "offline": offline, "troubles": troubles}


def _raise_trouble(done: "Sending") -> None:
    """Refused and Unreachable, as the exit code says it."""
    fates = {one.fate.value for one in done.troubles}
    told = done.told_troubles
    if "offline" in fates:
        raise Unreachable("message-unreachable", f"{told}; {done.waiting} wait")
    if "unsure" in fates:
        raise Unreachable("message-unsure", told)
    if "refused" in fates:
        raise Refused("message-refused", told)


def _ask_url() -> str:
    """A channel's URL, from the environment or a prompt that does not show it."""
    given = os.environ.get(URL)
    if given is not None:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise Misused("url-missing", f"a URL is needed: set {URL}, or run on a terminal")
    import getpass

    return getpass.getpass("apprise URL: ", stream=sys.stderr)


def _checked(url: str) -> str:
    from milkpos_tui.domain.messages import check_address
    from milkpos_tui.hardware.messenger import check_channel_url

    check_channel_url(check_address(url.strip()))
    return url


def _names(till: "Till", message: "Message") -> dict[str, object]:
    return {
        "id": message.id,
        "customer": till.messages.code_of(message),
        "month": str(message.month),
        "channel": message.channel,
        "state": message.stage.value,
        "operator": message.operator,
        "queued_at": time_in_india(message.queued_at),
        "next_at": time_in_india(message.next_at) if message.stage == "queued" else None,
        "tries": message.tries,
        "refusals": message.refusals,
        "why": message.why,
    }
