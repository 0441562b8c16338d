"""`milkpos message`, against services of this machine."""

import json
import stat
import sys

import pytest

from milkpos_tui.till import open_till
from tests.commands import driving
from tests.commands.driving import (
    BUSY,
    NOT_WHOLE,
    REFUSED,
    UNREACHABLE,
    USAGE,
    assert_words,
)
from tests.support.message_services import CUT, Gateway, MailServer, closed_port, serving
from tests.support.tills import DAY_MS

MONDAY = "2026-11-23"
SECRET = "s3cr3tt0ken"


@pytest.fixture
def service():
    with serving(Gateway()) as server:
        yield server


def texts(service):
    return [(path, json.loads(body)["message"]) for path, body in service.told]


def set_up(milkpos, name, url):
    ran = milkpos("message", "channel", name, env={"MILKPOS_MESSAGE_URL": url})
    assert ran.code == 0, ran.err
    return ran


@pytest.fixture
def owing(milkpos, clock):
    """9 and 10 agreed to messages and owe for November, 14 owes and did not agree."""
    agreed = ("--consent", MONDAY)
    for code, more in (("9", agreed), ("10", agreed), ("14", ())):
        named = ("--name", f"House {code}", "--phone", f"98450 123{code:>02}")
        mailed = ("--email", f"{code}@example.org")
        assert milkpos("customer", "add", code, *named, *mailed, *more).code == 0
        assert milkpos("khata", "adjust", code, "+62", "--reason", "old book").code == 0
    clock.advance(8 * DAY_MS)
    return milkpos


@pytest.fixture
def billed(owing, service):
    """Their bills of November are issued, and `sms` is a channel of ours."""
    assert owing("month", "run", "2026-11").code == 0
    url = f"json://127.0.0.1:{service.server_port}/{{phone}}?cto=5&rto=0.3"
    assert set_up(owing, "sms", url).lines == ["sms"]
    return owing


@pytest.fixture
def queued(billed):
    assert billed("message", "queue", "2026-11").code == 0
    return billed


def test_queued_once_and_sent_once(billed, service):
    done = billed("--json", "message", "queue", "2026-11").json
    assert (done["new"], done["there"], done["without"]) == (2, 0, 1)
    assert billed("--json", "message", "queue", "2026-11").json["there"] == 2
    assert service.told == []
    assert billed("--json", "message", "send").json["sent"] == 2
    billed("message", "send", "--now")
    assert [path.partition("?")[0] for path, _text in texts(service)] == [
        "/9198450123" + end for end in ("09", "10")
    ]
    assert all("Rs 62.00 is due" in text for _path, text in texts(service))


@pytest.mark.parametrize(
    ("answer", "code", "error", "state", "refusals", "tried"),
    [
        (404, REFUSED, "message-refused", "queued", 1, 2),
        (429, 0, None, "queued", 0, 2),
        (500, UNREACHABLE, "message-unsure", "unsure", 0, 1),
        (CUT, UNREACHABLE, "message-unsure", "unsure", 0, 1),
    ],
)
def test_what_was_not_taken(queued, service, answer, code, error, state, refusals, tried):
    service.answer = answer
    ran = queued("--json", "message", "send")
    assert (ran.code, ran.error["code"] if code else None) == (code, error)
    trouble = ran.json["troubles"][0]
    assert trouble["channel"] == "sms"
    assert trouble["why"] in ran.err or not code
    one, other = queued("--json", "message", "list").json
    assert (one["state"], one["tries"], one["refusals"]) == (state, 1, refusals)
    # A line that broke once is not tried on the others of that run.
    assert other["tries"] == tried - 1
    assert len(service.told) == tried
    service.answer = 200
    queued("message", "send", "--now")
    mine = [path for path, _text in texts(service) if "12309" in path]
    assert len(mine) == tried, "unsure is never sent again by itself"


def test_offline_it_waits(queued, service):
    set_up(queued, "sms", f"json://127.0.0.1:{closed_port()}/{{phone}}")
    ran = queued("--json", "message", "send")
    assert (ran.code, ran.error["code"]) == (UNREACHABLE, "message-unreachable")
    assert "2 wait" in ran.error["message"]
    assert ran.json["offline"] == ["sms"]
    again = queued("--json", "message", "send").json  # the one it was tried with has its time
    assert again["waiting"] == 2


def test_a_wrong_url_is_told_at_once_and_does_not_use_up_everybody(owing, service):
    for code in range(20, 26):
        named = ("--name", "A", "--phone", f"98450 400{code}", "--consent", MONDAY)
        assert owing("customer", "add", str(code), *named).code == 0
        assert owing("khata", "adjust", str(code), "+62", "--reason", "old book").code == 0
    assert owing("month", "run", "2026-11").code == 0
    set_up(owing, "sms", f"json://127.0.0.1:{service.server_port}/{{phone}}")
    owing("message", "queue", "2026-11")
    service.answer = 401
    ran = owing("message", "send")
    assert ran.code == REFUSED
    assert ran.lines == ["0 messages sent, 3 refused, 8 wait"]
    assert ran.err == "milkpos: sms: the service answered 401\n"
    assert len(service.told) == 3


def test_given_up_after_five_refusals(queued, service, clock):
    service.answer = 422
    for _ in range(4):
        ran = queued("message", "send", "--now")
        assert "given up" not in ran.err
    ran = queued("--json", "message", "send", "--now")
    assert (ran.json["refused"], ran.json["failed"], ran.json["waiting"]) == (2, 2, 0)
    assert "given up: 2 messages" in ran.err
    assert queued("message", "list").lines == ["no message waits"]
    assert "the service answered 422" in queued("message", "list", "--all").out
    service.answer = 200
    assert queued("message", "settle", "1", "--again").code == 0
    assert queued("--json", "message", "send").json["sent"] == 1


def test_too_old(queued, service, clock):
    clock.advance(46 * DAY_MS)
    ran = queued("--json", "message", "send")
    assert (ran.code, ran.json["expired"], ran.json["sent"]) == (0, 2, 0)
    assert "given up: 2 messages" in ran.err
    assert service.told == []
    assert queued("message", "settle", "2", "--again").code == 0
    assert queued("--json", "message", "send").json["sent"] == 1


def test_cut_off_it_is_unsure_until_somebody_says(queued, service, clock):
    with open_till(queued.home, clock) as till:
        assert till.messages.begin(till.messages.message(1))
    ran = queued("--json", "message", "send")
    assert (ran.code, ran.json["unsure"], ran.json["sent"]) == (0, 1, 1)
    assert "nobody knows" in ran.err
    assert queued("message", "settle", "1", "--again").code == 0
    assert queued("--json", "message", "send").json["sent"] == 1


def test_erased_meanwhile(queued, service):
    assert queued("customer", "erase", "9").code == 0
    done = queued("--json", "message", "send").json
    assert (done["dropped"], done["sent"]) == (1, 1)


def test_another_program_sends(queued, service):
    with queued.home.sending_messages():
        ran = queued("--json", "message", "send")
    assert (ran.code, ran.error["code"]) == (BUSY, "messages-held")
    assert service.told == []


# --- a month's run --------------------------------------------------------------------------


def test_a_months_run_sends_nothing_that_nobody_asked_for(owing, service):
    set_up(owing, "sms", f"json://127.0.0.1:{service.server_port}/{{phone}}")
    ran = owing("month", "run", "2026-11")
    assert (ran.code, ran.err) == (0, "")
    assert owing("--json", "message", "list", "--all").json == []
    assert service.told == []


def test_a_months_run_sends_where_the_setting_says_so(owing, service):
    set_up(owing, "sms", f"json://127.0.0.1:{service.server_port}/{{phone}}")
    assert owing("setting", "set", "messages", "yes").code == 0
    ran = owing("--json", "month", "run", "2026-11")
    assert (ran.code, ran.json["issued"]) == (0, 3)
    assert ran.err == "messages: 2 queued, 2 messages sent, 0 wait\n"
    assert len(service.told) == 2
    assert "0 queued, 0 messages sent" in owing("month", "run", "2026-11").err
    assert len(service.told) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "no channel is set up"),
        ("offline", "sms: it could not be reached"),
        (401, "sms: the service answered 401"),
        (CUT, "of 1 message nobody knows if it was sent"),
    ],
)
def test_a_months_run_is_stopped_by_no_message(owing, service, answer, words):
    port = closed_port() if answer == "offline" else service.server_port
    service.answer = answer
    if answer:
        set_up(owing, "sms", f"json://127.0.0.1:{port}/{{phone}}?rto=0.3")
    owing("setting", "set", "messages", "yes")
    ran = owing("--json", "month", "run", "2026-11")
    assert (ran.code, ran.json["issued"]) == (0, 3)
    assert words in ran.err


# --- mail -----------------------------------------------------------------------------------


def test_a_mail_in_their_letters(billed):
    with serving(MailServer()) as mail:
        url = f"mailto://shop:{SECRET}@127.0.0.1:{mail.server_port}/?from=shop@example.org"
        set_up(billed, "mail", f"{url}&to={{email}}&mode=insecure")
        assert billed("customer", "change", "9", "--language", "kn").code == 0
        billed("message", "queue", "2026-11", "--channel", "mail")
        assert billed("--json", "message", "send").json["sent"] == 2
        letter, _other = mail.letters
    assert (letter["To"], letter["Subject"]) == ("9@example.org", "Nandini Dairy")
    assert "House 9 ಅವರೇ, Nandini Dairy ನಿಂದ ನವೆಂಬರ್ 2026 ತಿಂಗಳ ಬಿಲ್" in letter.get_content()


# --- channels -------------------------------------------------------------------------------


def test_the_url_is_told_nowhere(queued, service, monkeypatch):
    monkeypatch.setattr(driving, "_judged", lambda ran: ran)  # tracebacks are wanted here

    def debugged(*words, **more):
        ran = queued("--debug", *words, **more)
        return ran.out + ran.err

    set_up(queued, "sms", f"json://u:{SECRET}@127.0.0.1:{service.server_port}/{SECRET}/{{phone}}")
    told = []
    for answer in (404, CUT):
        service.answer = answer
        told.append(debugged("message", "send", "--now"))
        assert "Traceback" in told[-1]
    for words in (
        ("message", "channel"),
        ("--json", "message", "channel"),
        ("--json", "message", "list", "--all"),
        ("audit", "export"),
        ("setting", "list"),
    ):
        ran = queued(*words)
        told.append(ran.out + ran.err)
    for bad in ("{phone", f"json://{SECRET}", f"nonsense://{SECRET}/{{phone}}", "x" * 501):
        url = {"MILKPOS_MESSAGE_URL": bad + SECRET}
        ran = queued("--json", "message", "channel", "b", env=url)
        assert ran.code == REFUSED
        told.append(ran.out + ran.err)
    told.append(debugged("message", "channel", "b", env=url))
    queued.home.message_urls.write_text(f'{{"sms": "{SECRET}')
    told.append(debugged("message", "send", "--now"))
    assert "holds no channels" in told[-1]
    assert SECRET not in "".join(told)
    assert SECRET.encode() not in queued.home.database.read_bytes()


def test_channels_are_their_owners_alone(billed):
    assert stat.S_IMODE(billed.home.message_urls.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no apprise URL"),
        ("json://a", "must have {phone} or {email}"),
        ("json://a/{phone}/{name}", "no other name"),
        ("nonsense://a/{phone}", "does not know what to do"),
        ("irc://a:b@c/{phone}", "only mail and services over HTTP"),
        ("mailto://u:p@example.org?to={email}&bcc=b@example.org", "nobody beside"),
        ("json://a/{phone}" + "x" * 500, "no apprise URL"),
    ],
)
def test_a_url_that_is_no_use(billed, url, words):
    ran = billed("message", "channel", "mail", env={"MILKPOS_MESSAGE_URL": url})
    assert_words(ran, REFUSED, words)
    assert billed("--json", "message", "channel").json["channels"] == ["sms"]


def test_a_url_is_asked_for_by_its_name(billed):
    ran = billed("--json", "message", "channel", "mail")
    assert (ran.code, ran.error["code"]) == (USAGE, "url-missing")
    assert "MILKPOS_MESSAGE_URL" in ran.error["message"]


def test_a_channel_taken_away(billed):
    assert billed("message", "channel", "--remove").code == USAGE
    assert_words(billed("message", "channel", "fax", "--remove"), REFUSED, "no channel 'fax'")
    assert billed("message", "channel", "sms", "--remove").lines == ["no channel is set up"]
    assert_words(billed("message", "queue", "2026-11"), REFUSED, "no channel is set up")


def test_a_file_of_channels_that_is_none(queued):
    queued.home.message_urls.write_text("[]")
    for words in (("channel",), ("queue", "2026-11"), ("send",)):
        assert_words(queued("message", *words), NOT_WHOLE, "holds no channels")


def test_without_apprise(queued, service, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    url = {"MILKPOS_MESSAGE_URL": "json://a/{phone}"}
    for ran in (queued("message", "send"), queued("message", "channel", "b", env=url)):
        assert_words(ran, UNREACHABLE, "pip install 'milkpos[messages]'")
    (one, _other) = queued("--json", "message", "list").json
    assert (one["state"], one["tries"]) == ("queued", 0), "nothing was tried"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("queue", "2026-10"), REFUSED, "no bill of 2026-10 is issued"),
        (("queue", "2026-13"), REFUSED, "2026-13"),
        (("queue", "2026-11", "--channel", "fax"), REFUSED, "no channel 'fax', only sms"),
        (("settle", "9", "--sent"), REFUSED, "there is no message 9"),
        (("settle", "1", "--sent"), REFUSED, "message 1 is queued"),
        (("settle", "1"), USAGE, "either --sent or --again"),
        (("settle", "1", "--sent", "--again"), USAGE, "either --sent or --again"),
        (("drop", "9" * 30), REFUSED, "there is no message"),
        (("channel", "no name"), REFUSED, "is not a name like sms"),
    ],
)
def test_what_makes_no_sense(queued, words, code, said):
    url = {"MILKPOS_MESSAGE_URL": "json://a/{phone}"}
    assert_words(queued("message", *words, env=url), code, said)


def test_a_dropped_one(queued, service):
    assert "dropped by asha" in queued("message", "drop", "1").out
    assert_words(queued("message", "drop", "1"), REFUSED, "message 1 is dropped")
    assert queued("--json", "message", "send").json["sent"] == 1
    (one, other) = queued("--json", "message", "list", "--all").json
    assert (one["state"], other["state"]) == ("dropped", "sent")
    assert (one["next_at"], one["queued_at"][-6:]) == (None, "+05:30")


def test_a_template_of_the_shop_is_checked_when_it_is_set(queued, service):
    bad = queued("setting", "set", "message-en", "pay {amont}")
    assert_words(bad, REFUSED, "'amont' means nothing in a message", "{amount}")
    assert_words(queued("setting", "set", "message-en", "pay {amount"), REFUSED, "brace by itself")
    assert_words(queued("setting", "set", "message-hi", "pay"), REFUSED, "without {amount}")
    assert queued("setting", "set", "message-en", "{name}: {amount}|Thanks, {shop}").code == 0
    queued("message", "send")
    assert texts(service)[0][1] == "House 9: 62.00\nThanks, Nandini Dairy"
