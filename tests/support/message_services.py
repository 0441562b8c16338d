"""Services that carry messages: they take one, refuse it, fall silent, break off."""

import queue
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What stands in the place of an answer.
CUT = "cut"  # the line is broken off
SILENT = "silent"  # nothing is ever said


class Gateway(ThreadingHTTPServer):
    """A service over HTTP. `answer` is a status, CUT, SILENT, or bytes as they go out, and `first`
    has others that are given before; `told` has the path and body of each request, however it
    ended."""

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), _Request)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.answer = 200
        self.first = []
        self.headers = {}
        self.told = []
        self.heard = queue.Queue()  # the same, for whoever waits for it
        self.closing = threading.Event()

    def handle_error(self, *_):
        """A client that does not trust us is no news."""


class _Request(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.told.append((self.path, body))
        self.server.heard.put(self.path)
        first = self.server.first
        answer = first.pop(0) if first else self.server.answer
        if answer == SILENT:
            self.server.closing.wait()
        elif answer == CUT:
            self.close_connection = True
        elif isinstance(answer, bytes):
            self.wfile.write(answer)
            self.close_connection = True
        else:
            self.send_response(answer)
            for name, value in self.server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    do_GET = do_POST  # noqa: N815  # as the standard library wants it

    def log_message(self, *_):
        pass


class Proxy(Gateway):
    """A proxy. With `answer` at 200 it gives a line to `behind`, wherever one is wanted to."""

    def __init__(self, behind):
        super().__init__()
        self.behind = behind
        self.RequestHandlerClass = _Proxied


class _Proxied(_Request):
    def do_CONNECT(self):
        self.server.told.append((self.path, b""))
        if self.server.answer == CUT:
            self.close_connection = True
        elif self.server.answer == 200:
            self.send_response(200)
            self.end_headers()
            self._carry()
        else:
            self.send_error(self.server.answer)

    def _carry(self):
        self.close_connection = True
        with socket.create_connection(("127.0.0.1", self.server.behind.server_port)) as far:
            ends = {far: self.connection, self.connection: far}
            while True:
                for end in select.select(list(ends), (), ())[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server. `says` has answers other than usual, by command; `.` is the end of a mail,
    `hello` what is said first. `mails` are those that came whole, whatever was answered."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.says = {}
        self.mails = []
        self.closing = threading.Event()

    @property
    def server_port(self):
        return self.server_address[1]

    @property
    def letters(self):
        return [message_from_bytes(one, policy=policy.default) for one in self.mails]

    def handle_error(self, *_):
        """A client that leaves is no news."""


USUAL = {
    "hello": "220 here",
    "EHLO": "250-here\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN",
    "HELO": "250 here",
    "AUTH": "235 welcome",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 fine",
    "QUIT": "221 bye",
}


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        on = self._say("hello")
        while on and (line := self.rfile.readline()):
            command = line.split()[0].decode().upper()
            on = self._say(command)
            if on and command == "DATA" and self._last.startswith("354"):
                self.server.mails.append(self._mail())
                on = self._say(".")

    def _say(self, command):
        said = self.server.says.get(command, USUAL[command])
        self._last = said
        if said == SILENT:
            self.server.closing.wait()
        if said in (SILENT, CUT):
            self.request.shutdown(socket.SHUT_RDWR)
            return False
        self.wfile.write(f"{said}\r\n".encode())
        return command != "QUIT"

    def _mail(self):
        rows = []
        while (row := self.rfile.readline()) not in (b".\r\n", b""):
            rows.append(row.removeprefix(b".") if row.startswith(b"..") else row)
        return b"".join(rows)


@contextmanager
def serving(server) -> Iterator:
    """A service at work in a thread."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port of this machine at which nobody answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
