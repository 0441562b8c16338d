"""One message out to one address, by apprise, and what became of it."""

import sys
from typing import TYPE_CHECKING

from drivers.messenger.wire import Fate, Outcome, watched

if TYPE_CHECKING:
    from apprise import NotifyBase

__all__ = ["Fate", "NotInstalled", "Outcome", "Unfit", "check", "check_installed", "send"]

# apprise waits four seconds; gateways take longer on a bad day, and then it is out all the same.
PATIENCE_S = 30.0


class NotInstalled(Exception):  # named after what happened
    """apprise is missing; what to install, in words."""

    def __init__(self) -> None:
        super().__init__("apprise is not installed: pip install 'milkpos[messages]'")


class Unfit(Exception):  # named after what it is about
    """A URL by which no message can be sent once and to one; why, in words without the URL."""


def check_installed() -> None:
    """NotInstalled where apprise is missing."""
    try:
        import apprise  # noqa: F401  # whether it is there
    except ImportError:
        raise NotInstalled from None


def check(url: str) -> None:
    """Whether a message can be sent by a URL. NotInstalled, Unfit."""
    check_installed()
    with watched():  # what apprise logs of a URL holds its keys
        _service(url)


def send(url: str, title: str, text: str) -> Outcome:
    """Send a text by a URL, once and whole, and wait for the answer. NotInstalled."""
    check_installed()
    from apprise import Apprise, NotifyFormat

    with watched() as wire:
        try:
            service = _service(url)
        except Unfit as unfit:
            return Outcome(Fate.REFUSED, str(unfit))
        one = Apprise(asset=service.asset)
        one.add(service)
        yes = bool(one.notify(body=text, title=title, body_format=NotifyFormat.TEXT))
    return wire.outcome(yes)


def _service(url: str) -> "NotifyBase":
    """What apprise makes of a URL, without all by which it would send twice, in parts, to several,
    or go on in a thread after it gave up."""
    from apprise import Apprise, AppriseAsset, NotifyBase, OverflowMode
    from apprise.plugins.email import NotifyEmail

    asset = AppriseAsset(
        app_id="MilkPOS", async_mode=False, service_timeout=0, storage_mode="memory"
    )
    service = Apprise.instantiate(url, asset=asset)
    if not isinstance(service, NotifyBase):
        raise Unfit("apprise does not know what to do with that URL")
    mail = isinstance(service, NotifyEmail)
    if not mail and not hasattr(sys.modules[type(service).__module__], "requests"):
        raise Unfit("only mail and services over HTTP tell whether a message went out")
    service.retry = 0
    service.overflow_mode = OverflowMode.UPSTREAM
    if hasattr(service, "batch"):
        service.batch = False
    if not len(service):
        raise Unfit("the number or address is not one to send to")
    if len(service) != 1 or any(getattr(service, more, None) for more in ("cc", "bcc")):
        raise Unfit("the URL must reach one customer, and nobody beside")
    if service.socket_connect_timeout == NotifyBase.socket_connect_timeout:
        service.socket_connect_timeout = PATIENCE_S
    if service.socket_read_timeout == NotifyBase.socket_read_timeout:
        service.socket_read_timeout = PATIENCE_S
    return service
