"""From the queue of messages to whoever carries them: for the front ends, which know no drivers."""

from typing import NamedTuple

from drivers.messenger.sending import (
    Fate,
    NotInstalled,
    Outcome,
    Unfit,
    check,
    check_installed,
    send,
)
from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.messages import address_of
from milkpos_tui.domain.text import plural
from milkpos_tui.services.messages import Message
from milkpos_tui.till import Actor, Till

__all__ = ["Fate", "Sending", "Trouble", "check_channel_url", "send_queue"]

# A channel that does not take so many on end is left for another time: the fault is not theirs.
ON_END_MAX = 3
_TRIED = "9845012345", "a@example.org"


class Trouble(NamedTuple):
    """What a channel met that was left before its messages were through, or of what it refused;
    the last of each kind, in words without a secret."""

    channel: str
    fate: Fate
    why: str


class Sending(NamedTuple):
    """What a run of the queue came to. `refused` may be taken another time but for those `failed`;
    `expired` were too old, of `unsure` nobody knows, some from before."""

    sent: int
    refused: int
    failed: int
    dropped: int
    expired: int
    unsure: int
    waiting: int
    troubles: tuple[Trouble, ...]

    @property
    def told(self) -> str:
        """What went out and what did not, in a line."""
        counts = [
            f"{count} {what}"
            for count, what in (
                (self.refused, "refused"),
                (self.dropped, "dropped"),
                (self.expired, "too old"),
            )
            if count
        ]
        return ", ".join((f"{plural(self.sent, 'message')} sent", *counts, f"{self.waiting} wait"))

    @property
    def told_troubles(self) -> str:
        """What the channels met; empty where all went well."""
        return "; ".join(f"{one.channel}: {one.why}" for one in self.troubles)

    @property
    def left(self) -> tuple[str, ...]:
        """What somebody has to look at."""
        told = []
        if self.unsure:
            many = plural(self.unsure, "message")
            told.append(f"of {many} nobody knows if it was sent: milkpos message list, then settle")
        if self.failed or self.expired:
            many = plural(self.failed + self.expired, "message")
            told.append(f"given up: {many}; milkpos message list --all, then settle N --again")
        return tuple(told)


def check_channel_url(url: str) -> None:
    """Refused for a URL by which no message can be sent to one customer alone; Unreachable where
    apprise is not installed."""
    try:
        check(address_of(url, *_TRIED) or "")
    except NotInstalled as missing:
        raise _missing(missing) from None
    except Unfit as unfit:
        raise Refused("message-url", str(unfit)) from None


def send_queue(till: Till, actor: Actor, *, early: bool = False) -> Sending:
    """Send what waits, one after another; a channel that can't be reached, whose line breaks, or
    that takes nothing is left for later, its other messages untried. Busy if another program
    sends; Unreachable without apprise."""
    try:
        check_installed()  # before anything is taken in hand
    except NotInstalled as missing:
        raise _missing(missing) from None
    with till.home.sending_messages():
        run = _Run(till)
        expired = till.messages.take_over(actor)
        for message in till.messages.due(actor, early=early):
            if message.channel not in run.left:
                run.send(message)
        still = till.messages.open(actor)
    unsure = sum(one.stage == "unsure" for one in still)
    return Sending(
        run.counts[Fate.SENT],
        run.counts[Fate.REFUSED],
        run.failed,
        run.dropped,
        expired,
        unsure,
        len(still) - unsure,
        tuple(run.troubles.values()),
    )


class _Run:
    """One run of the queue: what it came to so far, and which channels are left."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._on_end: dict[str, int] = {}
        self.counts = dict.fromkeys(Fate, 0)
        self.failed = 0
        self.dropped = 0
        self.left: set[str] = set()
        self.troubles: dict[tuple[str, Fate], Trouble] = {}

    def send(self, message: Message) -> None:
        """A message, if it is still to be sent."""
        messages = self._till.messages
        letter = messages.letter(message)
        if letter is None:
            self.dropped += 1
        elif messages.begin(message):
            outcome = send(letter.url, letter.title, letter.text)
            self._keep(message, outcome)
            self._judge(message.channel, outcome)

    def _keep(self, message: Message, outcome: Outcome) -> None:
        messages = self._till.messages
        self.counts[outcome.fate] += 1
        match outcome.fate:
            case Fate.SENT:
                messages.sent(message)
            case Fate.OFFLINE | Fate.LATER:
                messages.unsent(message, outcome.why)
            case Fate.REFUSED:
                self.failed += not messages.refused(message, outcome.why)
            case Fate.UNSURE:
                messages.unsure(message, outcome.why)

    def _judge(self, channel: str, outcome: Outcome) -> None:
        """Whether the channel is of use for the next one."""
        if outcome.fate is Fate.SENT:
            self._on_end[channel] = 0
            return
        self.troubles[channel, outcome.fate] = Trouble(channel, outcome.fate, outcome.why)
        self._on_end[channel] = self._on_end.get(channel, 0) + 1
        at_once = outcome.fate in (Fate.OFFLINE, Fate.UNSURE)
        if at_once or self._on_end[channel] >= ON_END_MAX:
            self.left.add(channel)


def _missing(missing: NotInstalled) -> Unreachable:
    return Unreachable("apprise-missing", str(missing))
