"""One message out, and what became of it.

apprise answers yes or no alone. What stood behind a no is in its log, which is read here and kept
nowhere: it names the service's URL, which is a secret.
"""

import logging
from enum import Enum
from types import ModuleType


class Fate(Enum):
    """What became of a message."""

    SENT = "sent"
    OFFLINE = "offline"
    REFUSED = "refused"
    UNSURE = "unsure"


class NotInstalled(Exception):  # named after what happened
    """apprise is missing; what to install, in words."""

    def __init__(self) -> None:
        super().__init__("apprise is not installed: pip install 'milkpos[messages]'")


# What a connection that was never made leaves in the log ...
_NEVER_LEFT = (
    "newconnectionerror",
    "failed to establish",
    "nameresolutionerror",
    "name or service not known",
    "getaddrinfo failed",
    "temporary failure in name resolution",
    "network is unreachable",
    "no route to host",
    "connection refused",
    "connecttimeout",
    "certificate verify failed",
)
# ... and one that a service answered with a no.
_ANSWERED = ("error=", "error code", "authentication", "invalid")


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.words = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.words += record.getMessage().lower() + "\n"


def is_understood(url: str) -> bool:
    """Whether apprise knows what to do with a URL. NotInstalled."""
    return bool(_apprise().Apprise().add(url))


def send(url: str, title: str, text: str) -> Fate:
    """Send a text by an apprise URL, and wait for the answer. NotInstalled."""
    apprise = _apprise()
    heard = _Heard()
    logger = logging.getLogger("apprise")
    was = (logger.level, logger.propagate)
    logger.addHandler(heard)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False  # nobody else may write down what it says
    try:
        service = apprise.Apprise()
        if not service.add(url):
            return Fate.REFUSED
        if service.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT):
            return Fate.SENT
    finally:
        logger.removeHandler(heard)
        logger.level, logger.propagate = was
    return fate_of(heard.words)


def fate_of(words: str) -> Fate:
    """What a no means, from what was logged: unsure wherever it may have gone out."""
    words = words.lower()
    if any(one in words for one in _NEVER_LEFT):
        return Fate.OFFLINE
    if "socket exception" not in words and any(one in words for one in _ANSWERED):
        return Fate.REFUSED
    return Fate.UNSURE


def _apprise() -> ModuleType:
    try:
        import apprise
    except ImportError:
        raise NotInstalled from None
    return apprise
