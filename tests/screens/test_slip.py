"""The last bill's slip on the screen: looking is free, a reprint is marked and noted."""

import pytest

from tests.screens.driving import driven, signed_in


async def read(till):
    """The whole slip, paged through."""
    seen = []
    for _page in range(6):
        seen += [row for row in till.rows("#page") if row not in seen]
        await till.keyed("<pagedown>")
    await till.keyed("<pageup>" * 6)
    return "\n".join(seen)


@pytest.mark.parametrize("key", ["<f8>", "<ctrl+b>"])
@driven
async def test_the_slip_of_the_last_bill(home, key):
    async with signed_in(home) as till:
        await till.keyed("31<enter>+<enter>3*12<enter>+500<enter>")
        before = await till.kinds()
        await till.keyed(key)
        assert till.place == "Slip"
        slip = await read(till)
        for told in ("Nandini Dairy", "1/2627/2", "Cow milk", "186.00", "500.00", "314.00"):
            assert told in slip
        assert "DUPLICATE" not in slip
        await till.keyed("<escape>")
        assert till.place == "Billing"
        assert await till.kinds() == before


@driven
async def test_a_reprint_says_duplicate_and_is_an_entry(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter><f8>")
        before = await till.kinds()
        await till.keyed("r")
        assert "DUPLICATE" in await read(till)
        assert till.notice
        assert await till.kinds() == [*before, "bill.reprinted"]
        await till.keyed("r")
        (bill,) = await till.bills()
        assert bill.copies == 2


@driven
async def test_the_slip_looked_at_after_a_reprint_is_no_duplicate(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter><f8>")
        await till.keyed("r<escape><f8>")
        assert "DUPLICATE" not in await read(till)


@driven
async def test_the_slip_after_a_start_is_that_of_the_last_bill(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>")
    async with signed_in(home) as till:
        await till.keyed("<f8>")
        assert "1/2627/1" in await read(till)


@driven
async def test_the_last_line_of_a_long_slip_comes_into_sight(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>" * 40 + "+<enter>")
        await till.keyed("<f8>")
        assert "UPI:" not in till.text()
        await till.keyed("<pagedown>" * 10)
        assert "UPI:" in till.text()
