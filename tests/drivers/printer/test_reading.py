"""What is printed as a picture can be read: codes by zbar, letters by tesseract."""

import subprocess

import pytest
from PIL import Image
from pyzbar.pyzbar import decode as read_codes

from drivers.printer.build import build
from drivers.printer.decoder import Raster, decode
from drivers.printer.document import Barcode, Ean13, Qr, Text
from drivers.printer.profile import PAPER_58, PAPER_80

LINK = "upi://pay?pa=krishna@okbank&pn=Sri%20Krishna&am=100.00&cu=INR&tr=1-2627-345"
NO_CODES = PAPER_80._replace(qr=False, barcode=False)


def seen(*items, profile):
    """The pictures of a document, one below the other on white paper."""
    rasters = [step for step in decode(build(items, profile)) if isinstance(step, Raster)]
    paper = Image.new("L", (profile.dots, sum(raster.height for raster in rasters)), 255)
    top = 0
    for raster in rasters:
        size = (raster.row_bytes * 8, raster.height)
        paper.paste(Image.frombytes("1", size, raster.bits, "raw", "1;I"), (0, top))
        top += raster.height
    return paper


@pytest.mark.parametrize("profile", [PAPER_58, NO_CODES], ids=lambda profile: profile.name)
@pytest.mark.parametrize("payload", [LINK, "upi://pay?pa=a@b", LINK + "&tn=" + "x" * 80])
def test_a_qr_code_is_read_back(profile, payload):
    (code,) = read_codes(seen(Qr(payload), profile=profile))
    assert (code.type, code.data.decode()) == ("QRCODE", payload)


@pytest.mark.parametrize("profile", [PAPER_58, NO_CODES], ids=lambda profile: profile.name)
@pytest.mark.parametrize("number", ["1/2627/345", "12345678901234", "A-R/2627/90{"])
def test_bars_are_read_back(profile, number):
    (code,) = read_codes(seen(Barcode(number), profile=profile))
    assert (code.type, code.data.decode()) == ("CODE128", number)


@pytest.mark.parametrize("profile", [PAPER_58, NO_CODES], ids=lambda profile: profile.name)
@pytest.mark.parametrize("digits", ["8901262150262", "2100012004503", "2399999999999"])
def test_an_ean_is_read_back(profile, digits):
    (code,) = read_codes(seen(Ean13(digits), profile=profile))
    assert (code.type, code.data.decode()) == ("EAN13", digits)


def words(paper, language):
    """Tesseract's reading, for which letters are made as large as it wants them."""
    white = Image.new("L", (paper.width + 40, paper.height + 40), 255)
    white.paste(paper, (20, 20))
    large = white.resize((white.width * 3, white.height * 3), Image.Resampling.LANCZOS)
    netpbm = b"P5 %d %d 255\n" % large.size + large.tobytes()
    done = subprocess.run(
        ["tesseract", "-", "-", "-l", language, "--psm", "6"],
        input=netpbm,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode().split()


def test_hindi_is_read_back():
    # Vowel signs before their letter, conjuncts: torn apart without shaping, and then not read.
    line = "ताजा दूध और मिठाई की दुकान"
    assert words(seen(Text(line), profile=PAPER_80), "hin") == line.split()
