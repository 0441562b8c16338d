import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.build import build, drawer_kick, without_real_time
from drivers.printer.decoder import (
    Bars,
    CutPaper,
    EanBars,
    Fed,
    Kicked,
    Line,
    QrCode,
    Raster,
    Reset,
    Style,
    decode,
)
from drivers.printer.document import (
    Barcode,
    Cut,
    Ean13,
    Picture,
    Qr,
    Rule,
    Text,
    slip_document,
)
from drivers.printer.faults import CannotSet
from drivers.printer.letters import ascii_only, is_drawn, settable
from drivers.printer.profile import PAPER_58, PAPER_80, PROFILES, TM_T88, Cutter

LINK = "upi://pay?pa=krishna@okbank&pn=Sri%20Krishna&am=100.00&cu=INR&tr=1-2627-345"
PLAIN_80 = PAPER_80._replace(qr=False, barcode=False)
PLAIN_STYLE = "1b2100 1b2100 1b2100 1b4500 1b6100"

profiles = st.sampled_from([*PROFILES.values(), PLAIN_80])
evil = st.sampled_from(
    [
        "\x1bp\x00\x32\x32",  # opens the drawer
        "\x1dV\x00",  # cuts
        "\x10\x14\x01\x00\x01",  # opens the drawer, in real time
        "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",  # clears the printer's buffers
        "\x1b@",
        "\x1c&",
        "\x9b2J",
        "{C\x1b",
        "{{",
        "\r\n",
    ]
)
names = st.lists(st.one_of(st.text(max_size=20), evil), max_size=4).map("".join)
texts = st.builds(Text, names, st.booleans(), st.booleans(), st.booleans())
pictures = st.tuples(st.integers(1, 384), st.integers(1, 6)).flatmap(
    lambda size: st.binary(
        min_size=(size[0] + 7) // 8 * size[1], max_size=(size[0] + 7) // 8 * size[1]
    ).map(lambda bits: Picture(*size, bits))
)
items = st.one_of(
    texts,
    st.builds(Rule, names),
    st.builds(Qr, names),
    st.builds(Barcode, names),
    st.sampled_from(["8901262150262", "2399999999999"]).map(Ean13),
    pictures,
    st.just(Cut()),
)


def printed(*items, profile=PAPER_80):
    """The bytes after the reset, in hex."""
    data = build(items, profile)
    assert data[:2] == b"\x1b@"
    return data[2:].hex()


def hexed(spaced):
    return spaced.replace(" ", "")


# Golden bytes

GOLDEN = [
    (Text("Milk"), b"Milk\n".hex()),
    (Text(""), "0a"),
    (Text("Rs 5", bold=True), "1b2100 1b2100 1b2100 1b4501 1b6100 52732035 0a"),
    (Text("A", double=True), "1b2100 1b2100 1b2130 1b4500 1b6100 41 0a"),
    (Text("A", centred=True), "1b2100 1b2100 1b2100 1b4500 1b6101 41 0a"),
    (Text("₹5 \x1b"), b"Rs5 ?\n".hex()),
    (Text("Café"), "1c2e 1b7400 43616682 0a"),
    (Rule(), "2d" * 48 + "0a"),
    (Rule("="), "3d" * 48 + "0a"),
    (Rule(" "), "2d" * 48 + "0a"),
    (Cut(), "1b6406 1d5600"),
    (
        Qr("abc"),
        "1b2100 1b2100 1b2100 1b4500 1b6101"
        "1d286b0400314132 00 1d286b0300314306 1d286b0300314530"
        "1d286b0600315030 616263 1d286b0300315130",
    ),
    (
        Barcode("1/27{"),
        "1b2100 1b2100 1b2100 1b4500 1b6101 1d4802 1d6840 1d7702 1d6b49 08 7b42 312f32377b7b",
    ),
    (
        Ean13("2100012004503"),
        "1b2100 1b2100 1b2100 1b4500 1b6101 1d4802 1d6840 1d7703 1d6b43 0d"
        + b"2100012004503".hex(),
    ),
    (Picture(9, 2, b"\xff\x80\x00\x00"), "1d763000 2500 0200" + ("00" * 35 + "ff80") + "00" * 37),
]


@pytest.mark.parametrize(("item", "golden"), GOLDEN)
def test_golden_bytes(item, golden):
    assert printed(item) == hexed(golden)


def test_style_goes_back():
    assert printed(Text("A", bold=True), Text("B")) == hexed(
        f"1b2100 1b2100 1b2100 1b4501 1b6100 41 0a {PLAIN_STYLE} 42 0a"
    )


def test_a_style_is_sent_once():
    assert printed(Text("A"), Text("B"), Rule()).startswith(b"A\nB\n-".hex())


@pytest.mark.parametrize(
    ("cutter", "golden"),
    [("full", "1b64061d5600"), ("partial", "1b64061d5601"), ("none", "1b6406")],
)
def test_cutters(cutter, golden):
    assert printed(Cut(), profile=PAPER_80._replace(cutter=Cutter(cutter))) == golden


def test_drawer_kick():
    assert drawer_kick(PAPER_80).hex() == "1b70003232"
    assert drawer_kick(PAPER_80._replace(drawer_pin=5)).hex() == "1b70013232"
    assert decode(drawer_kick(TM_T88)) == [Kicked(2, 100, 100)]
    with pytest.raises(CannotSet, match="no socket"):
        drawer_kick(PAPER_80._replace(drawer_pin=None))


# What is decoded is what was described


def expected(item, profile):
    """The steps that an item asks for, by its description alone."""
    match item:
        case Text(text, bold, double, centred):
            text = settable(text, "cp437")
            if is_drawn(text):
                return [Raster]
            style = Style(bold, double, double, "center" if centred else "left")
            columns = profile.columns // (2 if double else 1)
            rows = re.findall(f".{{1,{columns}}}", text.rstrip()) or [""]
            return [Line(row, style) for row in rows]
        case Rule(sign):
            return [Line((ascii_only(sign)[:1].strip() or "-") * profile.columns)]
        case Qr(payload) if profile.qr:
            return [QrCode(ascii_only(payload), "L", 6, "center")] if ascii_only(payload) else []
        case Qr(payload):
            return [Raster] if ascii_only(payload) else []
        case Barcode(code):
            code = ascii_only(code).strip()
            if not code:
                return []
            if profile.barcode and (11 * len(code) + 55) * 2 <= profile.dots:
                return [Bars(code, 64, 2, "center")]
            return [Raster, *expected(Text(code, centred=True), profile)]
        case Ean13(digits):
            if profile.barcode:
                return [EanBars(digits, 64, 3, "center")]
            return [Raster, *expected(Text(digits, centred=True), profile)]
        case Picture():
            return [Raster]
        case Cut():
            return [Fed(6)] + ([CutPaper(whole=True)] if profile.cutter is Cutter.FULL else [])


def matches(step, wanted):
    return isinstance(step, Raster) if wanted is Raster else step == wanted


@given(st.lists(items, max_size=6), profiles)
def test_every_document_is_printed_as_described(document, profile):
    steps = decode(build(document, profile))
    wanted = [step for item in document for step in expected(item, profile)]
    assert steps.pop(0) == Reset()
    if len(steps) != len(wanted):  # bars too long for the paper are left out, their text is not
        bars = [item for item in document if isinstance(item, Barcode)]
        assert bars
        steps = [step for step in steps if not isinstance(step, Raster)]
        wanted = [step for step in wanted if step is not Raster]
    assert all(matches(step, want) for step, want in zip(steps, wanted, strict=True))


@given(st.lists(items, max_size=6), profiles)
def test_no_document_opens_the_drawer_and_only_a_cut_cuts(document, profile):
    steps = decode(build(document, profile))
    assert not any(isinstance(step, Kicked) for step in steps)
    cuts = sum(isinstance(item, Cut) for item in document)
    has_knife = profile.cutter is not Cutter.NONE
    assert sum(isinstance(step, CutPaper) for step in steps) == cuts * has_knife
    assert sum(isinstance(step, Fed) for step in steps) == cuts


@given(names)
def test_a_name_is_only_ever_text(name):
    steps = decode(build([Text(name, bold=True), Text(name, double=True)], TM_T88))[1:]
    assert steps
    assert all(isinstance(step, Line | Raster) for step in steps)


# Pictures


@given(pictures)
def test_a_picture_comes_out_dot_by_dot(picture):
    _, raster = decode(build([picture], PAPER_58))
    assert raster.height == picture.height
    before = raster.row_bytes - picture.row_bytes
    assert before == (384 - picture.width) // 16
    rows = [
        raster.bits[at + before : at + raster.row_bytes]
        for at in range(0, len(raster.bits), raster.row_bytes)
    ]
    drawn = b"".join(rows)
    assert len(drawn) == len(picture.bits)
    differing = [
        (ours, theirs) for ours, theirs in zip(picture.bits, drawn, strict=True) if ours != theirs
    ]
    assert set(differing) <= {(0x10, 0x18)}


@pytest.mark.parametrize("command", [b"\x10\x14\x01\x00\x01", b"\x10\x04\x01", b"\x10\x05\x02"])
def test_no_picture_holds_a_real_time_command(command):
    assert without_real_time(command) == b"\x18" + command[1:]
    picture = Picture(384, 1, command.ljust(48, b"\x00"))
    assert [type(step) for step in decode(build([picture], PAPER_58))] == [Reset, Raster]


def test_other_dots_are_left_alone():
    bits = bytes(range(256)) + b"\x10\x10\x03\x04\x05\x14"
    assert without_real_time(bits) == bits


def test_a_high_picture_is_sent_in_parts():
    picture = Picture(8, 2000, bytes(range(250)) * 8)
    rasters = decode(build([picture], PAPER_58._replace(dots=8)))[1:]
    assert [raster.height for raster in rasters] == [960, 960, 80]
    assert b"".join(raster.bits for raster in rasters) == without_real_time(picture.bits)


def test_pictures_that_are_not():
    with pytest.raises(CannotSet, match="not whole"):
        build([Picture(8, 2, b"\x00")], PAPER_58)
    with pytest.raises(CannotSet, match="wider than the paper"):
        build([Picture(400, 1, bytes(50))], PAPER_58)


# Limits


def test_a_link_that_no_code_takes():
    for profile in (PAPER_58, PAPER_80):
        with pytest.raises(CannotSet, match="too long"):
            build([Qr("x" * 3000)], profile)
    with pytest.raises(CannotSet, match="too long for a QR code on this paper"):
        build([Qr("x" * 2000)], PAPER_58)


def test_bars_that_do_not_fit_leave_their_text():
    steps = decode(build([Barcode("AB/2627/123456-Xy" * 2)], PAPER_58))
    assert [step.text for step in steps[1:]] == ["AB/2627/123456-XyAB/2627/123456-", "Xy"]


# Slips


SLIP = ["          Sri Krishna", "UPI:", "Milk           28.00", "TOTAL Rs 28.00"]


def test_a_slip_and_its_link():
    document = slip_document([*SLIP, "UPI:", LINK[:42], LINK[42:]], barcode="1/2627/345")
    assert document[:4] == [Text(line) for line in SLIP]
    assert document[4:] == [Text("UPI:", centred=True), Qr(LINK), Barcode("1/2627/345"), Cut()]
    assert decode(build(document, PAPER_80))[-4:-2] == [
        QrCode(LINK, "L", 6, "center"),
        Bars("1/2627/345", 64, 2, "center"),
    ]


@pytest.mark.parametrize("more", [[], ["UPI:"], ["UPI:", "Thank you"]])
def test_a_slip_without_a_link(more):
    assert slip_document(SLIP + more) == [*(Text(line) for line in SLIP + more), Cut()]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_an_ean_fits_every_paper(profile):
    able = profile._replace(barcode=True)
    bars = next(s for s in decode(build([Ean13("8901262150262")], able)) if isinstance(s, EanBars))
    assert bars == EanBars("8901262150262", 64, 3, "center")
    drawn = decode(build([Ean13("8901262150262")], profile._replace(barcode=False)))
    assert Line("8901262150262", Style(align="center")) in drawn
    assert any(isinstance(step, Raster) for step in drawn)


@pytest.mark.parametrize("digits", ["8901262150263", "890126215026", "x901262150262", "", "٨" * 13])
@pytest.mark.parametrize("profile", [PAPER_80, PLAIN_80, PAPER_58])
def test_what_is_no_ean_is_refused_in_words(digits, profile):
    with pytest.raises(CannotSet, match="no EAN-13"):
        build([Ean13(digits)], profile)
