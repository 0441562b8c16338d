"""The scale at the till: live weight, F5, containers, and what is typed instead."""

import pytest

from drivers.events import Moving, Negative, Over, Stable, Under
from milkpos_tui.domain.devices import DeviceState
from milkpos_tui.journal.entry import parse
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven

TARES = "dabba=120, can=480"


@pytest.fixture
def weighing(home):
    set_up(home, tares=TARES)
    return home


@driven
async def test_the_weight_is_seen_and_f5_takes_it(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        await counter.put(Stable(452))
        assert "F5 0.452 kg" in till.row("#status")
        await till.keyed("31<f5>")
        assert till.lines == ["1 Curd 0.452 kg 90.00 40.68"]
        assert till.entry == ""
        await till.keyed("31<f5>")
        assert len(till.lines) == 2  # the same weight twice is two sales
        (line, _again) = (await till.cart()).lines
        assert line.measured == "scale"


@driven
async def test_f5_alone_weighs_the_last_line(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        await till.keyed("31<enter>")
        await counter.put(Stable(300))
        await till.keyed("<f5>")
        assert till.lines == ["1 Curd 0.3 kg 90.00 27.00"]


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (Moving(310), "has not come to rest"),
        (Over(), "too much"),
        (Under(), "below zero"),
        (Negative(-20), "-0.020"),
        (Stable(0), "nothing is on the scale"),
    ],
)
@driven
async def test_what_does_not_rest_on_the_scale_is_not_sold(weighing, reading, told):
    async with equipped(weighing) as counter:
        till = counter.till
        await counter.put(Stable(1))
        await counter.put(reading)
        await till.keyed("31<f5>")
        assert told in till.notice
        assert till.lines == []
        assert till.entry == "31"


@driven
async def test_milk_by_the_litre_is_not_weighed(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        await counter.put(Stable(500))
        await till.keyed("12<f5>")
        assert "not by weight" in till.notice
        assert till.lines == []


@driven
async def test_a_container_is_taken_off_once(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        await counter.put(Stable(620))
        await till.keyed("<ctrl+w>dabba<enter>")
        assert "0.620 kg - dabba 0.12 kg" in till.row("#status")
        await till.keyed("31<f5>")
        assert till.lines == ["1 Curd 0.5 kg 90.00 45.00"]
        assert "dabba" not in till.row("#status")
        (line,) = (await till.cart()).lines
        assert (line.measured, line.tare_milli) == ("scale", 120)


@driven
async def test_what_is_on_the_scale_can_be_the_container(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        await counter.put(Stable(95))
        await till.keyed("<ctrl+w>now<enter>")
        await counter.put(Stable(595))
        await till.keyed("31<f5>")
        assert till.lines == ["1 Curd 0.5 kg 90.00 45.00"]


@driven
async def test_without_a_scale_the_typed_weight_is_marked(weighing):
    async with equipped(weighing) as counter:
        till = counter.till
        counter.hands.toggle("scale")
        await counter.state("scale", DeviceState.DOWN)
        assert "no scale" in till.row("#status")
        await till.keyed("31<f5>")
        assert "does not answer" in till.notice
        await till.keyed("<ctrl+u>.25*31<enter>+<enter>")
        (bill,) = await till.bills()
        assert bill.document.lines[0].measured == "typed"

        def content(books):
            sql = "SELECT content FROM entry WHERE kind = 'bill.paid'"
            return parse(books._db.connection().execute(sql).get)

        (line,) = (await till.asked(content)).body["lines"]
        assert (line["measured"], line["tare_milli"]) == ("typed", 0)


@driven
async def test_an_item_by_weight_takes_it_by_itself_where_the_shop_wants_that(home):
    set_up(home, weigh_by_itself="yes")
    async with equipped(home) as counter:
        till = counter.till
        await counter.put(Stable(250))
        await till.keyed("31<enter>12<enter>.1*31<enter>")
        assert till.lines == [
            "1 Curd 0.25 kg 90.00 22.50",
            "2 Cow milk 1 L 62.00 62.00",
            "3 Curd 0.1 kg 90.00 9.00",
        ]
        await counter.put(Stable(0))
        await till.keyed("31<enter>")
        assert "nothing is on the scale" in till.notice
