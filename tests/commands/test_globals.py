"""What every command keeps: options anywhere, streams apart, codes, help, and never a traceback."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from milkpos_tui import __version__
from milkpos_tui.commands import main
from milkpos_tui.commands.globals import split_globals
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import (
    BUSY,
    COMMAND,
    PATIENCE_S,
    PIPE_CLOSED,
    REFUSED,
    ROOT,
    UNREACHABLE,
    USAGE,
    assert_words,
    environment,
    run,
    running,
    writing,
)
from tests.commands.tampering import drop
from tests.support.terminal import Terminal
from tests.support.tills import OWNER, OWNER_PIN, make_home


@pytest.fixture
def two_operators(milkpos, home, clock):
    """Ravi works here too, so that who acts must be said."""
    with open_till(home, clock) as till:
        till.people.add(Operator("ravi", "Ravi", "cashier"), "135790", OWNER)


LONG_S = 4  # shorter than the busy time-out, longer than anything that does not wait

# --- options before or after the command ---------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("--json", "product", "show", "12"),
        ("product", "--json", "show", "12"),
        ("product", "show", "--json", "12"),
        ("product", "show", "12", "--json"),
        ("--json", "product", "show", "12", "--json"),
    ],
    ids=" ".join,
)
def test_json_anywhere(milkpos, args):
    ran = milkpos(*args)
    assert (ran.code, ran.json["plu"]) == (0, 12)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("equals", [True, False], ids=["=", "apart"])
def test_home_counter_and_operator_anywhere(milkpos, home, tmp_path, place, equals):
    words = ["bill", "list"]
    given = {"--home": str(home.path), "--counter": "1", "--as": "asha"}
    options = [f"{name}={value}" for name, value in given.items()]
    if not equals:
        options = [word for pair in given.items() for word in pair]
    ran = milkpos(
        *words[:place], *options, *words[place:], home=tmp_path / "nowhere", operator=None
    )
    assert (ran.code, ran.lines) == (0, ["0 documents"])


def test_behind_two_dashes_nothing_is_an_option(milkpos):
    ran = milkpos("product", "list", "--", "--json")
    assert (ran.code, ran.out) == (0, "")
    assert milkpos("bill", "show", "--", "--home").err.startswith("milkpos: '--home' is not")


@pytest.mark.parametrize("option", ["--home", "--counter", "--as"])
@pytest.mark.parametrize("how", ["last", "=", "empty"])
def test_an_option_without_its_value(milkpos, option, how):
    words = {"last": (option,), "=": (f"{option}=",), "empty": (option, "")}[how]
    assert_words(milkpos("product", "list", *words), USAGE, option)


def test_the_last_of_two_holds(milkpos, home, tmp_path):
    ran = milkpos("--home", str(tmp_path / "a"), "product", "list", "--home", str(home.path))
    assert ran.code == 0


# --- the environment -----------------------------------------------------------------------------


def test_the_environment_serves_as_default(milkpos, two_operators):
    sold = milkpos("ring", "--json", operator="ravi", pin="135790", stdin="12\n+\n")
    assert sold.documents[1]["bill"]["operator"] == "ravi"
    env = {"MILKPOS_COUNTER": "9"}
    assert "no counter 9" in milkpos("ring", env=env, stdin="12\n").err


def test_an_option_is_stronger_than_the_environment(milkpos, two_operators):
    env = {"MILKPOS_COUNTER": "9"}
    ran = milkpos(
        *("ring", "--json", "--as", "ravi", "--counter", "1"),
        pin="135790",
        env=env,
        stdin="12\n+\n",
    )
    bill = ran.documents[1]["bill"]
    assert (bill["operator"], bill["counter"]) == ("ravi", "1")


def test_empty_values_in_the_environment_are_none(milkpos, home):
    env = {"MILKPOS_COUNTER": "", "MILKPOS_AS": "", "MILKPOS_HOME": "", "HOME": "/nonexistent"}
    ran = milkpos("ring", "--home", str(home.path), "--json", env=env, stdin="12\n+\n")
    assert ran.documents[1]["bill"]["counter"] == "1"
    assert "/nonexistent/.local/share/milkpos" in milkpos("product", "list", env=env).err


def test_the_user_s_data_folder_is_the_home_where_nobody_says_another(tmp_path):
    for env, folder in (
        ({"HOME": str(tmp_path)}, tmp_path / ".local/share/milkpos"),
        ({"HOME": "/x", "XDG_DATA_HOME": str(tmp_path)}, tmp_path / "milkpos"),
        ({"HOME": str(tmp_path), "XDG_DATA_HOME": "data"}, tmp_path / ".local/share/milkpos"),
    ):
        ran = run("product", "list", home=None, env=env)
        assert_words(ran, UNREACHABLE, str(folder))


@pytest.mark.parametrize("command", ["product list", "audit verify", "ring", "doctor"])
def test_no_home_at_all(command):
    ran = run(*command.split(), home=None, env={"HOME": ""})
    assert_words(ran, UNREACHABLE, "--home", "MILKPOS_HOME")


def test_a_home_that_begins_with_a_tilde(tmp_path):
    make_home(tmp_path)
    env = {"HOME": str(tmp_path), "MILKPOS_HOME": "~/till"}
    assert run("product", "list", home=None, env=env).code == 0
    assert run("product", "list", "--home", "~/till", home=None, env=env).code == 0


def test_a_home_of_a_user_who_is_not_there(milkpos):
    ran = milkpos("product", "list", "--home", "~nosuchuser/till")
    assert ran.code in (USAGE, UNREACHABLE)
    assert ran.err.startswith("milkpos: ")


# --- who acts -------------------------------------------------------------------------------------


def test_the_only_operator_need_not_be_named(milkpos):
    ran = milkpos("ring", "--json", operator=None, stdin="12\n+\n")
    assert ran.documents[1]["bill"]["operator"] == "asha"


def test_one_of_several_must_be_named(milkpos, two_operators):
    assert_words(milkpos("ring", operator=None, stdin="12\n"), USAGE, "--as", "MILKPOS_AS")


ODD = [
    "",
    " ",
    "000000",
    "48291",
    OWNER_PIN + " ",
    OWNER_PIN + "\n",
    "४८२९१३",
    "\udcff",
    "x" * 10_000,
]


@pytest.mark.parametrize("pin", ODD, ids=[repr(pin)[:20] for pin in ODD])
def test_a_wrong_pin(milkpos, pin):
    ran = milkpos("ring", "--json", pin=pin, stdin="12\n+\n")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "sign-in")
    assert pin.strip() not in ran.error["message"] or not pin.strip()


@pytest.mark.parametrize(
    "code",
    ["ravi", "ASHA", "a" * 1000, "asha\x1b[2J", "ashe\u0301", "\udcff", "' OR 1=1 --"],
    ids=repr,
)
def test_an_unknown_operator(milkpos, code):
    ran = milkpos("bill", "list", f"--as={code}", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "sign-in")


def test_unknown_and_wrong_are_told_alike(milkpos):
    wrong = milkpos("bill", "list", pin="000000")
    assert milkpos("bill", "list", operator="ravi") == wrong


def test_every_wrong_pin_is_an_entry_and_the_books_stay_whole(milkpos):
    before = milkpos("audit", "verify", "--json").json["entries"]
    for operator, pin in (
        ("asha", "000000"),
        ("ravi", OWNER_PIN),
        ("e\u0301", "1"),
        ("\udcff", "1"),
    ):
        assert milkpos("bill", "list", operator=operator, pin=pin).code == REFUSED
    verdict = milkpos("audit", "verify", "--rebuild", "--json").json
    assert (verdict["result"], verdict["entries"]) == ("good", before + 4)


def test_a_pin_is_asked_for_on_a_terminal_and_not_shown(shop):
    with Terminal(
        [*COMMAND, "product", "price", "12", "63"],
        env=environment(shop, pin=None),
        cwd=ROOT,
    ) as terminal:
        terminal.wait_for("PIN of asha: ")
        terminal.send(f"{OWNER_PIN}<enter>")
        terminal.wait_for(r"63\.00 / L")
        assert terminal.exit_code() == 0
        assert OWNER_PIN not in terminal.text()


@pytest.mark.parametrize("key", ["<ctrl+c>", "<ctrl+d>"])
def test_a_pin_that_is_not_given(shop, key):
    with Terminal(
        [*COMMAND, "product", "price", "12", "63"], env=environment(shop, pin=None), cwd=ROOT
    ) as terminal:
        terminal.wait_for("PIN of asha: ")
        terminal.settle()  # a signal that comes just before the read would wait for a key
        terminal.send(key)
        assert terminal.exit_code() == 130
        assert "Traceback" not in terminal.text()
    assert run("product", "show", "12", "--json", home=shop).json["price_paise"] == 62_00


def test_without_a_terminal_a_pin_is_never_waited_for(shop):
    with running("ring", home=shop, env={"MILKPOS_PIN": ""}) as ring:
        assert ring.wait(PATIENCE_S) == REFUSED
    ran = run("ring", home=shop, pin=None, stdin=f"{OWNER_PIN}\n12\n+\n")
    assert_words(ran, USAGE, "MILKPOS_PIN")


# --- standard output is the result alone ---------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("bill", "show", "1/2627/99"),
        ("bill", "show", "x"),
        ("product", "show", "99"),
        ("product", "show", "abc"),
        ("product", "import", "/nonexistent.csv"),
        ("product",),
        ("bill", "list", "--date", "x"),
        ("ring", "--counter", "9"),
        ("ring", "--as", "nobody"),
        ("init",),
        ("nonsense",),
        ("bill", "nonsense"),
        ("product", "list", "--nonsense"),
        ("product", "list", "--home", ""),
        ("product", "list", "--home", "/dev/null/x"),
        ("doctor", "more"),
    ],
    ids=" ".join,
)
def test_failures_as_words_and_as_json(milkpos, args):
    words = milkpos(*args)
    assert words.code in (REFUSED, USAGE, UNREACHABLE)
    assert words.out == ""
    assert words.err.startswith("milkpos: ")
    told = milkpos(*args, "--json")
    assert (told.code, told.out) == (words.code, "")
    assert len(told.err.splitlines()) == 1
    assert re.fullmatch(r"[a-z-]+", told.error["code"])
    assert words.err == f"milkpos: {told.error['message']}\n"


@pytest.mark.parametrize(
    "args",
    [
        ("bill", "show", "{}"),
        ("bill", "list", "--date", "{}"),
        ("product", "show", "{}"),
        ("product", "price", "12", "{}"),
        ("product", "import", "/nonexistent{}"),
        ("product", "list", "--home", "/nonexistent{}"),
        ("ring", "--counter", "{}"),
        ("{}",),
    ],
    ids=" ".join,
)
def test_a_failure_repeats_nothing_that_a_terminal_obeys(milkpos, args):
    """A script hands on what others wrote."""
    odd = [word.format("x\x1b]0;y\x07\x1b[2J\x9b31m\u202e") for word in args]
    for more in ((), ("--json",)):
        ran = milkpos(*odd, *more)
        assert ran.code in (REFUSED, USAGE, UNREACHABLE)
        assert [char for char in ran.err if not char.isprintable() and char != "\n"] == []


def test_no_colour_and_no_bar_where_there_is_no_terminal(shop):
    for args in (("product", "list"), ("doctor",), ("bill", "--help"), ("nonsense",)):
        ran = run(*args, home=shop, env={"TERM": "xterm-256color", "FORCE_COLOR": "1"})
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize(
    "args",
    [
        ("product", "list"),
        ("product", "export"),
        ("bill", "list"),
        ("audit", "verify"),
        ("doctor",),
        ("--help",),
        ("bill", "list", "--help"),
    ],
    ids=" ".join,
)
def test_stdout_closed_early_ends_quietly(shop, args):
    reader, writer = os.pipe()
    os.close(reader)
    with running(*args, home=shop, stdout=writer) as command:
        os.close(writer)
        _, said = command.communicate(timeout=PATIENCE_S)
        assert (command.returncode, said) == (PIPE_CLOSED, "")


def test_stdout_on_a_full_disk_is_told(shop):
    with Path("/dev/full").open("w") as full, running("doctor", home=shop, stdout=full) as doctor:
        _, said = doctor.communicate(timeout=PATIENCE_S)
        assert doctor.returncode == UNREACHABLE
    assert said.startswith("milkpos: ")
    assert said.endswith("No space left on device\n")
    assert "None:" not in said


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_a_stream_that_was_closed_before(shop, stream):
    """As by a careless cron job: `milkpos ring <&-`."""
    sign = {"stdin": "<&-", "stdout": ">&-"}[stream]
    command = "ring" if stream == "stdin" else "product list"
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -m cli {command} {sign}', sys.executable],
        cwd=ROOT,
        env=environment(shop),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "defect" not in ended.stderr
    assert ended.returncode != 70
    assert "Traceback" not in ended.stderr


# --- help, version, completion -------------------------------------------------------------------


def commands(milkpos, *path):
    """Every command by its words, as the help lists them; groups as well."""
    told = milkpos(*path, "--help")
    assert told.code == 0, path
    assert told.err == ""
    yield path, told.out
    listed = told.out.partition("\nCommands:\n")[2]
    for name in re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE):
        yield from commands(milkpos, *path, name)


def test_the_help_of_every_command(milkpos):
    """Each is there, says what its values are in, and shows how it is typed."""
    helps = dict(commands(milkpos))
    assert {words[0] for words in helps if words} >= {"init", "demo", "ring", "bill", "product"}
    assert len(helps) > 15
    lacking = [
        " ".join(words)
        for words, told in helps.items()
        if "Commands:" not in told
        and "Example: milkpos" not in told
        and "Example: printf" not in told
    ]
    assert lacking == []


def test_an_example_of_the_help_stands_on_lines_of_its_own(milkpos):
    """It is copied from there: no backslash in the middle of a line."""
    for words, told in commands(milkpos):
        broken = [line for line in told.splitlines() if re.search(r"\\ +\S", line)]
        assert broken == [], words


def test_units_are_named(milkpos):
    helps = {" ".join(words): " ".join(told.split()) for words, told in commands(milkpos)}
    for command, words in {
        "product add": ("RUPEES", "in units", "percent", "4, 6 or 8 digits"),
        "product price": ("RUPEES", "Per unit"),
        "bill list": ("YYYY-MM-DD",),
        "bill show": ("32, 42 or 48 characters",),
        "bill return": ("how many units",),
        "demo": ("days",),
    }.items():
        for word in words:
            assert word.lower() in helps[command].lower(), (command, word)


def test_no_command_takes_a_pin_as_an_argument(milkpos):
    for words, told in commands(milkpos):
        options = re.findall(r"(?<![\w-])--[a-z-]+", told)
        assert [option for option in options if "pin" in option.split("-")] == [], words
    ran = milkpos("init", "--pin", "123456")
    assert_words(ran, USAGE, "--pin")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_needs_no_home_and_no_pin(flag):
    ran = run("bill", "show", flag, home=None, pin=None, operator=None)
    assert (ran.code, ran.err) == (0, "")
    assert "1/2627/345" in ran.out


@pytest.mark.parametrize(
    "args", [("nonsense",), ("bills",), ("bill", "nonsense"), ("-x",)], ids=" ".join
)
def test_an_unknown_command(milkpos, args):
    assert_words(milkpos(*args), USAGE, args[-1], "--help")


def test_without_a_command_and_without_a_terminal(shop):
    assert_words(run(home=shop), USAGE, "terminal", "milkpos ring")


def test_version(shop):
    for args in (("--version",), ("--json", "--version"), ("--version", "--home", "/x")):
        assert run(*args, home=None).out == f"milkpos {__version__}\n"
    script = Path(sys.executable).with_name("milkpos")
    told = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"milkpos {__version__}\n"


@pytest.mark.parametrize(
    ("args", "without"),
    [
        (("--version",), {"typer", "textual", "peewee", "apsw", "rich", "click"}),
        (("product", "list"), {"textual", "escpos", "nacl"}),
        (("ring",), {"textual", "escpos"}),
        (("doctor",), {"textual", "escpos"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_command_does_not_load(shop, args, without):
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli", *args],
        cwd=ROOT,
        env=environment(shop),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "cli" in loaded or "milkpos_tui" in loaded
    assert loaded & without == set()


def test_shell_completion(shop):
    env = {"COMP_WORDS": "milkpos bi", "COMP_CWORD": "1", "_MILKPOS_COMPLETE": "complete_bash"}
    ran = run(home=shop, env=env)
    assert (ran.code, ran.lines) == (0, ["bill"])
    env |= {"COMP_WORDS": "milkpos product re", "COMP_CWORD": "2"}
    assert run(home=shop, env=env).lines == ["retire"]


def test_debug_shows_where(shop):
    ended = subprocess.run(
        [*COMMAND, "--debug", "bill", "show", "x"],
        cwd=ROOT,
        env=environment(shop),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == REFUSED
    assert "Traceback (most recent call last)" in ended.stderr
    assert ended.stderr.endswith("milkpos: 'x' is not a bill number, like 1/2627/345\n")


def test_a_defect_is_told_and_not_shown(milkpos, monkeypatch, capsys):
    def broken(_home):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("milkpos_tui.checks.check_all", broken)
    code = main.run(*split_globals(["doctor", "--json", "--home", "/nowhere"]))
    said = capsys.readouterr()
    assert (code, said.out) == (70, "")
    assert '"code": "defect"' in said.err
    assert "--debug" in said.err
    assert "Traceback" not in said.err


# --- files and other processes -----------------------------------------------------------------


def test_no_till_there(milkpos, tmp_path):
    for args in (("product", "list"), ("bill", "list"), ("ring",), ("product", "price", "1", "1")):
        ran = milkpos(*args, home=tmp_path)
        assert_words(ran, UNREACHABLE, str(tmp_path), "milkpos init")
    assert [path.name for path in tmp_path.iterdir()] == ["till"]  # the fixture's own home


def test_another_program_s_database(milkpos, home):
    drop(home, "PRAGMA application_id = 7")
    for args in (("product", "list"), ("bill", "list"), ("ring",)):
        ran = milkpos(*args, "--json")
        assert (ran.code, ran.out, ran.error["code"]) == (3, "", "database-unreadable")


def test_reading_works_while_another_process_writes(milkpos, ring, home, monkeypatch):
    *_, paid = ring("12", "+")
    number = paid["bill"]["number"]
    readers = [
        ("product", "list"),
        ("product", "show", "12"),
        ("product", "export"),
        ("bill", "show", number),
        ("bill", "show", number, "--slip"),
        ("bill", "list"),
        ("audit", "verify", "--rebuild"),
        ("doctor",),
    ]
    monkeypatch.setattr("milkpos_tui.checks.shutil.which", lambda name: name)
    with writing(home):
        for args in readers:
            began = time.monotonic()
            ran = milkpos(*args)
            assert ran.code == 0, (args, ran.out + ran.err)
            assert time.monotonic() - began < LONG_S, f"{args} waited"


def test_changing_is_told_who_is_in_the_way(milkpos, home, monkeypatch):
    monkeypatch.setattr("schema.connection.BUSY_TIMEOUT_S", 0)
    writers = [
        ("product", "price", "12", "70"),
        ("product", "retire", "12"),
        ("ring",),
        ("bill", "list", "--as", "nobody"),  # the refusal is an entry
    ]
    with writing(home):
        for args in writers:
            ran = milkpos(*args, "--json", stdin="12\n+\n")
            assert (ran.code, ran.out) == (BUSY, "")
            assert ran.error == {
                "code": "database-busy",
                "message": "another program holds the database: try again",
            }
    assert milkpos("product", "price", "12", "70").code == 0


def test_changing_waits_as_long_as_the_busy_time_out(milkpos, home, monkeypatch):
    monkeypatch.setattr("schema.connection.BUSY_TIMEOUT_S", 1)
    with writing(home):
        began = time.monotonic()
        assert milkpos("product", "price", "12", "70").code == BUSY
        assert 0.9 < time.monotonic() - began < 1 + LONG_S
