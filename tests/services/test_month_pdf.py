"""Monthly bills as PDF, read by programs that are not ours: what stands there, and how."""

import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from pyzbar.pyzbar import decode

from drivers.printer.faults import CannotSet
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.services import typesetting
from milkpos_tui.services.month_out import parse_size
from milkpos_tui.services.month_papers import Party, payment_link
from milkpos_tui.services.month_pdf import month_pdf
from milkpos_tui.services.month_text import statement
from milkpos_tui.services.pdf_sheet import A4, A5, FORMATS, POINT, Sheets
from milkpos_tui.services.typesetting import shaped
from tests.support.months import given, paper

HINDI, TAMIL = "लक्ष्मी क्षीरसागर", "கிருஷ்ணன் ஸ்ரீனிவாசன்"
KANNADA, BENGALI = "ಶ್ರೀನಿವಾಸ ಮೂರ್ತಿ", "শ্রীকৃষ্ণ চট্টোপাধ্যায়"
NAMES = (HINDI, TAMIL, KANNADA, BENGALI)


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, check=True, timeout=60)
    assert not done.stderr, done.stderr.decode()  # poppler tells of every fault in a file
    return done.stdout.decode()


def stored(content, tmp_path):
    file = tmp_path / "bill.pdf"
    file.write_bytes(content)
    return str(file)


def text_of(content, tmp_path):
    return run("pdftotext", "-layout", stored(content, tmp_path), "-")


def picture(content, tmp_path, dpi=200):
    run("pdftoppm", "-r", str(dpi), "-png", "-singlefile", stored(content, tmp_path),
        str(tmp_path / "page"))  # fmt: skip
    return tmp_path / "page.png"


def words_of(text):
    return text.split()


@pytest.mark.parametrize("size", [A4, A5])
def test_it_says_what_the_text_says(size, tmp_path):
    one = paper()
    found = words_of(text_of(month_pdf(one, size), tmp_path))
    rows = [row for row in statement(one) if not row.startswith(("--", "==", "UPI", "upi"))]
    for word in words_of(" ".join(rows)):
        if word not in (".", "M", "E"):
            assert word in found, word


@pytest.mark.parametrize(("size", "points"), [(A4, "595.28 x 841.89"), (A5, "419.53 x 595.28")])
def test_the_paper_and_its_title(size, points, tmp_path):
    told = run("pdfinfo", stored(month_pdf(paper(), size), tmp_path))
    assert points in told
    assert "Sri Lakshmi Dairy 9 2026-10" in told


def test_a_usual_month_is_one_sheet_of_a4(tmp_path):
    told = run("pdfinfo", stored(month_pdf(paper()), tmp_path))
    assert ["Pages:", "1"] in [row.split() for row in told.splitlines()]


def test_many_items_go_on_on_the_next_sheet(tmp_path):
    many = [given(day, 12)._replace(plu=plu, name=f"Item {plu}") for day in (1, 31)
            for plu in range(40, 60)]  # fmt: skip
    found = words_of(text_of(month_pdf(paper(many), A5), tmp_path))
    assert {str(plu) for plu in range(40, 60)} <= set(found)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found_and_copied_as_they_were_typed(name, tmp_path):
    found = text_of(month_pdf(paper(party=Party("9", name))), tmp_path)
    assert name in found


def test_a_name_from_the_right_is_copied_as_it_was_typed(tmp_path):
    found = text_of(month_pdf(paper(party=Party("9", "محمد علی"))), tmp_path)
    assert "محمد علی" in re.sub("[\u202a-\u202e]", "", found)  # poppler says the direction


@pytest.mark.parametrize(
    ("joined", "parts"),
    [("क्ष", "कष"), ("श्री", "शरी"), ("ক্ষ", "কষ"), ("ಶ್ರೀ", "ಶರೀ"), ("ஸ்ரீ", "ஸரீ")],
)
def test_letters_that_join_are_joined(joined, parts):
    """A conjunct has other glyphs than its letters; torn apart it would have the same."""
    (run_joined,), (run_parts,) = shaped(joined), shaped(parts)
    torn = {glyph.id for letter in joined for run in shaped(letter) for glyph in run.glyphs}
    assert {glyph.id for glyph in run_joined.glyphs} - torn
    assert 0 not in {glyph.id for glyph in run_joined.glyphs}
    assert run_joined.glyphs != run_parts.glyphs


def test_words_from_the_right_are_joined_and_begin_there():
    customer, name, end = shaped("12 محمد علی (2)")
    assert (customer.text, name.text, end.text) == ("12 ", "محمد علی", " (2)")
    alone = {glyph.id for letter in name.text for glyph in shaped(letter)[0].glyphs}
    assert {glyph.id for glyph in name.glyphs} - alone, "letters that join look different"
    (last,) = shaped("ی")[0].glyphs
    (first,) = shaped("م")[0].glyphs
    shown = [glyph.text for glyph in name.glyphs]
    assert (shown[0], shown[-1]) == (last.text, first.text)


def test_a_vowel_that_stands_before_its_letter_does():
    (run_,) = shaped("कि")
    (letter,) = shaped("क")
    assert run_.glyphs[-1].id == letter.glyphs[0].id


def test_hindi_is_read_by_an_eye_that_is_not_ours(tmp_path):
    sheets = Sheets(A5, "names")
    sheets.new_page()
    for row, words in enumerate((HINDI, "गाय का दूध", "कृष्ण मिश्रा")):
        sheets.text(4_000, 6_000 + 6_000 * row, words, 24 * POINT)
    page = picture(sheets.finish(), tmp_path)
    read = run_tesseract(page)
    for word in (*HINDI.split(), "दूध", "कृष्ण", "मिश्रा"):
        assert word in read, read


def run_tesseract(page: Path):
    done = subprocess.run(
        ["tesseract", str(page), "-", "-l", "hin", "--psm", "6"],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize("size", [A4, A5])
def test_a_telephone_reads_the_qr_code(size, tmp_path):
    one = paper()
    with Image.open(picture(month_pdf(one, size), tmp_path, 150)) as page:
        assert [code.data.decode() for code in decode(page)] == [payment_link(one)]


def test_a_bill_that_asks_for_nothing_has_none(tmp_path):
    with Image.open(picture(month_pdf(paper(issued=None)), tmp_path, 150)) as page:
        assert decode(page) == []


def test_the_same_bill_is_the_same_bytes():
    assert month_pdf(paper()) == month_pdf(paper())


def test_fonts_are_embedded_and_only_what_is_used(tmp_path):
    content = month_pdf(paper(party=Party("9", HINDI)))
    rows = run("pdffonts", stored(content, tmp_path)).splitlines()[2:]
    assert len(rows) == 2
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    assert len(content) < 60_000


def test_a_font_that_is_missing_is_told_with_its_package(monkeypatch):
    def missing(script):
        raise CannotSet(f"no font for {script} letters (apt-get install fonts-lohit-telu)")

    monkeypatch.setattr(typesetting, "font_file", missing)
    typesetting.face_of.cache_clear()
    typesetting.shaped.cache_clear()
    try:
        with pytest.raises(Unreachable, match="fonts-lohit-telu"):
            month_pdf(paper(party=Party("9", "లక్ష్మి")))
    finally:
        typesetting.face_of.cache_clear()
        typesetting.shaped.cache_clear()


def test_a_long_name_is_cut_to_its_place():
    sheets = Sheets(A5, "cut")
    cut = sheets.fitted("Asha " * 40, 10 * POINT, 100 * POINT)
    assert cut.endswith("...")
    assert typesetting.width_of(cut) * 10 <= 100 * 1000
    assert sheets.fitted("Asha", 10 * POINT, 100 * POINT) == "Asha"


def test_the_sizes_that_can_be_asked_for_are_those_there_are():
    assert [parse_size(name.upper()) for name in FORMATS] == list(FORMATS.values())
