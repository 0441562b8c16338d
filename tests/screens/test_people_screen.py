"""The people screen: who works here, what they may do, their PINs."""

import pytest

from milkpos_tui.services.records import Operator
from tests.screens.driving import driven, running, sign_in
from tests.screens.shop import allow, assert_fits, at_counter, bodies, elsewhere, monday
from tests.support.staff import PIN
from tests.support.tills import OWNER, OWNER_PIN

NEW_PIN = "640917"
ADDED = f"+mona<enter>Mona<enter>supervisor<enter>{NEW_PIN}<enter>{NEW_PIN}<enter>"


def with_owner(home, **options):
    return at_counter(home, OWNER.operator, OWNER_PIN, **options)


async def begin(till):
    await till.keyed("<escape><ctrl+o>")
    assert till.place == "People"


async def on(till, code):
    """Put the cursor on somebody and open what can be done with them."""
    rows = [row.split()[0] for row in till.rows("#page")[1:] if row]
    await till.keyed("<up>" * 20 + "<down>" * rows.index(code) + "<enter>")
    assert till.place == "Pick"


async def people(till):
    found = await till.asked(lambda open_till: open_till.people.operators())
    return {one.code: one for one in found}


async def proves(home, code, pin):
    """Whether somebody is let in with a PIN."""
    async with running(home, clock=monday(2)) as till:
        await sign_in(till, code, pin)
        return till.place != "SignIn"


@driven
async def test_everyone_is_listed(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        rows = [" ".join(row.split()) for row in till.rows("#page") if row]
        assert rows == [
            "Code Role Name",
            "adit auditor Adit",
            "asha owner Asha",
            "cara cashier Cara",
            "carl cashier Carl",
            "sunil supervisor Sunil",
        ]
        assert till.reversed("#page") == ["adit auditor Adit"]
        await till.keyed("<down><down>")
        assert till.reversed("#page") == ["cara cashier Cara"]
        await till.keyed("<down>" * 9 + "<up>")
        assert till.reversed("#page") == ["carl cashier Carl"]


@driven
async def test_somebody_is_added_and_can_sign_in(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await till.keyed(ADDED)
        assert till.notice == "Mona (mona) works here now"
        assert "mona          supervisor  Mona" in till.text()
        assert NEW_PIN not in till.text()
        (added,) = [one for one in await bodies(till, "operator.added") if one["code"] == "mona"]
        assert (added["role"], added["actor"]) == ("supervisor", "asha")
    assert await proves(unopened, "mona", NEW_PIN)


@pytest.mark.parametrize(
    ("keyed", "words"),
    [
        ("+<enter>", "an answer is needed"),
        ("+mona<enter><enter>", "an answer is needed"),
        ("+mona<enter>Mona<enter>boss<enter>", "'boss' is not one of"),
        ("+mona<enter>Mona<enter><enter>123456<enter>", "one of the first to be tried"),
        ("+mona<enter>Mona<enter><enter>12<enter>", "6 digits|10"),
        (f"+mona<enter>Mona<enter><enter>{NEW_PIN}<enter>640918<enter>", "not the same"),
    ],
)
@driven
async def test_an_answer_without_meaning_stays_for_mending(unopened, keyed, words):
    async with with_owner(unopened) as till:
        await begin(till)
        bells = till.bells
        await till.keyed(keyed)
        assert till.place == "Ask"
        assert till.bells == bells + 1
        assert any(word in till.notice for word in words.split("|")), till.notice
        assert "123456" not in till.text()
        assert "mona" not in await people(till)


@driven
async def test_a_pin_is_keyed_twice_and_never_shown(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await till.keyed(f"+mona<enter>Mona<enter><enter>{NEW_PIN}")
        assert NEW_PIN not in till.text()
        await till.keyed(f"<enter>{NEW_PIN}")
        assert NEW_PIN not in till.text()
        below = till.find("#entry")
        await till.keyed("<enter>")
        assert (till.place, below.text) == ("People", "")


@driven
async def test_esc_goes_back_to_the_pin_without_showing_it(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await till.keyed(f"+mona<enter>Mona<enter><enter>{NEW_PIN}<enter><escape>")
        assert till.row("#entry") == "PIN:"
        assert till.entry == ""
        await till.keyed("<escape>")
        assert till.entry == "cashier"
        await till.keyed("<escape><escape><escape>")
        assert till.place == "People"
        assert "mona" not in await people(till)


@driven
async def test_a_code_that_is_taken_comes_back_with_its_answers(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await till.keyed(ADDED.replace("+mona", "+carl"))
        assert till.place == "Ask"
        assert "there is an operator carl already" in till.notice
        assert till.entry == "carl"
        await till.keyed("mona<enter>")
        assert till.entry == "Mona"
        await till.keyed("<enter>")
        assert till.entry == "supervisor"
        await till.keyed("<enter>")
        assert till.entry == ""
        await till.keyed(f"{NEW_PIN}<enter>{NEW_PIN}<enter>")
        assert (await people(till))["mona"] == Operator("mona", "Mona", "supervisor")


@driven
async def test_another_name_and_another_role(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await on(till, "cara")
        await till.keyed("<enter>")
        assert till.entry == "Cara"
        await till.keyed("Cara Maria<enter>")
        assert till.notice == "Cara Maria (cara) is changed"
        await on(till, "cara")
        await till.keyed("role<enter>")
        assert till.entry == "cashier"
        await till.keyed("manager<enter>")
        assert (await people(till))["cara"] == Operator("cara", "Cara Maria", "manager")
        assert [one["actor"] for one in await bodies(till, "operator.changed")] == ["asha"] * 2


@driven
async def test_a_new_pin(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await on(till, "cara")
        await till.keyed(f"PIN<enter>{NEW_PIN}<enter>{NEW_PIN}<enter>")
        assert till.notice == "Cara (cara) has a new PIN"
        assert NEW_PIN not in till.text()
    assert await proves(unopened, "cara", NEW_PIN)
    assert not await proves(unopened, "cara", PIN)


@driven
async def test_who_goes_cannot_sign_in_until_they_are_back(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        await on(till, "cara")
        await till.keyed("no more<enter>")
        assert till.notice == "Cara (cara) works here no more"
        assert "Cara  (works here no more)" in till.text()
    assert not await proves(unopened, "cara", PIN)
    async with with_owner(unopened) as till:
        await begin(till)
        await on(till, "cara")
        await till.keyed("again<enter>")
        assert till.notice == "Cara (cara) works here again"
    assert await proves(unopened, "cara", PIN)


@pytest.mark.parametrize("deed", ["no more<enter>", "role<enter>manager<enter>"])
@driven
async def test_the_last_owner_stays(unopened, deed):
    async with with_owner(unopened) as till:
        await begin(till)
        await on(till, "asha")
        await till.keyed(deed)
        assert "there must be an owner" in till.notice
        assert (await people(till))["asha"] == Operator("asha", "Asha", "owner")


@driven
async def test_a_manager_needs_the_owner_s_leave(unopened):
    with elsewhere(unopened) as other:
        other.people.change(Operator("carl", "Carl", "manager"), OWNER)
    async with at_counter(unopened, "carl") as till:
        await begin(till)
        await till.keyed(ADDED)
        await allow(till)  # a supervisor's leave is not enough
        assert till.place == "Approve"
        assert "supervisor may not" in till.notice
        await till.keyed("<ctrl+u>")
        await allow(till, OWNER.operator, OWNER_PIN)
        assert till.notice == "Mona (mona) works here now"
        (added,) = [one for one in await bodies(till, "operator.added") if one["code"] == "mona"]
        assert (added["actor"], added["approver"]) == ("carl", "asha")


@pytest.mark.parametrize("code", ["cara", "sunil", "adit"])
@driven
async def test_others_are_refused(unopened, code):
    async with at_counter(unopened, code) as till:
        await begin(till)
        await till.keyed(ADDED)
        assert "may not add people" in till.notice
        assert "mona" not in await people(till)


@driven
async def test_it_follows_another_terminal(unopened):
    async with with_owner(unopened) as till:
        await begin(till)
        with elsewhere(unopened) as other:
            other.people.change(Operator("cara", "Somebody", "cashier"), OWNER)
            await till.until(lambda: "Somebody" in till.text(), "told")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_many_with_wide_names_fit_and_are_reached(unopened, size):
    with elsewhere(unopened) as other:
        for number in range(50):
            name = "ವೆಂಕಟೇಶಮೂರ್ತಿ ശ്രീലക്ഷ്മി [b]"
            other.people.add(Operator(f"x{number:02}", name, "cashier"), NEW_PIN, OWNER)
    async with with_owner(unopened, size=size) as till:
        await begin(till)
        assert_fits(till)
        await till.keyed("<down>" * 60)
        assert " ".join(till.reversed("#page")).startswith("x49 cashier ವೆಂಕಟೇಶಮೂರ್ತಿ")
        assert_fits(till)
        await till.keyed("<enter>")
        assert_fits(till)
