"""Messages through apprise against services of this machine that do what services do: whatever may
have gone out is never called unsent."""

import datetime
import ipaddress
import logging
import socket
import ssl
import sys
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from drivers.messenger import sending
from drivers.messenger.sending import Fate, NotInstalled, Unfit, check, send
from drivers.messenger.wire import watched
from tests.support.message_services import (
    CUT,
    SILENT,
    Gateway,
    MailServer,
    Proxy,
    closed_port,
    serving,
)

HINDI = "आशा जी, श्री डेयरी से नवंबर 2026 का बिल: Rs 62.00 देने हैं।\nधन्यवाद।"
SENT, OFFLINE, LATER, REFUSED, UNSURE = Fate
WAITS = "cto=5&rto=0.3"  # seconds: our own servers are there at once, or silent
SECRET = "s3cr3tt0ken"

# Services by which India's shops send, as their own URLs; the last two go to hosts of their own.
GATEWAYS = {
    "json": "json://127.0.0.1:{port}/919845012345?" + WAITS,
    "form": "form://127.0.0.1:{port}/send/919845012345?" + WAITS,
    "signal": "signal://127.0.0.1:{port}/+919800000000/919845012345?" + WAITS,
    "d7": "d7sms://" + SECRET + "@919845012345?" + WAITS,
    "whatsapp": "whatsapp://" + SECRET + "@15005550006/919845012345?" + WAITS,
}


@pytest.fixture
def gateway():
    with serving(Gateway()) as server:
        yield server


@pytest.fixture(params=GATEWAYS)
def url(request, gateway, monkeypatch):
    from apprise.plugins.d7networks import NotifyD7Networks
    from apprise.plugins.whatsapp import NotifyWhatsApp

    for service in (NotifyD7Networks, NotifyWhatsApp):
        monkeypatch.setattr(service, "notify_url", f"http://127.0.0.1:{gateway.server_port}/api")
    return GATEWAYS[request.param].format(port=gateway.server_port)


@pytest.fixture
def mail():
    with serving(MailServer()) as server:
        yield server


def mailto(port, more="cto=0.3"):
    return (
        f"mailto://shop:{SECRET}@127.0.0.1:{port}/?from=shop@example.org&to=asha@example.org"
        f"&mode=insecure&{more}"
    )


CUT_BODY = b"HTTP/1.1 %d X\r\nContent-Length: 100\r\n\r\n{"
ANSWERS = [
    (200, SENT),
    (301, UNSURE),
    (302, UNSURE),
    (400, REFUSED),
    (401, REFUSED),
    (404, REFUSED),
    (422, REFUSED),
    (429, LATER),
    (500, UNSURE),
    (501, REFUSED),
    (502, UNSURE),
    (503, LATER),
    (504, UNSURE),
    (CUT, UNSURE),
    (SILENT, UNSURE),
    (b"no HTTP\r\n\r\n", UNSURE),
    (CUT_BODY % 200, UNSURE),
    (CUT_BODY % 400, REFUSED),
    (CUT_BODY % 500, UNSURE),
]


@pytest.mark.parametrize(("answer", "fate"), ANSWERS, ids=lambda one: str(one)[:24])
def test_a_gateway(url, gateway, answer, fate):
    gateway.answer = answer
    gateway.headers = {"Location": "/elsewhere"}
    outcome = send(url, "", HINDI)
    assert outcome.fate is fate, outcome
    assert bool(outcome.why) == (fate is not SENT)
    posted = [path for path, _body in gateway.told if path != "/elsewhere"]
    assert len(posted) == 1, "told twice, or in parts"


def test_a_moved_service_that_likes_the_page_has_no_message(gateway):
    """After 301 the message is asked for as a page, which a service that has moved may well give:
    what it had of the message is not known."""
    gateway.first = [
        b"HTTP/1.1 301 X\r\nLocation: /page\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    ]
    outcome = send(GATEWAYS["json"].format(port=gateway.server_port), "", "a")
    assert len(gateway.told) == 2
    assert outcome.fate is UNSURE
    assert "mend the URL" in outcome.why


@pytest.mark.parametrize("text", ["x" * 3000, HINDI * 30])
def test_a_long_text_goes_out_whole_and_in_one(url, gateway, text):
    for more in ("", "&overflow=split", "&overflow=truncate"):
        gateway.told.clear()
        assert send(url + more, "", text).fate is SENT
        assert len(gateway.told) == 1


def test_apprise_does_not_try_again_by_itself(url, gateway):
    gateway.answer = SILENT
    assert send(url + "&retry=3&wait=0", "", "a").fate is UNSURE
    assert len(gateway.told) == 1


def test_indic_letters_arrive(gateway):
    import json

    send(GATEWAYS["json"].format(port=gateway.server_port), "", HINDI)
    ((_path, body),) = gateway.told
    assert json.loads(body)["message"] == HINDI


MAIL = [
    ({}, SENT),
    ({"hello": "554 no"}, REFUSED),
    ({"hello": "421 too busy"}, LATER),
    ({"hello": CUT}, OFFLINE),
    ({"hello": SILENT}, OFFLINE),
    ({"EHLO": "502 what"}, OFFLINE),  # and so no way to sign in
    ({"EHLO": CUT}, OFFLINE),
    ({"AUTH": "535 wrong"}, REFUSED),
    ({"AUTH": "454 not now"}, LATER),
    ({"MAIL": "552 too much"}, REFUSED),
    ({"MAIL": SILENT}, OFFLINE),
    ({"RCPT": "550 nobody"}, REFUSED),
    ({"RCPT": "450 come again"}, LATER),
    ({"RCPT": CUT}, OFFLINE),
    ({"DATA": "554 no"}, REFUSED),
    ({"DATA": "503 no"}, REFUSED),
    ({"DATA": "451 later"}, LATER),
    ({"DATA": "250 what"}, OFFLINE),
    ({"DATA": CUT}, OFFLINE),
    ({".": "554 no"}, REFUSED),
    ({".": "452 full"}, LATER),
    ({".": CUT}, UNSURE),
    ({".": SILENT}, UNSURE),
    ({".": "what?"}, UNSURE),
    ({"QUIT": CUT}, SENT),
    ({"QUIT": SILENT}, SENT),
]


@pytest.mark.parametrize(("says", "fate"), MAIL, ids=str)
def test_a_mail_server(mail, says, fate):
    mail.says = says
    outcome = send(mailto(mail.server_port), "Sri Dairy", "a")
    assert outcome.fate is fate, outcome
    assert len(mail.mails) == ("." in says or fate is SENT)


def test_a_mail_as_it_is_read(mail):
    assert send(mailto(mail.server_port), "श्री डेयरी", HINDI + "\n.\n..x").fate is SENT
    (letter,) = mail.letters
    assert letter["Subject"] == "श्री डेयरी"
    assert letter["To"] == "asha@example.org"
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == HINDI + "\n.\n..x"


@pytest.mark.parametrize("scheme", ["json://", "jsons://", "mailto://u:p@"])
def test_nobody_there(scheme):
    more = "?from=a@example.org&to=b@example.org&mode=insecure&" + WAITS
    outcome = send(f"{scheme}127.0.0.1:{closed_port()}{more}", "", "a")
    assert outcome == (OFFLINE, "it could not be reached")


@pytest.mark.parametrize("scheme", ["json://", "mailto://u:p@"])
def test_no_network(scheme, monkeypatch):
    def nobody(*_args, **_more):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    outcome = send(f"{scheme}example.org:2525/?to=b@example.org&mode=insecure", "", "a")
    assert outcome.fate is OFFLINE
    assert "its name was not found" in outcome.why


def test_a_line_that_is_not_made_in_time(monkeypatch):
    def too_late(*_args):
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", too_late)
    assert send(f"json://127.0.0.1:{closed_port()}", "", "a") == (
        OFFLINE,
        "it did not answer in time",
    )


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory):
    """A server's side of TLS, with a certificate that it wrote itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    day, since = datetime.timedelta(1), datetime.datetime.now(datetime.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(since - day)
        .not_valid_after(since + day)
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, private, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_certificate_that_nobody_vouches_for(own_certificate):
    with serving(Gateway(own_certificate)) as server:
        url = f"jsons://127.0.0.1:{server.server_port}/91?{WAITS}"
        assert send(url, "", "a") == (OFFLINE, "its certificate is not trusted")
        assert server.told == []
        assert send(f"{url}&verify=no", "", "a").fate is SENT
        server.answer = CUT
        assert send(f"{url}&verify=no", "", "a").fate is UNSURE
        assert len(server.told) == 2


@pytest.fixture
def proxied(own_certificate, monkeypatch):
    """A service behind a proxy, over which alone it is reached."""
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(Gateway(own_certificate)) as service, serving(Proxy(service)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.server_port}")
        yield service, proxy


@pytest.mark.parametrize("answer", [403, 407, 502, 504, CUT])
def test_a_proxy_that_gives_no_line(proxied, answer):
    """What a proxy says to being asked for one is said of no message."""
    service, proxy = proxied
    proxy.answer = answer
    outcome = send(f"jsons://gateway.example/91?{WAITS}", "", "a")
    assert outcome == (OFFLINE, "the proxy gave no line to it")
    assert (proxy.told, service.told) == ([("gateway.example:443", b"")], [])


def test_a_proxy_that_does(proxied):
    service, _proxy = proxied
    url = f"jsons://gateway.example/91?{WAITS}"
    assert send(url, "", "a") == (OFFLINE, "its certificate is not trusted")
    fates = {200: SENT, 404: REFUSED, 502: UNSURE, CUT: UNSURE, SILENT: UNSURE}
    for answer, fate in fates.items():
        service.answer = answer
        assert send(f"{url}&verify=no", "", "a").fate is fate
    assert len(service.told) == len(fates)


def test_a_line_that_is_not_secret(gateway):
    outcome = send(f"jsons://127.0.0.1:{gateway.server_port}/91?{WAITS}", "", "a")
    assert outcome == (OFFLINE, "no secure line could be made")
    assert gateway.told == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense://a/919845012345", "does not know"),
        ("json://", "does not know"),
        ("irc://a:b@localhost/#919845012345", "only mail and services over HTTP"),
        ("twilio://ACaaaaaaaaaaaaaaaa:b@+15005550006/919845012345/919845012346", "reach one"),
        (GATEWAYS["signal"].format(port=1).replace("?", "/+919845012346?batch=yes&"), "reach one"),
        (mailto(1, "cc=b@example.org"), "reach one"),
        (mailto(1, "bcc=b@example.org"), "reach one"),
        (mailto(1).replace("to=", "to=b@example.org,"), "reach one"),
        ("json://127.0.0.1:1/91, json://127.0.0.1:1/92", None),
    ],
)
def test_a_url_that_is_unfit(url, words, gateway):
    if words is None:  # read as one, and so never two
        assert len(sending._service(url)) == 1
        return
    with pytest.raises(Unfit, match=words) as unfit:
        check(url)
    assert url not in str(unfit.value)
    outcome = send(url, "", "a")
    assert (outcome.fate, outcome.why) == (REFUSED, str(unfit.value))


def test_nothing_is_told_of_a_service(mail, gateway, capfd, caplog):
    """What libraries log and warn of has hosts, tokens and passwords in it."""
    logging.getLogger().setLevel(logging.DEBUG)
    outcomes = []
    for answer in (200, 404, 500, CUT, b"HTTP/1.1 200 OK\r\nno header\r\n\r\n"):
        gateway.answer = answer
        outcomes.append(send(f"json://{SECRET}@127.0.0.1:{gateway.server_port}/{SECRET}", "", "a"))
    for says in ({}, {"AUTH": f"535 {SECRET}"}, {".": CUT}):
        mail.says = says
        outcomes.append(send(mailto(mail.server_port), "", "a"))
    outcomes.append(send(f"nonsense://{SECRET}", "", "a"))
    told = capfd.readouterr()
    assert (told.out, told.err, caplog.text) == ("", "", "")
    assert SECRET not in repr(outcomes)
    logging.getLogger("apprise").warning("and then it goes on")
    assert "it goes on" in caplog.text


def test_everything_is_as_before_afterwards(gateway):
    before = (socket.getaddrinfo, socket.socket.connect, ssl.SSLSocket.do_handshake)
    send(f"json://127.0.0.1:{gateway.server_port}", "", "a")
    assert before == (socket.getaddrinfo, socket.socket.connect, ssl.SSLSocket.do_handshake)


def test_what_other_threads_say_meanwhile_is_none_of_the_message(gateway):
    """A printer on the network is spoken to while a month's messages wait for a line."""

    def speak():
        with socket.create_connection(("127.0.0.1", gateway.server_port)):
            pass

    with watched() as wire:
        wire.no_line("no network")
        printer = threading.Thread(target=speak)
        printer.start()
        printer.join()
        assert wire.outcome(said_yes=False).fate is OFFLINE
        speak()
        assert wire.outcome(said_yes=False).fate is UNSURE


def test_without_apprise(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    for ask in (lambda: send("json://a", "", "b"), lambda: check("json://a")):
        with pytest.raises(NotInstalled, match=r"pip install 'milkpos\[messages\]'"):
            ask()


def test_it_is_sent_in_no_thread_that_goes_on_by_itself(gateway):
    """apprise would give up after a minute, and leave a thread that still sends."""
    before = set(threading.enumerate())
    assert send(f"json://127.0.0.1:{gateway.server_port}", "", "a").fate is SENT
    names = {thread.name for thread in set(threading.enumerate()) - before}
    assert all("process_request" in name for name in names), names  # the server's own


def test_a_service_is_given_time():
    service = sending._service("json://a")
    assert service.request_timeout == (sending.PATIENCE_S, sending.PATIENCE_S)
    assert sending._service("json://a?rto=5&cto=6").request_timeout == (6, 5)
