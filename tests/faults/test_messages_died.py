"""Messages sent by processes that are killed, or by two at once: nobody is told twice."""

import json
import signal
from datetime import timedelta

import pytest

from milkpos_tui.home import Home
from milkpos_tui.journal.clock import day_in_india
from milkpos_tui.till import MachineClock
from tests.commands.driving import BUSY, PATIENCE_S, found, run, running
from tests.support.message_services import SILENT, Gateway, serving

CUSTOMERS = [str(code) for code in range(11, 17)]
TODAY = day_in_india(MachineClock().now())


@pytest.fixture
def service():
    with serving(Gateway()) as server:
        yield server


@pytest.fixture
def home(tmp_path):
    return found(tmp_path, MachineClock())


@pytest.fixture
def queued(home, service, monkeypatch, capsys) -> Home:
    """Six customers of a month that is over wait to be told."""
    from tests.commands.driving import Here

    milkpos = Here(home, monkeypatch, capsys)
    over = TODAY.replace(day=1) - timedelta(1)
    month = f"{over:%Y-%m}"
    url = {"MILKPOS_MESSAGE_URL": f"json://127.0.0.1:{service.server_port}/{{phone}}?rto=60"}
    commands = [("message", "channel", "sms")]
    for code in CUSTOMERS:
        named = ("--name", "A", "--phone", f"98450 000{code}", "--consent", TODAY.isoformat())
        owes = ("+62", "--reason", "old book", "--date", over.isoformat())
        commands += [("customer", "add", code, *named), ("khata", "adjust", code, *owes)]
    commands += [("month", "run", month), ("message", "queue", month)]
    for words in commands:
        ran = milkpos(*words, env=url)
        assert ran.code == 0, ran.err
    assert ran.lines == [f"{month}: 6 messages queued, 0 were there, 0 without consent or address"]
    return home


def stages(home):
    return [one["state"] for one in run("--json", "message", "list", "--all", home=home).json]


def heard(service, times):
    """Wait until the service was told so often."""
    for _ in range(times):
        service.heard.get(timeout=PATIENCE_S)


def test_killed_while_it_sends(queued, service):
    service.answer = SILENT
    with running("message", "send", home=queued) as sending:
        heard(service, 1)
        sending.send_signal(signal.SIGKILL)
        sending.wait(PATIENCE_S)
    assert stages(queued) == ["sending"] + ["queued"] * 5
    service.answer = 200
    ran = run("--json", "message", "send", "--now", home=queued)
    assert (ran.json["sent"], ran.json["unsure"]) == (5, 1)
    assert stages(queued) == ["unsure"] + ["sent"] * 5
    assert run("--json", "message", "send", "--now", home=queued).json["sent"] == 0
    told = [path for path, _body in service.told]
    assert len(told) == len(set(told)) == 6


def test_interrupted_while_it_sends(queued, service):
    service.answer = SILENT
    with running("message", "send", home=queued) as sending:
        heard(service, 1)
        sending.send_signal(signal.SIGINT)
        assert sending.wait(PATIENCE_S) == 130
    service.answer = 200
    assert run("--json", "message", "send", "--now", home=queued).json["unsure"] == 1


def test_a_second_one_is_told_that_the_first_sends(queued, service):
    service.answer = SILENT
    with running("message", "send", home=queued):
        heard(service, 1)
        ran = run("--json", "message", "send", home=queued)
        assert (ran.code, ran.error["code"]) == (BUSY, "messages-held")
    assert len(service.told) == 1


def test_two_at_once(queued, service):
    with (
        running("--json", "message", "send", home=queued) as one,
        running("--json", "message", "send", home=queued) as other,
    ):
        said = [process.communicate(timeout=PATIENCE_S)[0] for process in (one, other)]
    assert {one.returncode, other.returncode} <= {0, BUSY}
    sent = sum(json.loads(text)["sent"] for text in said if text)
    told = [path for path, _body in service.told]
    assert sent == len(told) == len(set(told)) == 6
