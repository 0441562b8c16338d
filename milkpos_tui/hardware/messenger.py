"""From the queue of messages to whoever carries them: for the front ends, which know no drivers."""

from typing import NamedTuple

from drivers.messenger.sending import Fate, NotInstalled, is_understood, send
from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.messages import address_of
from milkpos_tui.till import Actor, Till

__all__ = ["Sending", "check_channel_url", "send_queue"]


class Sending(NamedTuple):
    """What a run of the queue came to; `offline` are the channels that could not be reached."""

    sent: int
    refused: int
    dropped: int
    unsure: int
    waiting: int
    offline: tuple[str, ...]


def check_channel_url(url: str) -> None:
    """Refused for a URL that apprise makes nothing of; Unreachable where it is not installed."""
    try:
        understood = is_understood(address_of(url, "9845012345", "a@example.org") or "")
    except NotInstalled as missing:
        raise Unreachable("apprise-missing", str(missing)) from None
    if not understood:
        raise Refused("message-url", "apprise does not know what to do with that URL")


def send_queue(till: Till, actor: Actor, *, early: bool = False) -> Sending:
    """Send what waits, one after another; a channel that can't be reached is left for later, its
    other messages untried. Busy if another program sends; Unreachable without apprise."""
    sent = refused = dropped = 0
    offline: list[str] = []
    with till.home.sending_messages():
        till.messages.take_over(actor)
        for message in till.messages.due(actor, early=early):
            if message.channel in offline:
                continue
            letter = till.messages.letter(message)
            if letter is None:
                dropped += 1
                continue
            if not till.messages.begin(message):
                continue
            try:
                fate = send(letter.url, letter.title, letter.text)
            except NotInstalled as missing:
                till.messages.unsent(message, "apprise is not installed")
                raise Unreachable("apprise-missing", str(missing)) from None
            match fate:
                case Fate.SENT:
                    till.messages.sent(message)
                    sent += 1
                case Fate.OFFLINE:
                    till.messages.unsent(message, "it could not be reached")
                    offline.append(message.channel)
                case Fate.REFUSED:
                    till.messages.refused(message, "the service refused it")
                    refused += 1
                case Fate.UNSURE:
                    till.messages.unsure(message, "the line broke while it was sent")
        left = till.messages.open(actor)
    unsure = sum(one.stage == "unsure" for one in left)
    return Sending(sent, refused, dropped, unsure, len(left) - unsure, tuple(offline))
