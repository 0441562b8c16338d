"""Closing the till: an open bill is told once, and no key closes it by accident."""

import pytest

from milkpos_tui.config import Config
from tests.screens.driving import driven, running, signed_in


def closed(till):
    return till.app.return_value == 0


@driven
async def test_without_an_open_bill_it_closes_at_once(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>31")
        till.press("<ctrl+q>")
        await till.until(lambda: closed(till), "closed")


@driven
async def test_an_open_bill_is_told_once_and_kept(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>")
        await till.keyed("<ctrl+q>")
        assert not closed(till)
        assert till.bells == 1
        assert "2 lines" in till.notice
        till.press("<ctrl+q>")
        await till.until(lambda: closed(till), "closed")
    async with signed_in(home) as till:
        assert len(till.lines) == 2
        assert "back" in till.notice


@pytest.mark.parametrize(
    "there",
    ["<f9>", "<f7>", "<f1>", "<f12>", "<f3>"],
)
@driven
async def test_in_a_dialog_too(home, there):
    async with signed_in(home) as till:
        await till.keyed("12<enter>.<enter>12<enter>")
        await till.keyed(there)
        assert till.place != "Billing"
        await till.keyed("<ctrl+q>")
        assert not closed(till)
        assert till.bells == 1
        assert "open bill" in till.text()
        till.press("<ctrl+q>")
        await till.until(lambda: closed(till), "closed")


@driven
async def test_the_words_name_the_key_of_the_keymap(home):
    async with signed_in(
        home, config=Config(keys={"quit": ("ctrl+w",), "tare": ("alt+t",)})
    ) as till:
        await till.keyed("12<enter><ctrl+q>")
        assert till.notice == ""
        await till.keyed("<ctrl+w>")
        assert "^w" in till.notice


@driven
async def test_a_bill_opened_after_the_telling_is_told_again(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await till.keyed("<ctrl+q>+<enter>31<enter>")
        await till.keyed("<ctrl+q>")
        assert not closed(till)
        assert till.bells == 2


@driven
async def test_at_the_sign_in_it_closes_at_once(home):
    async with running(home) as till:
        till.press("asha<ctrl+q>")
        await till.until(lambda: closed(till), "closed")


@pytest.mark.parametrize("key", ["<ctrl+c>", "<ctrl+d>", "<escape>", "<ctrl+z>", "<ctrl+w>"])
@driven
async def test_no_other_key_closes_it(home, key):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await till.keyed(key * 3)
        assert till.app.is_running
        assert not closed(till)
        assert till.place == "Billing"
        assert len(till.lines) == 1


@driven
async def test_interrupt_does_nothing_at_all(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31")
        before = till.text()
        await till.keyed("<ctrl+c><ctrl+c>")
        assert till.text() == before
        assert till.bells == 0
