"""The harness itself, on programs of a few lines."""

import os
import re
import select
import signal
import sys
import time

import pytest

from tests.support.terminal import Terminal, TerminalTimeout, key_code
from tests.support.vt import Emulator, Screen

RAW = "import os, sys, tty; tty.setraw(0); say = lambda text: os.write(1, text.encode())\n"
SHOW_KEYS = RAW + (
    "keys = b''\nsay('READY')\nwhile True: keys += os.read(0, 99); say('\\x1b[H' + repr(keys))"
)
CHATTER = RAW + (
    "say('READY')\nread = 0\nwhile read < 200_000:\n"
    "    keys = os.read(0, 99); read += len(keys); say(repr(keys))\n"
    "say('\\x1b[2J\\x1b[HEND')"
)


def python(source: str, **options) -> Terminal:
    return Terminal([sys.executable, "-c", source], env=options.pop("env", {}), **options)


def drawn(output: str, *, cols: int = 20, rows: int = 4, console: bool = False) -> Emulator:
    emulator = Emulator(Screen(cols, rows), bytearray().extend, console=console)
    emulator.feed(output.encode())
    return emulator


def lines(emulator: Emulator) -> list[str]:
    return [line.rstrip() for line in emulator.screen.rendered()]


# -- keys


@pytest.mark.parametrize(
    ("keys", "term", "sent"),
    [
        ("1.5<enter>", "linux", b"1.5\r"),
        ("<f1><f4><f5>", "xterm-256color", b"\x1bOP\x1bOS\x1b[15~"),
        ("<f1><f4><f5><f6>", "linux", b"\x1b[[A\x1b[[D\x1b[[E\x1b[17~"),
        ("<ctrl+a><esc>", "linux", b"\x01\x1b"),
        ("<up><shift+up><home>", "xterm-256color", b"\x1b[A\x1b[1;2A\x1b[H"),
        ("<shift+tab><pagedown><alt+x>", "xterm-256color", b"\x1b[Z\x1b[6~\x1bx"),
        ("a<lt>b<ctrl+f5>", "xterm-256color", b"a<b\x1b[15;5~"),
        ("दूध", "linux", "दूध".encode()),
    ],
)
def test_a_program_reads_what_a_keyboard_sends(keys, term, sent):
    with python(SHOW_KEYS, term=term) as terminal:
        terminal.wait_for("READY")
        terminal.send(keys)
        terminal.wait_for(re.escape(repr(sent)))


def test_an_unknown_key_is_an_error_and_not_typed():
    with pytest.raises(ValueError, match="<entre>"):
        key_code("entre")


def test_cursor_keys_follow_the_application_mode():
    with python("print('\\x1b[?1h', flush=True); " + SHOW_KEYS) as terminal:
        terminal.wait_for("READY")
        terminal.send("<up>")
        terminal.wait_for(r"x1bOA")


def test_a_long_paste_to_a_program_that_talks_back_does_not_deadlock():
    with python(CHATTER) as terminal:
        terminal.wait_for("READY")
        terminal.send("0123456789" * 20_000)
        terminal.wait_for("END")


# -- questions

ASK = RAW + "say({question!r}); say(' <' + repr(os.read(0, 99)) + '>'); os.read(0, 1)"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("\x1b[c", r"\x1b[?62;22c"),
        ("\x1b[3;7H\x1b[6n", r"\x1b[3;7R"),
        ("\x1b[?2026$p", r"\x1b[?2026;2$y"),
        ("\x1b[?2048$p", r"\x1b[?2048;0$y"),
        ("\x1b]11;?\x07", r"\x1b]11;rgb:0000/0000/0000\x1b\\"),
    ],
)
def test_questions_get_the_answers_of_an_xterm(question, answer):
    with python(ASK.format(question=question)) as terminal:
        assert terminal.wait_for(r"<b'(.*)'>")[1] == answer


def test_the_linux_console_keeps_silent_about_modes_and_colours():
    question = "\x1b[?2026$p\x1b]11;?\x07\x1b[?u\x1b[c"
    with python(ASK.format(question=question), term="linux") as terminal:
        assert terminal.wait_for(r"<b'(.*)'>")[1] == r"\x1b[?6c"


# -- the screen


def test_repeat_and_scrolling_which_pyte_lacks():
    assert lines(drawn("=\x1b[5b|")) == ["======|", "", "", ""]
    assert lines(drawn("1\r\n2\r\n3\r\n4\x1b[2S")) == ["3", "4", "", ""]
    assert lines(drawn("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[T")) == ["1", "", "2", "4"]


def test_sequences_without_a_picture_draw_nothing():
    output = (
        "\x1b[>25u\x1b[<u\x1b[!p\x1b[4 q\x1b[>4;1m\x1bP+q544e\x1b\\\x1b]2;title\x07\x1b]P0123456ok"
    )
    assert lines(drawn(output))[0] == "ok"


def test_a_sequence_cut_anywhere_means_the_same():
    output = "\x1b[2;3H\x1b[38;2;1;2;3mदू ₹5\x1b]0;t\x1b\\\x1b[?2026h\x1b[1m!"
    whole = drawn(output).screen.display
    for cut in range(len(output.encode())):
        emulator = drawn("")
        emulator.feed(output.encode()[:cut])
        emulator.feed(output.encode()[cut:])
        assert emulator.screen.display == whole


def test_vowel_signs_do_not_swallow_the_text_after_them():
    assert lines(drawn("दही 1/2 किलो ₹40"))[0] == "दही 1/2 किलो ₹40"


def test_what_is_not_understood_is_reported():
    assert drawn("\x1b[5;5y\x1b[?u").unknown == {"\x1b[5;5y"}


def test_the_alternate_screen_gives_back_what_was_there():
    emulator = drawn("shell$ \x1b[?1049h\x1b[Htill")
    assert lines(emulator)[0] == "till"
    emulator.feed(b"\x1b[?1049lbye")
    assert lines(emulator)[0] == "shell$ bye"


def test_glyphs_and_colours_are_remembered_after_they_are_gone():
    screen = drawn("\x1b[31;44m₹\x1b[38;5;200;48;2;1;2;3mx\x1b[97;0;39;49m\x1b[2J").screen
    assert screen.glyphs == {"₹", "x"}
    assert screen.colours == {"31", "44", "38;5", "48;2", "97"}


# -- waiting


def test_a_wait_that_fails_shows_the_screen():
    with (
        python("print('PRINTER OUT OF PAPER'); input()") as terminal,
        pytest.raises(TerminalTimeout, match="PRINTER OUT OF PAPER"),
    ):
        terminal.wait_for("SLIP PRINTED", timeout=0.5)


def test_a_wait_ends_with_the_program_and_not_with_the_timeout():
    begun = time.monotonic()
    with (
        python("print('goodbye')") as terminal,
        pytest.raises(TerminalTimeout, match="when the program ended"),
    ):
        terminal.wait_for("READY")
    assert time.monotonic() - begun < 10


def test_a_synchronized_frame_is_seen_only_when_it_is_finished():
    half = RAW + "say('\\x1b[?2026hHALF'); os.read(0, 1); say(' WHOLE\\x1b[?2026l'); os.read(0, 1)"
    with python(half) as terminal:
        with pytest.raises(TerminalTimeout):
            terminal.wait_for("HALF", timeout=0.5)
        terminal.send("x")
        assert terminal.wait_for("HALF.*")[0].rstrip() == "HALF WHOLE"


def test_wait_gone_sees_a_message_disappear():
    with python(RAW + "say('WAIT'); os.read(0, 1); say('\\x1b[2J'); os.read(0, 1)") as terminal:
        terminal.wait_for("WAIT")
        terminal.send("x")
        terminal.wait_gone(re.compile("wait", re.IGNORECASE))
        assert terminal.text().strip() == ""


# -- the process


def test_a_resize_reaches_the_program():
    source = (
        "import os, signal\n"
        "def tell(*_): os.write(1, str(os.get_terminal_size()).encode())\n"
        "signal.signal(signal.SIGWINCH, tell); tell()\n"
        "while True: signal.pause()"
    )
    with python(source, cols=80, rows=24) as terminal:
        terminal.wait_for("columns=80, lines=24")
        terminal.resize(132, 43)
        terminal.wait_for("columns=132, lines=43")
        assert [len(terminal.lines()), len(terminal.lines()[0])] == [43, 132]


def test_only_the_environment_that_is_given_reaches_the_program(monkeypatch, tmp_path):
    monkeypatch.setenv("NO_COLOR", "1")
    show = "import os; print(sorted(os.environ), os.environ['TERM'], os.getcwd())"
    with python(show, env={"MILKPOS_X": "1"}, term="linux", cwd=tmp_path, cols=300) as terminal:
        terminal.exit_code()
        assert "'MILKPOS_X'" in terminal.text()
        assert "NO_COLOR" not in terminal.text()
        assert f" linux {tmp_path}" in terminal.text()


def test_exit_codes_and_signals():
    with python("print('last words'); raise SystemExit(3)") as terminal:
        assert terminal.exit_code() == 3
        assert "last words" in terminal.text()
        assert b"last words" in terminal.raw
    with python("print('up', flush=True); input()") as terminal:
        terminal.wait_for("up")
        terminal.kill(signal.SIGKILL)
        assert terminal.exit_code() == -signal.SIGKILL


def test_a_program_still_running_has_no_exit_code():
    with python("input()") as terminal, pytest.raises(TerminalTimeout, match="still running"):
        terminal.exit_code(timeout=0.2)


def test_leaving_kills_the_children_too():
    source = "import subprocess; print('child', subprocess.Popen(['sleep', '600']).pid); input()"
    with python(source) as terminal:
        child = int(terminal.wait_for(r"child (\d+)")[1])
        alive = os.pidfd_open(child)
    ended = select.select([alive], [], [], 10)[0]  # readable once its process has ended
    os.close(alive)
    assert ended


def test_ctrl_c_interrupts_as_the_terminal_is_the_controlling_one():
    # Not input(): a signal between its last look at signals and its read() is noticed only when
    # the read ends, which it never does.
    with python("import time\nprint('up', flush=True)\nwhile True: time.sleep(0.01)") as terminal:
        terminal.wait_for("up")
        terminal.send("<ctrl+c>")
        terminal.wait_for("KeyboardInterrupt")


def test_a_missing_program_is_said_at_once():
    with pytest.raises(FileNotFoundError), Terminal(["/nowhere/till"], env={}):
        pass


# -- Textual

TEXTUAL = """
from textual.app import App
from textual.widgets import Static
class Keys(App):
    CSS = "Static { background: red; color: #123456; }"
    keys = []
    def compose(self): yield Static("READY")
    def on_key(self, event):
        self.keys.append(event.key)
        self.query_one(Static).update("keys: " + " ".join(self.keys) + ".")
Keys().run()
"""


@pytest.mark.parametrize("term", ["xterm-256color", "linux"])
def test_textual_understands_this_terminal(term):
    keys = ["f1", "f5", "f10", "up", "home", "pagedown", "ctrl+a", "backspace", "enter", "delete"]
    with python(TEXTUAL, term=term) as terminal:
        terminal.wait_for("READY")
        terminal.send("".join(f"<{key}>" for key in keys) + "7")
        terminal.wait_for("keys: " + " ".join(map(re.escape, keys)) + r" 7\.")
        assert terminal.unknown() == set()
        true_colour_or_256 = {colour for colour in terminal.colours() if ";" in colour}
        assert bool(true_colour_or_256) == (term != "linux")
        assert bool(terminal.screen.frames) == (term != "linux")
        terminal.send("<ctrl+q>")
        assert terminal.exit_code() == 0
