"""`milkpos message`, against a server of this machine."""

import json
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from milkpos_tui.till import open_till
from tests.commands.driving import UNREACHABLE

MONDAY = "2026-11-23"


@pytest.fixture
def service():
    """What it was told, and what it answers with."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.told.append((self.path, json.loads(body)["message"]))
            if server.answer:
                self.send_response(server.answer)
                self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.told, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def billed(milkpos, clock, service):
    """9 agreed to messages and is billed for November, 14 is billed and did not agree."""
    for code, more in (("9", ("--consent", MONDAY)), ("14", ())):
        named = ("--name", f"House {code}", "--phone", "98450 12345")
        assert milkpos("customer", "add", code, *named, *more).code == 0
        assert milkpos("khata", "adjust", code, "+62", "--reason", "old book").code == 0
    clock.advance(8 * 24 * 60 * 60 * 1000)
    assert milkpos("month", "run", "2026-11").code == 0
    url = f"json://127.0.0.1:{service.server_port}/{{phone}}"
    ran = milkpos("message", "channel", "sms", env={"MILKPOS_MESSAGE_URL": url})
    assert (ran.code, ran.lines) == (0, ["sms"]), ran.err
    return milkpos


def test_queued_once_and_sent_once(billed, service):
    done = billed("--json", "message", "queue", "2026-11").json
    assert (done["new"], done["there"], done["without"]) == (1, 0, 1)
    assert billed("--json", "message", "queue", "2026-11").json["there"] == 1
    assert service.told == []
    assert billed("--json", "message", "send").json["sent"] == 1
    billed("message", "send", "--now")
    ((path, text),) = service.told
    assert path == "/919845012345"
    assert "Rs 62.00 is due" in text


def test_the_url_is_in_no_book(billed, service):
    billed("message", "queue", "2026-11")
    secret = str(service.server_port)
    assert secret not in billed("audit", "export").out
    assert stat.S_IMODE(billed.home.message_urls.stat().st_mode) == 0o600
    assert secret not in billed("--json", "message", "channel").out


@pytest.mark.parametrize(("answer", "state", "sent_again"), [(500, "queued", 2), (0, "unsure", 1)])
def test_a_no_is_tried_again_and_a_broken_line_is_not(billed, service, answer, state, sent_again):
    billed("message", "queue", "2026-11")
    service.answer = answer
    assert billed("message", "send").code == 0
    (one,) = billed("--json", "message", "list").json
    assert (one["state"], one["tries"]) == (state, 1)
    billed("message", "send", "--now")
    assert len(service.told) == sent_again


def test_offline_it_waits(billed, service):
    service.shutdown()
    service.server_close()
    billed("message", "queue", "2026-11")
    ran = billed("--json", "message", "send")
    assert (ran.code, ran.error["code"]) == (UNREACHABLE, "message-unreachable")
    assert "1 wait" in ran.error["message"]
    assert billed("--json", "message", "send").json["waiting"] == 1  # not before its time


def test_cut_off_it_is_unsure_until_somebody_says(billed, service, clock):
    billed("message", "queue", "2026-11")
    with open_till(billed.home, clock) as till:
        assert till.messages.begin(till.messages.message(1))
    ran = billed("--json", "message", "send")
    assert (ran.json["unsure"], service.told) == (1, [])
    assert "nobody knows" in ran.err
    assert billed("message", "settle", "1", "--again").code == 0
    assert billed("--json", "message", "send").json["sent"] == 1


def test_erased_meanwhile(billed, service):
    billed("message", "queue", "2026-11")
    assert billed("customer", "erase", "9").code == 0
    assert billed("--json", "message", "send").json["dropped"] == 1
    assert service.told == []
