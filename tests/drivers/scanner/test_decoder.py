import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.events import ScanLost, Scanned
from drivers.scanner.decoder import GS, LENGTH_MAX, KeyDecoder, LineDecoder, Rules
from tests.drivers.scanner.stands import (
    ALT,
    CTRL,
    DROPPED,
    ENTER,
    KEY,
    PAD,
    PAD_ENTER,
    PLAIN,
    REPORT,
    RIGHT_SHIFT,
    SHIFT,
    TAB,
    press,
    strokes,
    timed,
    with_held,
)

MILK = "8909950000172"
PLAIN_RULES = Rules()
GAP_MS = PLAIN_RULES.idle_ms
TYPED = string.ascii_letters + string.digits + string.punctuation + " "
codes = st.text(st.sampled_from(TYPED + GS), min_size=1, max_size=30).filter(lambda c: c[0] != "]")


def decode(events, rules=PLAIN_RULES, until_ms=None):
    """What comes of events with times; idle afterwards, where it is said until when."""
    heard = []
    decoder = KeyDecoder("counter", rules, heard.append)
    for event in events:
        decoder.feed(*event)
    if until_ms is not None:
        decoder.idle(until_ms)
    return heard


def read(heard):
    assert all(isinstance(event, Scanned) for event in heard), heard
    return [event.code for event in heard]


GS_BY_ALT = with_held(ALT, *(press(PAD[digit]) for digit in "029"))


@pytest.mark.parametrize(
    ("events", "rules", "code", "aim"),
    [
        (strokes(MILK + "\n"), Rules(), MILK, ""),
        (strokes(MILK + "\t"), Rules(), MILK, ""),
        (strokes(MILK) + press(PAD_ENTER), Rules(), MILK, ""),
        ([e for d in MILK for e in press(PAD[d])] + press(ENTER), Rules(), MILK, ""),
        (strokes("aB-9_z\n"), Rules(), "aB-9_z", ""),
        (strokes("aB-9_z\n", shift=RIGHT_SHIFT), Rules(), "aB-9_z", ""),
        (strokes("https://id.gs1.org/01/0?a=b&c=%41\n"), Rules(), None, ""),
        (strokes("]E0" + MILK + "\n"), Rules(), MILK, "]E0"),
        (strokes("]C110AB\x1d17261231\n"), Rules(), "10AB\x1d17261231", "]C1"),
        (strokes("]d210AB") + GS_BY_ALT + strokes("1\n"), Rules(), "10AB\x1d1", "]d2"),
        (strokes("]Q310AB{GS}1\n"), Rules("{GS}"), "10AB\x1d1", "]Q3"),
        (strokes("10AB|1\n"), Rules("|"), "10AB\x1d1", ""),
        (strokes("10AB|1{GS}\n"), Rules(), "10AB|1{GS}", ""),
        (strokes("]12\n"), Rules(), "]12", ""),  # no AIM identifier: they begin with a letter
        (strokes("A]C1\n"), Rules(), "A]C1", ""),
        (with_held(ALT, press(PAD["6"]), press(PAD["5"])) + strokes("\n"), Rules(), "A", ""),
        (with_held(SHIFT, *(press(PLAIN[d]) for d in "ab")) + strokes("c\n"), Rules(), "ABc", ""),
        (with_held(SHIFT, press(PAD["7"])) + strokes("\n"), Rules(), "7", ""),
    ],
)
def test_golden(events, rules, code, aim):
    text = "https://id.gs1.org/01/0?a=b&c=%41" if code is None else code
    last_ms = 1_000 + len(events) - 5 + 1  # Enter goes down: the second of the last five events
    assert decode(timed(events), rules) == [Scanned("counter", text, aim, last_ms)]


def test_every_sign_of_the_keyboard():
    assert read(decode(timed(strokes(TYPED + "\n")))) == [TYPED]


def test_both_shifts_held_and_one_let_go():
    events = [(KEY, SHIFT, 1), (KEY, RIGHT_SHIFT, 1), (KEY, SHIFT, 0), *press(PLAIN["a"])]
    events += [(KEY, RIGHT_SHIFT, 0), *strokes("a\n")]
    assert read(decode(timed(events))) == ["Aa"]


def test_an_end_sign_alone_is_no_code():
    assert decode(timed(strokes("\n\n\t") + press(PAD_ENTER))) == []


# Ends without an end sign


def test_a_gap_ends_a_code():
    first = timed(strokes(MILK))
    then_ms = first[-3][3] + GAP_MS
    heard = decode([*first, *timed(strokes("12\n"), then_ms + 10)])
    assert read(heard) == [MILK, "12"]
    assert heard[0].at_ms == first[-2][3]  # its last key, not when the gap was noticed


def test_idle_ends_a_code_when_it_is_due():
    heard = []
    decoder = KeyDecoder("counter", Rules(idle_ms=50), heard.append)
    assert decoder.due_ms is None
    decoder.feed(KEY, PLAIN["7"], 1, 1_000)
    assert decoder.due_ms == 1_050
    decoder.idle(1_049)
    assert heard == []
    decoder.idle(1_050)
    assert heard == [Scanned("counter", "7", "", 1_000)]
    assert decoder.due_ms is None


def test_a_shorter_pause_is_not_a_gap():
    first = timed(strokes("89"))
    assert read(decode([*first, *timed(strokes("09\n"), first[-2][3] + GAP_MS - 2)])) == ["8909"]


def test_a_code_without_the_end_that_always_comes_is_lost():
    first = timed(strokes("8909"))
    [lost, scanned] = decode(
        [*first, *timed(strokes("12\n"), first[-1][3] + GAP_MS)], Rules(always_ends=True)
    )
    assert isinstance(lost, ScanLost)
    assert scanned.code == "12"


def test_a_code_that_stops_after_one_that_had_its_end_is_lost_once():
    """The hub tells that a reader was pulled out later than the gap ends its code."""
    events, at_ms = [], 1_000
    for text in (MILK + "\n", "8909", "890995", "12\n", "34"):
        events += timed(strokes(text), at_ms)
        at_ms = events[-1][3] + GAP_MS
    heard = decode(events, until_ms=at_ms)
    assert [type(event) for event in heard] == [Scanned, ScanLost, Scanned, Scanned, ScanLost]
    # One that was set to send no end sign any more is read from the second code on.
    assert read([event for event in heard if isinstance(event, Scanned)]) == [MILK, "890995", "12"]


def test_no_gap_at_all_is_refused():
    with pytest.raises(ValueError, match="gap"):
        KeyDecoder("counter", Rules(idle_ms=0), print)


# What goes wrong


def test_after_syn_dropped_the_scan_is_lost_with_its_rest_and_the_next_is_whole():
    half = [*strokes("8909"), DROPPED, *press(PLAIN["9"])[:2], REPORT, *strokes("950000172\n")]
    heard = decode(timed(half + strokes(MILK + "\n")))
    assert [type(event) for event in heard] == [ScanLost, Scanned]
    assert heard[1].code == MILK


def test_events_up_to_the_report_after_syn_dropped_are_of_the_time_before():
    # This Enter is not the end of what is typed afterwards.
    events = [DROPPED, (KEY, ENTER, 1), REPORT, *strokes("172\n"), *strokes(MILK + "\n")]
    heard = decode(timed(events))
    assert [type(event) for event in heard] == [ScanLost, Scanned]
    assert heard[1].code == MILK


def test_syn_dropped_between_codes_is_told_too():
    # Whole codes may have been in what was dropped.
    heard = decode(timed([*strokes("12\n"), DROPPED, REPORT]))
    assert [type(event) for event in heard] == [Scanned, ScanLost]


def test_a_code_that_a_gap_ended_is_not_lost_with_what_was_dropped():
    first = timed(strokes(MILK))
    heard = decode([*first, *timed([DROPPED, REPORT], first[-1][3] + GAP_MS)])
    assert [type(event) for event in heard] == [Scanned, ScanLost]


def test_a_gap_ends_what_is_lost():
    events = timed([*strokes("890"), DROPPED, REPORT, *strokes("99")])
    heard = decode([*events, *timed(strokes("12\n"), events[-1][3] + GAP_MS)])
    assert [type(event) for event in heard] == [ScanLost, Scanned]
    assert heard[1].code == "12"


def test_autorepeat_of_a_lost_release_types_nothing_and_holds_nothing_up():
    first = timed(strokes("89")[:-2])  # its last release is lost
    last_ms = first[-1][3]
    repeats = [(KEY, PLAIN["9"], 2, last_ms + 33 * i) for i in range(1, 20)]
    assert read(decode([*first, *repeats], until_ms=last_ms + GAP_MS)) == ["89"]


@pytest.mark.parametrize("modifier", [SHIFT, RIGHT_SHIFT])
def test_a_lost_release_of_shift_ends_with_its_code(modifier):
    events = [(KEY, modifier, 1), *strokes("a\n"), *strokes("12a\n")]
    assert read(decode(timed(events))) == ["A", "12a"]


def test_a_lost_release_of_ctrl_does_not_matter():
    assert read(decode(timed([(KEY, CTRL, 1), *strokes("]12\n"), *strokes("34\n")]))) == [
        GS + "12",
        "34",
    ]


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        (strokes("A1"), "A1"),
        (strokes("-"), "-"),
        (strokes("A") + press(PAD["4"]) + press(PAD["2"]), "A42"),
        ([], ""),
    ],
)
def test_a_lost_release_of_alt_does_not_matter(rest, code):
    typed = strokes("10") + GS_BY_ALT[:-2] + rest + strokes("\n") + strokes("34\n")
    assert read(decode(timed(typed))) == ["10" + GS + code, "34"]


def test_alt_pressed_again_after_a_lost_release():
    assert read(decode(timed(GS_BY_ALT[:-2] + GS_BY_ALT + strokes("1\n")))) == [GS + GS + "1"]


@pytest.mark.parametrize(
    "sign",
    [
        with_held(CTRL, press(PLAIN["d"])),
        with_held(ALT, press(PAD["4"])),
        with_held(ALT, *(press(PAD[d]) for d in "0233")),
        with_held(ALT, *(press(PAD[d]) for d in "000029")),
        with_held(ALT, *(press(PAD[d]) for d in "999999999")),
    ],
)
def test_a_code_without_one_of_its_signs_is_lost_rather_than_another_code(sign):
    heard = decode(timed(strokes("890") + sign + strokes("995\n") + strokes(MILK + "\n")))
    assert [type(event) for event in heard] == [ScanLost, Scanned]
    assert heard[1].code == MILK


def test_a_code_is_bounded():
    assert read(decode(timed(strokes("9" * LENGTH_MAX + "\n")))) == ["9" * LENGTH_MAX]
    for too_many in (LENGTH_MAX + 1, 3 * LENGTH_MAX):
        heard = decode(timed(strokes("9" * too_many + "\n12\n")))
        assert [type(event) for event in heard] == [ScanLost, Scanned]
        assert heard[1].code == "12"


def test_a_prefix_alone_is_told():
    [lost] = decode(timed(strokes("]E0\n")))
    assert isinstance(lost, ScanLost)


def test_an_abandoned_half_is_told_once_and_its_shift_let_go():
    heard = []
    decoder = KeyDecoder("counter", Rules(), heard.append)
    decoder.abandon("gone")
    assert heard == []
    for event in timed([*strokes("890"), (KEY, SHIFT, 1)]):
        decoder.feed(*event)
    decoder.abandon("gone")
    decoder.abandon("gone")
    assert heard == [ScanLost("counter", "gone")]
    for event in timed(strokes("1\n")):
        decoder.feed(*event)
    assert heard[1].code == "1"


def test_lost_is_told_once_for_one_code():
    heard = []
    decoder = KeyDecoder("counter", Rules(), heard.append)
    decoder.lose("a key was down", 1_000)
    for event in timed(strokes("890") + with_held(CTRL, press(PLAIN["d"])) + strokes("9")):
        decoder.feed(*event)
    decoder.abandon("gone")
    assert heard == [ScanLost("counter", "a key was down")]


# For all streams

any_event = st.tuples(
    st.sampled_from([0, 0, 1, 1, 1, 1, 4, 17, 99]),
    st.one_of(st.integers(0, 130), st.sampled_from([0, 3, ENTER, TAB, ALT, CTRL, SHIFT])),
    st.integers(-1, 3),
    st.integers(0, 400),
)


@given(st.lists(any_event, max_size=200), st.sampled_from(["", "|", "{GS}"]), st.booleans())
def test_no_events_raise(events, gs_text, always_ends):
    at_ms, clocked = 0, []
    for kind, code, value, after_ms in events:
        at_ms += after_ms
        clocked.append((kind, code, value, at_ms))
    for event in decode(clocked, Rules(gs_text, always_ends=always_ends), at_ms + GAP_MS):
        assert event.device == "counter"
        if isinstance(event, Scanned):
            assert 0 < len(event.code) <= LENGTH_MAX
            assert event.code.replace(GS, "").isprintable()


@given(st.lists(codes, max_size=5), st.data())
def test_what_is_typed_is_read_whatever_releases_are_lost(typed, data):
    events = strokes("".join(code + "\n" for code in typed))
    noisy = []
    for event in events:
        modifier = event[1] in (SHIFT, CTRL)
        if event[0] == KEY and event[2] == 0 and not modifier and data.draw(st.booleans()):
            noisy.append((KEY, event[1], 2))
            continue
        noisy.append(event)
    assert read(decode(timed(noisy))) == typed


@given(st.lists(any_event, max_size=60), st.data())
def test_asking_when_idle_changes_nothing(events, data):
    """A reader that is asked often and one that is asked once give the same codes."""
    at_ms, clocked = 0, []
    for kind, code, value, after_ms in events:
        at_ms += after_ms
        clocked.append((kind, code, value, at_ms))
    heard = []
    decoder = KeyDecoder("counter", Rules(), heard.append)
    before_ms = 0
    for event in clocked:
        for now_ms in sorted(data.draw(st.lists(st.integers(before_ms, event[3]), max_size=3))):
            decoder.idle(now_ms)
        decoder.feed(*event)
        before_ms = event[3]
    decoder.idle(at_ms + GAP_MS)
    assert heard == decode(clocked, until_ms=at_ms + GAP_MS)


# Serial readers


def listen(chunks, rules=PLAIN_RULES, at_ms=1_000, until_ms=None):
    heard = []
    decoder = LineDecoder("counter", rules, heard.append)
    for chunk in chunks:
        decoder.feed(chunk, at_ms)
    if until_ms is not None:
        decoder.idle(until_ms)
    return heard


@pytest.mark.parametrize(
    ("sent", "code", "aim"),
    [
        (b"8909950000172\r", MILK, ""),
        (b"8909950000172\n", MILK, ""),
        (b"8909950000172\r\n", MILK, ""),
        (b"8909950000172\t", MILK, ""),
        (b"\x028909950000172\x03\r\n", MILK, ""),  # framed by STX and ETX
        (b"]C110AB\x1d17261231\r", "10AB\x1d17261231", "]C1"),
        ("]Q1पनीर\r".encode(), "पनीर", "]Q1"),
    ],
)
def test_golden_lines(sent, code, aim):
    assert listen([sent]) == [Scanned("counter", code, aim, 1_000)]


def test_a_line_without_an_end_ends_by_a_gap():
    assert listen([b"8909", b"95"], until_ms=1_000 + GAP_MS - 1) == []
    assert read(listen([b"8909", b"95"], until_ms=1_000 + GAP_MS)) == ["890995"]


def test_gs_as_text_from_a_serial_reader():
    assert read(listen([b"10AB{GS}1\r"], Rules("{GS}"))) == ["10AB\x1d1"]


def test_bytes_that_are_no_text_are_lost():
    [lost, scanned] = listen([b"\xb8\xb9\xb0\r", b"12\r"])
    assert "parity" in lost.reason
    assert scanned.code == "12"


def test_a_line_is_bounded():
    heard = listen([b"9" * 3 * LENGTH_MAX, b"\r12\r"])
    assert [type(event) for event in heard] == [ScanLost, Scanned]


@given(st.binary(max_size=200), st.data())
def test_chunks_of_bytes_change_nothing(sent, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=10)))
    chunks = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    until_ms = 1_000 + GAP_MS
    assert listen(chunks, until_ms=until_ms) == listen([sent], until_ms=until_ms)


@given(st.lists(codes, max_size=5), st.sampled_from(["\r", "\n", "\r\n", "\t"]))
def test_lines_are_read_as_sent(sent, end):
    assert read(listen(["".join(code + end for code in sent).encode()])) == sent
