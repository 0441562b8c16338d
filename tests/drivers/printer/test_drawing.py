from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from drivers.printer import fonts
from drivers.printer.build import build
from drivers.printer.decoder import Raster, decode
from drivers.printer.document import Text
from drivers.printer.drawing import LOGO_HEIGHT_DOTS_MAX, logo, qr_picture, text_picture
from drivers.printer.faults import CannotSet
from drivers.printer.profile import PAPER_58

MILK = "दूध"
ROW = 33  # dots, of Lohit Devanagari at 24


def image_of(picture):
    """With 255 for black, so that the bounding box is that of what is black."""
    size = (picture.width, picture.height)
    return Image.frombytes("1", size, picture.bits).convert("L")


def box(picture):
    """Left, top, right and bottom of what is black."""
    return image_of(picture).getbbox()


def drawn(text, dots=384, **style):
    return text_picture(Text(text, **style), dots)


@pytest.fixture
def no_fonts(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    fonts._font.cache_clear()
    yield tmp_path
    fonts._font.cache_clear()


@pytest.fixture
def no_shaping(monkeypatch):
    monkeypatch.setattr(features, "check", lambda feature: feature != "raqm")
    fonts._shapes.cache_clear()
    yield
    fonts._shapes.cache_clear()


def test_one_row_at_the_left():
    picture = drawn(MILK)
    left, top, right, bottom = box(picture)
    assert (picture.width, picture.height) == (384, ROW)
    assert left < 4
    assert 20 < right < 80
    assert 0 <= top < bottom <= ROW


def test_letters_are_shaped():
    # The vowel sign i stands after its letter in Unicode, and before it on paper.
    (run,) = fonts.runs("कि", 24)
    (apart,) = fonts.runs("इक", 24)
    assert run.width < apart.width + 8
    # A conjunct is narrower than its letters side by side.
    assert fonts.runs("क्ष", 24)[0].width < sum(fonts.runs(char, 24)[0].width for char in "कष")


def test_centred():
    left, _, right, _ = box(drawn(MILK, centred=True))
    assert abs(left - (384 - right)) <= 4


def test_indented_as_the_slip_has_it():
    moved = box(drawn(" " * 8 + MILK))[2] - box(drawn(MILK))[2]
    assert moved == 8 * 12
    assert box(drawn(" " * 60 + MILK))[2] <= 384  # never past the edge


def test_an_amount_stands_at_the_right_edge():
    for dots in (384, 512, 576):
        _, _, right, _ = box(drawn(f"{MILK} 500 ml      28.00", dots))
        assert dots - 4 <= right <= dots
    assert drawn(f"{MILK}    28.00").height == ROW


def test_an_amount_that_does_not_fit_beside_goes_below():
    picture = drawn(f"{MILK * 4} {MILK * 2}   28.00 Rs", 300)
    rows = picture.height // ROW
    assert rows == 2
    below = image_of(picture).crop((0, picture.height - ROW // 2 - 8, 300, picture.height))
    left, _, right, _ = below.getbbox()
    assert right >= 296
    assert left > 100


def test_long_text_is_wrapped_at_spaces():
    picture = drawn(" ".join([MILK] * 30))
    assert picture.height > 3 * ROW - 1
    assert picture.height % ROW == 0
    assert box(picture)[2] <= 384


def test_a_word_wider_than_the_paper_is_cut():
    picture = drawn("कखगघङ" * 20, 200)
    assert picture.height >= 5 * ROW
    assert box(picture)[2] <= 200


@pytest.mark.parametrize("text", [MILK, f"{MILK}  5", "ಹಾಲು Milk नंदिनी பால்"])
def test_bold_and_double(text):
    def black(**style):
        return sum(image_of(drawn(text, **style)).histogram()[255:])

    assert black() * 1.2 < black(bold=True) < black() * 2.5
    assert black() * 2.5 < black(double=True) < black() * 6


def test_each_script_has_a_font_of_its_own():
    found = [run.font.getname()[0] for run in fonts.runs("ಹಾಲು Milk नंदिनी 1/2 பால்", 24)]
    assert found == ["Lohit Kannada", "DejaVu Sans", "Lohit Devanagari", "Lohit Tamil"]


letters = st.characters(min_codepoint=0x900, max_codepoint=0x97F) | st.sampled_from(" a1.ಹಾபா\u200d")


@given(st.text(letters), st.booleans(), st.booleans())
def test_any_line_fits_the_paper(text, double, centred):
    _, raster = decode(build([Text(MILK + text, False, double, centred)], PAPER_58))
    assert isinstance(raster, Raster)
    assert raster.row_bytes == 48


def test_without_shaping_indic_lines_are_refused(no_shaping):
    with pytest.raises(CannotSet, match="libfribidi0"):
        build([Text(MILK)], PAPER_58)
    assert build([Text("Milk")], PAPER_58)


def test_without_a_font_its_package_is_named(no_fonts):
    with pytest.raises(CannotSet, match=r"Devanagari.*fonts-lohit-deva"):
        build([Text(MILK)], PAPER_58)
    with pytest.raises(CannotSet, match=r"Malayalam.*fonts-lohit-mlym"):
        build([Text("പാൽ")], PAPER_58)


def test_noto_will_do(no_fonts):
    lohit = next(
        path
        for folder in ("/usr/share/fonts", "/usr/local/share/fonts")
        for path in fonts.Path(folder).rglob("Lohit-Devanagari.ttf")
    )
    (no_fonts / "NotoSansDevanagari-Regular.ttf").symlink_to(lohit)
    assert drawn(MILK).height == ROW


def test_a_qr_code_has_its_quiet_zone():
    picture = qr_picture("upi://pay?pa=a@b", 384)
    left, top, right, bottom = box(picture)
    assert (left, right) == (0, picture.width)
    assert top == picture.height - bottom == 4 * 6


# The logo


def picture_file(image, kind="PNG"):
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def share_of_black(picture):
    image = image_of(picture)
    return image.histogram()[255] / (image.width * image.height)


@pytest.mark.parametrize(("grey", "share"), [(0, 1.0), (64, 0.75), (128, 0.5), (255, 0.0)])
def test_greys_become_dots(grey, share):
    picture = logo(picture_file(Image.new("L", (200, 100), grey)), 384)
    assert (picture.width, picture.height) == (200, 100)
    assert share_of_black(picture) == pytest.approx(share, abs=0.02)


def test_a_large_logo_is_made_to_fit():
    assert logo(picture_file(Image.new("L", (2000, 200))), 384)[:2] == (384, 38)
    assert logo(picture_file(Image.new("L", (100, 1000))), 384).height == LOGO_HEIGHT_DOTS_MAX


def test_transparent_is_white():
    picture = logo(picture_file(Image.new("RGBA", (64, 8), (0, 0, 0, 0))), 384)
    assert not any(picture.bits)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_kinds_of_files(kind):
    picture = logo(picture_file(Image.new("L", (33, 9)), kind), 384)
    assert share_of_black(picture) == 1.0
    steps = decode(build([picture], PAPER_58))
    assert steps[1].height == 9


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",  # would start Ghostscript
        picture_file(Image.effect_noise((64, 64), 90))[:-40],
        picture_file(Image.new("L", (9, 9)), "TIFF"),  # fewer kinds, fewer parsers to attack
    ],
)
def test_what_is_no_picture(data):
    with pytest.raises(CannotSet, match="can't be read"):
        logo(data, 384)


def test_a_huge_picture():
    with pytest.raises(CannotSet, match="too many pixels"):
        logo(picture_file(Image.new("1", (4000, 1001))), 384)
