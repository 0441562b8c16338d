"""What happened on the line while a message went out: seen at the sockets, HTTP and SMTP of the
standard library, on which everything that apprise sends by stands.

apprise answers yes or no alone, and its services log the same words for a line that was never made
and for one that broke when the message was out. Here is known which it was.
"""

import http.client
import logging
import smtplib
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from typing import NamedTuple, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

TAKEN = range(200, 300)
# RFC 9110, 15.6.4; RFC 6585, 4: too many requests; the service has no time just now.
_HTTP_LATER = (429, 503)
_HTTP_NEVER_DONE = (501, 505, 511)  # it does not know how; 511: a network that wants a sign-in
_ASKS_PROXY = b"CONNECT "
_MOVED = (301, 302)  # what was a message is asked for elsewhere as a page
_SMTP_GO_ON = 354
_SMTP_NO = 400
_SMTP_FOR_EVER = 500
# Of commands that a mail server lacks (RFC 5321, 4.2.4): there is always another way to ask.
_SMTP_LACKS = range(500, 505)


class Fate(Enum):
    """What became of a message. Of OFFLINE nobody heard; LATER says who heard and has no time now;
    REFUSED was heard and not taken; of UNSURE nobody knows."""

    SENT = "sent"
    OFFLINE = "offline"
    LATER = "later"
    REFUSED = "refused"
    UNSURE = "unsure"


class Outcome(NamedTuple):
    """A message's fate, and why, in words that name no address and no key."""

    fate: Fate
    why: str = ""


class Wire:
    """What was seen of one message's lines."""

    def __init__(self) -> None:
        self._trouble = ""  # why there is no line, in words
        self._lines = 0
        self._understood = False  # it was HTTP or SMTP that was spoken on one
        self._asking_proxy = False
        self._out = False  # some of the message went out, and nothing was answered
        self._taken = False  # by HTTP: apprise may still know better
        self._moved = 0
        self._status = 0
        self._mail_taken = False
        self._reply = 0

    def outcome(self, said_yes: bool) -> Outcome:
        """The fate of the message that apprise said yes or no of: unsure wherever it may have gone
        out, for nobody is told twice."""
        if self._mail_taken or (said_yes and not self._moved):
            return Outcome(Fate.SENT)
        if self._out:
            return Outcome(Fate.UNSURE, "the line broke before it was answered")
        if self._moved:
            return Outcome(Fate.UNSURE, f"the service has moved ({self._moved}): mend the URL")
        if self._taken:
            return Outcome(Fate.UNSURE, "the service took something, but not as it should")
        if self._status:
            return _of_status(self._status)
        if self._reply:
            fate = Fate.REFUSED if self._reply >= _SMTP_FOR_EVER else Fate.LATER
            return Outcome(fate, f"the mail server said no ({self._reply})")
        if self._understood:
            proxy = "the proxy gave no line to it" if self._asking_proxy else ""
            return Outcome(
                Fate.OFFLINE, self._trouble or proxy or "it broke off before anything went out"
            )
        if self._lines:
            return Outcome(Fate.UNSURE, "nobody can tell what happened on the line")
        if self._trouble:
            return Outcome(Fate.OFFLINE, self._trouble)
        return Outcome(Fate.REFUSED, "the number or address is not one to send to")

    # --- what is seen ------------------------------------------------------------------------

    def no_line(self, trouble: str) -> None:
        """A line could not be made."""
        self._trouble = trouble

    def line(self) -> None:
        """A line stands, or will."""
        self._lines += 1

    def no_secrecy(self, trouble: str) -> None:
        """A line stood, and was given up before anything was said on it."""
        self._lines -= 1
        self._trouble = trouble

    def request_goes(self, data: object) -> None:
        """Some of a request is handed to the line. One that asks a proxy for a line (RFC 9110,
        9.3.6) is none of the message: that goes once the line is secret."""
        self._understood = True
        if isinstance(data, bytes) and data.startswith(_ASKS_PROXY):
            self._asking_proxy = True
        if not self._asking_proxy:
            self._out = True

    def secrecy(self) -> None:
        """What is said from now on is said to the service, not to a proxy before it."""
        self._asking_proxy = False

    def request_answered(self, status: int, *, asked_only: bool) -> None:
        """The service's answer to a request, by its HTTP status; a request may have asked for a
        page, which brings nobody anything."""
        self._out, self._status = False, status
        self._taken = self._taken or status in TAKEN
        if status in _MOVED and not asked_only:
            self._moved = status

    def mail_line(self) -> None:
        """A mail server is listened to."""
        self._understood = True

    def mail_replied(self, code: int) -> None:
        """A mail server's reply to a command. Behind its 354 goes the mail itself."""
        if code == _SMTP_GO_ON:
            self._out = True
        elif code >= _SMTP_NO and code not in _SMTP_LACKS:
            self._reply = code

    def mail_answered(self, code: int) -> None:
        """What a mail server made of a mail. If it took it that is the last word: what breaks when
        both part breaks nothing. What is no answer leaves it unsure."""
        if code in TAKEN:
            self._mail_taken = True
        else:
            self.mail_unwanted(code)

    def mail_unwanted(self, code: int) -> None:
        """A mail server's no to a mail, before or after it heard it."""
        if code >= _SMTP_NO:
            self._out, self._reply = False, code


def _of_status(status: int) -> Outcome:
    """Of a request that was answered with a no. What a server says in trouble (500, and 502 or 504
    of one that stands before another) may be said of a message that was passed on already."""
    why = f"the service answered {status}"
    if status in _HTTP_LATER:
        return Outcome(Fate.LATER, why)
    if status < http.client.INTERNAL_SERVER_ERROR or status in _HTTP_NEVER_DONE:
        return Outcome(Fate.REFUSED, why)
    return Outcome(Fate.UNSURE, why)


_UNTRUSTED, _NOT_SECRET = "its certificate is not trusted", "no secure line could be made"
_one_at_a_time = threading.Lock()


@contextmanager
def watched() -> Iterator[Wire]:
    """See what happens on the lines of this thread, one message at a time; meanwhile nothing is
    logged or warned of in the process, for addresses of services hold their keys."""
    wire = Wire()
    with _one_at_a_time, ExitStack() as undo, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        undo.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        for owner, name, seeing in _SEEN:
            was = getattr(owner, name)
            undo.callback(setattr, owner, name, was)
            setattr(owner, name, _here(seeing(wire, was), was))
        yield wire


def _here(seen: Callable[..., object], unseen: Callable[..., object]) -> Callable[..., object]:
    """What other threads do on lines of theirs, a printer's say, is none of the message."""
    thread = threading.get_ident()

    def call(*args: object, **kwargs: object) -> object:
        return (seen if threading.get_ident() == thread else unseen)(*args, **kwargs)

    return call


def _names(wire: Wire, was: Callable[_P, _R]) -> Callable[_P, _R]:
    def getaddrinfo(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return was(*args, **kwargs)
        except OSError:
            wire.no_line("its name was not found: no network, or a wrong URL")
            raise

    return getaddrinfo


def _connects(wire: Wire, was: Callable[_P, _R]) -> Callable[_P, _R]:
    def connect(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            made = was(*args, **kwargs)
        except BlockingIOError:  # it is under way
            wire.line()
            raise
        except OSError as error:
            slow = isinstance(error, TimeoutError)
            wire.no_line("it did not answer in time" if slow else "it could not be reached")
            raise
        wire.line()
        return made

    return connect


def _shakes_hands(
    wire: Wire, was: Callable[[ssl.SSLSocket, bool], None]
) -> Callable[[ssl.SSLSocket, bool], None]:
    def do_handshake(line: ssl.SSLSocket, block: bool = False) -> None:
        if line.server_side:  # somebody else's
            was(line, block)
            return
        wire.secrecy()
        try:
            was(line, block)
        except OSError as error:
            untrusted = isinstance(error, ssl.SSLCertVerificationError)
            wire.no_secrecy(_UNTRUSTED if untrusted else _NOT_SECRET)
            raise

    return do_handshake


def _requests(
    wire: Wire, was: Callable[[http.client.HTTPConnection, object], None]
) -> Callable[[http.client.HTTPConnection, object], None]:
    def send(connection: http.client.HTTPConnection, data: object) -> None:
        if connection.sock is None:
            connection.connect()  # else a line that can't be made would look like a broken one
        wire.request_goes(data)
        was(connection, data)

    return send


def _answers(
    wire: Wire, was: Callable[[http.client.HTTPConnection], http.client.HTTPResponse]
) -> Callable[[http.client.HTTPConnection], http.client.HTTPResponse]:
    def getresponse(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        response = was(connection)
        asked = getattr(connection, "_method", None) in ("GET", "HEAD")
        wire.request_answered(response.status, asked_only=asked)
        return response

    return getresponse


def _replies(
    wire: Wire, was: Callable[[smtplib.SMTP], tuple[int, bytes]]
) -> Callable[[smtplib.SMTP], tuple[int, bytes]]:
    def getreply(connection: smtplib.SMTP) -> tuple[int, bytes]:
        wire.mail_line()
        code, words = was(connection)
        wire.mail_replied(code)
        return code, words

    return getreply


def _mails(
    wire: Wire, was: Callable[[smtplib.SMTP, str | bytes], tuple[int, bytes]]
) -> Callable[[smtplib.SMTP, str | bytes], tuple[int, bytes]]:
    def data(connection: smtplib.SMTP, mail: str | bytes) -> tuple[int, bytes]:
        try:
            code, words = was(connection, mail)
        except smtplib.SMTPDataError as unwanted:
            wire.mail_unwanted(unwanted.smtp_code)
            raise
        wire.mail_answered(code)
        return code, words

    return data


_SEEN: tuple[tuple[object, str, Callable[..., Callable[..., object]]], ...] = (
    (socket, "getaddrinfo", _names),
    (socket.socket, "connect", _connects),
    (ssl.SSLSocket, "do_handshake", _shakes_hands),
    (http.client.HTTPConnection, "send", _requests),
    (http.client.HTTPConnection, "getresponse", _answers),
    (smtplib.SMTP, "getreply", _replies),
    (smtplib.SMTP, "data", _mails),
)
