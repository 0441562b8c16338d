"""`milkpos doctor`: ok, warn or missing for the machine and the home, with words for each."""

import shutil
from collections import namedtuple

import apsw
import pytest

from milkpos_tui import checks
from milkpos_tui.domain.checks import Check, State
from tests.commands.driving import UNREACHABLE, assert_words, run, writing
from tests.commands.tampering import drop

PAGE_BYTES = 4096
MISSING = 1  # the exit code where something is missing
MACHINE = ["group", "serial", "rules", "letters", "fonts"]
HEALTHY = ["python", "sqlite", "clock", "tmux", *MACHINE]
HEALTHY += ["home", "disk", "key", "books", "devices", "keys"]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """What the tests' own machine may lack."""
    monkeypatch.setattr(checks.shutil, "which", lambda name: f"/usr/bin/{name}")
    well = [Check(name, State.OK, "there") for name in MACHINE]
    monkeypatch.setattr(checks, "check_machine", lambda: well)


@pytest.fixture
def doctor(milkpos):
    """The exit code, and state and words of each check."""

    def call(**how):
        ran = milkpos("doctor", "--json", pin=None, operator=None, **how)
        assert ran.err == ""
        for check in ran.json:
            assert check.keys() == {"check", "state", "message"}
            assert check["message"]
        return ran.code, {check["check"]: (check["state"], check["message"]) for check in ran.json}

    return call


def test_a_healthy_till(doctor):
    code, found = doctor()
    assert code == 0
    assert list(found) == HEALTHY
    assert {state for state, _ in found.values()} == {"ok"}
    assert "Nandini Dairy" in found["books"][1]


def test_in_words(milkpos, home):
    ran = milkpos("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[:2] for line in ran.lines] == [["ok", name] for name in HEALTHY]
    assert str(home.path) in ran.out


def test_as_a_process(shop):
    ran = run("doctor", "--json", home=shop)
    assert ran.code == 0
    assert {check["state"] for check in ran.json} <= {"ok", "warn"}  # the machine may lack tmux


# --- the machine -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("3.40.1", "missing"),
        ("3.9.99", "missing"),
        ("3.51.2", "missing"),
        ("3.51.3", "ok"),
        ("3.100.0", "ok"),
    ],
)
def test_a_sqlite_that_can_damage_a_wal(doctor, monkeypatch, version, state):
    monkeypatch.setattr(checks, "sqlite_version", lambda: version)
    code, found = doctor()
    assert (code, found["sqlite"][0]) == (MISSING if state == "missing" else 0, state)
    assert version in found["sqlite"][1]


@pytest.mark.parametrize(("version", "state"), [((3, 10), "missing"), ((3, 11), "ok")])
def test_an_old_python(version, state):
    assert checks.check_python(version).state == state


def test_a_clock_that_was_never_set(doctor, monkeypatch):
    """A Pi without a clock of its own: it still sells, but is told."""
    monkeypatch.setattr(checks.time, "time", lambda: 1_700_000_000.5)
    code, found = doctor()
    assert (code, found["clock"][0]) == (0, "warn")


def test_a_package_that_is_not_there(doctor, monkeypatch):
    monkeypatch.setattr(checks.shutil, "which", lambda _name: None)
    code, found = doctor()
    assert (code, found["tmux"][0]) == (0, "warn")
    assert "apt install tmux" in found["tmux"][1]


@pytest.mark.parametrize(("free_mb", "state"), [(199, "warn"), (200, "ok")])
def test_a_disk_that_fills_up(doctor, monkeypatch, free_mb, state):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _path: Usage(0, 0, free_mb << 20))
    code, found = doctor()
    assert (code, found["disk"]) == (0, (state, f"{free_mb} MB free"))


# --- the home ----------------------------------------------------------------------------------


def test_no_till_yet(doctor, tmp_path):
    code, found = doctor(home=tmp_path / "nowhere")
    assert code == MISSING
    assert found["home"][0] == "missing"
    assert "milkpos init" in found["home"][1]
    assert found.keys() == {"python", "sqlite", "clock", "tmux", *MACHINE, "home"}
    assert not (tmp_path / "nowhere").exists()


def test_nobody_says_which_home():
    assert_words(run("doctor", home=None, pin=None, operator=None), UNREACHABLE, "--home")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read(doctor, home, mode):
    home.node_key.chmod(mode)
    code, found = doctor()
    assert (code, found["key"][0]) == (0, "warn")
    assert "chmod 600" in found["key"][1]


def test_no_key(doctor, home):
    home.node_key.unlink()
    code, found = doctor()
    assert code == MISSING
    assert (found["key"][0], found["books"][0]) == ("missing", "missing")
    assert str(home.node_key) in found["books"][1]


def test_a_key_that_is_none(doctor, home):
    home.node_key.write_text("not a key\n")
    code, found = doctor()
    assert (code, found["books"][0]) == (MISSING, "missing")


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000], ids=["empty", "text"])
def test_a_database_that_is_none(doctor, home, content):
    for path in home.path.glob("till.db*"):
        path.unlink()
    home.database.write_bytes(content)
    code, found = doctor()
    assert (code, found["books"][0]) == (MISSING, "missing")
    assert home.database.read_bytes() == content


def test_a_database_of_a_newer_milkpos(doctor, home):
    drop(home, "PRAGMA user_version = 99")
    code, found = doctor()
    assert (code, found["books"][0]) == (MISSING, "missing")
    assert "newer" in found["books"][1]


def page_of(home, table):
    """The number of the first page of a table."""
    connection = apsw.Connection(str(home.database))
    sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    ((page,),) = connection.execute(sql, (table,)).fetchall()
    connection.close()
    return page


@pytest.mark.parametrize("table", ["entry", "bill", "shop"])
def test_bit_rot(doctor, home, table):
    """A page goes bad, of what is read at a start or of what is read years later."""
    start = (page_of(home, table) - 1) * PAGE_BYTES
    content = bytearray(home.database.read_bytes())
    content[start : start + PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    home.database.write_bytes(content)
    code, found = doctor()
    assert (code, found["books"][0]) == (MISSING, "missing")
    assert "damaged" in found["books"][1]


@pytest.mark.parametrize(
    ("config", "state", "words"),
    [
        ("", "ok", "usual keys"),
        ('[keys]\npay = "shift+f5"\n', "ok", "1 keys remapped"),
        ("[keys\n", "warn", "config.toml"),
        ('[keys]\npay = "f2"\n', "warn", "f2"),
        ('[keys]\nfly = "f5"\n', "warn", "fly"),
        ("colour = 1\n", "warn", "colour"),
        (b"\xff", "warn", "config.toml"),
    ],
    ids=str,
)
def test_the_keymap(doctor, home, config, state, words):
    home.config.write_bytes(config if isinstance(config, bytes) else config.encode())
    code, found = doctor()
    assert (code, found["keys"][0]) == (0, state)
    assert words in found["keys"][1]


def test_while_another_process_writes(doctor, home):
    with writing(home):
        assert doctor()[0] == 0


def test_a_home_copied_without_its_keys(doctor, home):
    shutil.rmtree(home.keys)
    code, found = doctor()
    assert (code, found["key"][0], found["books"][0]) == (MISSING, "missing", "missing")


def test_a_pin_is_made_dear_to_guess(milkpos, home):
    done = milkpos("doctor", "--calibrate")
    assert done.code == 0
    assert "checking a PIN takes" in done.err
    passes, kib = map(int, home.hash_cost.read_text().split())
    assert (passes >= 2, kib) == (True, 19 * 1024)
    assert milkpos("ring", stdin="12\n+\n").code == 0


# --- the devices ---------------------------------------------------------------------------------


def test_no_device_is_no_fault(doctor):
    code, found = doctor()
    assert (code, found["devices"][0]) == (0, "ok")
    assert "it works by keyboard" in found["devices"][1]


def test_each_device_is_asked(doctor, printer, scale):
    found = doctor()[1]
    assert "devices" not in found
    assert {found[name][0] for name in ("device printer", "device scale")} == {"ok"}
    printer.unplug()
    code, found = doctor()
    assert (code, found["device printer"][0], found["device scale"][0]) == (0, "warn", "ok")
    assert "refuses the connection" in found["device printer"][1]
