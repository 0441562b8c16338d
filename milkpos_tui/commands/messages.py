"""`milkpos message`: texts to customers, queued and sent. Nothing goes out but by `send`, or by a
month's run where the setting `messages` says so."""

from typing import TYPE_CHECKING

import typer

from milkpos_tui.commands.context import acting, ask_pin, opened, remark, result
from milkpos_tui.domain.errors import Misused, Unreachable
from milkpos_tui.domain.month import parse_month
from milkpos_tui.domain.text import plural

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
    with opened() as till:
        if name:
            actor = acting(till)
            url = "" if remove else ask_pin("apprise URL: ", URL)
            if not remove:
                _check(url)
            name = till.messages.set_channel(name, url, actor)
        names = sorted(till.messages.channels())
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
    """Send what waits. 4 where a channel can't be reached: what waits goes on waiting.

    Example: milkpos message send --json
    """
    from milkpos_tui.hardware.messenger import send_queue

    with opened() as till:
        done = send_queue(till, acting(till), early=early)
    _tell_unsure(done)
    told = f"{plural(done.sent, 'message')} sent, {done.refused} refused, {done.dropped} dropped"
    if done.offline:
        raise Unreachable(
            "message-unreachable",
            f"{', '.join(done.offline)} can't be reached: {told}, {done.waiting} wait",
        )
    result({**done._asdict(), "offline": []}, [f"{told}, {done.waiting} wait"])


@group.command()
def settle(
    message: int = _NUMBER,
    sent: bool = typer.Option(False, "--sent", help="It went out."),
    again: bool = typer.Option(False, "--again", help="It did not: send it again."),
) -> None:
    """Say what became of a message that was cut off, or have a failed one tried again.

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


def _check(url: str) -> None:
    from milkpos_tui.domain.messages import check_address
    from milkpos_tui.hardware.messenger import check_channel_url

    check_channel_url(check_address(url.strip()))


def _tell_unsure(done: "Sending") -> None:
    if done.unsure:
        many = plural(done.unsure, "message")
        remark(f"of {many} nobody knows if it was sent: milkpos message list, then settle")


def _names(till: "Till", message: "Message") -> dict[str, object]:
    return {
        "id": message.id,
        "customer": till.messages.code_of(message),
        "month": str(message.month),
        "channel": message.channel,
        "state": message.stage.value,
        "operator": message.operator,
        "queued_at": message.queued_at,
        "next_at": message.next_at,
        "tries": message.tries,
        "why": message.why,
    }
