"""The queue of messages: what is tried again, for how long, and who is told nothing any more."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import NotWhole, Refused
from milkpos_tui.domain.month import Month
from milkpos_tui.domain.settings import TEMPLATES
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.messages import (
    KEPT_MS,
    LATEST_TRY_MS,
    MINUTE_MS,
    REFUSALS_MAX,
    Stage,
)
from milkpos_tui.till import verify_home
from tests.support.tills import DAY_MS, MONDAY, OWNER, next_day

NOVEMBER = Month(2026, 11)
URL = "json://gateway.example/{phone}"
MAIL = "mailto://shop.example/?to={email}"


@pytest.fixture
def queued(till, clock):
    """9 and 14 owe Rs 62 each by their bills of November, agreed to messages, and wait to be told
    by the channel `sms`."""
    for code in ("9", "14"):
        about = {"phone": f"98450 000{code:>02}", "email": f"{code}@example.org"}
        customer = Customer("", code, name=f"House {code}", consent_on=MONDAY.isoformat(), **about)
        till.customers.add(customer, OWNER)
        till.khata.adjust(code, 62_00, "old book", "1", OWNER)
    clock.advance(8 * DAY_MS)
    next_day(till)
    list(till.months.run(NOVEMBER, "1", OWNER))
    till.message_channels.set("sms", URL, OWNER)
    assert till.messages.queue(NOVEMBER, (), OWNER) == (2, 0, 0)
    return till


def tried(till, number, ended, *words):
    """A message that is due is tried, and ends so."""
    message = till.messages.message(number)
    assert message in till.messages.due(OWNER)
    assert till.messages.begin(message)
    getattr(till.messages, ended)(message, *words)
    return till.messages.message(number)


def passing(clock, message):
    """Until it is tried again."""
    clock.advance(max(0, message.next_at - clock.now()))


def test_who_was_offline_for_weeks_is_not_given_up_at_the_first_no(queued, clock):
    message = queued.messages.message(1)
    for number in range(40):
        message = tried(queued, 1, "unsent", "no network")
        assert (message.stage, message.tries, message.refusals) == (Stage.QUEUED, number + 1, 0)
        passing(clock, message)
    message = tried(queued, 1, "refused", "no")
    assert (message.stage, message.tries, message.refusals) == (Stage.QUEUED, 41, 1)


def test_so_many_refusals_are_enough_whatever_was_in_between(queued, clock):
    for refusals in range(1, REFUSALS_MAX + 1):
        passing(clock, tried(queued, 1, "unsent", "no network"))
        message = tried(queued, 1, "refused", "the service answered 404")
        assert message.refusals == refusals
        passing(clock, message)
    assert (message.stage, message.why) == (Stage.FAILED, "the service answered 404")
    assert [one.id for one in queued.messages.due(OWNER)] == [2]


def test_it_waits_ever_longer_but_no_longer_than_that(queued, clock):
    waits = []
    for _ in range(12):
        message = tried(queued, 1, "unsent", "no network")
        waits.append((message.next_at - clock.now()) // 1000 + 1)
        assert message not in queued.messages.due(OWNER)
        assert message in queued.messages.due(OWNER, early=True)
        passing(clock, message)
    minutes = [wait // 60 for wait in waits]
    assert minutes[:4] == [1, 2, 4, 8]
    assert waits[-1] * 1000 == LATEST_TRY_MS


def test_what_is_too_old_puzzles_nobody(queued, clock):
    clock.advance(KEPT_MS - MINUTE_MS)
    assert queued.messages.take_over(OWNER) == 0
    queued.messages.begin(queued.messages.message(2))
    queued.messages.unsure(queued.messages.message(2), "cut")
    clock.advance(2 * MINUTE_MS)
    assert queued.messages.take_over(OWNER) == 1
    assert queued.messages.message(1).stage is Stage.EXPIRED
    assert queued.messages.message(2).stage is Stage.UNSURE, (
        "what nobody knows is asked, not hidden"
    )
    assert queued.messages.due(OWNER) == ()


@pytest.mark.parametrize("how", ["expired", "failed", "dropped", "unsure"])
def test_sent_after_all_it_begins_anew(queued, clock, how):
    messages = queued.messages
    if how == "expired":
        clock.advance(KEPT_MS + MINUTE_MS)
        messages.take_over(OWNER)
    elif how == "dropped":
        messages.drop(1, OWNER)
    elif how == "unsure":
        tried(queued, 1, "unsure", "cut")
    else:
        for _ in range(REFUSALS_MAX):
            passing(clock, tried(queued, 1, "refused", "no"))
    assert messages.message(1).stage == how
    messages.settle(1, OWNER, sent=False)
    messages.take_over(OWNER)
    message = messages.message(1)
    assert (message.stage, message.tries, message.refusals) == (Stage.QUEUED, 0, 0)
    assert tried(queued, 1, "refused", "no").stage is Stage.QUEUED


def test_an_unsure_one_was_sent_and_one_that_failed_was_not(queued):
    tried(queued, 1, "unsure", "cut")
    queued.messages.drop(2, OWNER)
    assert queued.messages.settle(1, OWNER, sent=True).stage is Stage.SENT
    with pytest.raises(Refused):
        queued.messages.settle(2, OWNER, sent=True)


@pytest.mark.parametrize("ended", ["queued", "sent"])
def test_what_waits_or_was_sent_is_not_settled(queued, ended):
    if ended == "sent":
        tried(queued, 1, "sent")
    for sent in (True, False):
        with pytest.raises(Refused) as refused:
            queued.messages.settle(1, OWNER, sent=sent)
        assert refused.value.code == "message-settled"


def pays(till):
    till.khata.receive("9", Payment(62_00, TenderKind.UPI), "1", OWNER)


def pays_a_part(till):
    till.khata.receive("9", Payment(1_00, TenderKind.UPI), "1", OWNER)


def changed(till, **changes):
    till.customers.change(till.accounts.known("9")._replace(**changes), OWNER)


def withdraws(till):
    changed(till, consent_on="")


def is_erased(till):
    till.customers.erase(till.accounts.known("9"), OWNER)


def has_no_phone_any_more(till):
    changed(till, phone="")


def loses_its_channel(till):
    till.message_channels.set("sms", "", OWNER)


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (pays, "it was paid meanwhile"),
        (withdraws, "they did not agree to messages, or were erased"),
        (is_erased, "they did not agree to messages, or were erased"),
        (has_no_phone_any_more, "they have no number or address for it any more"),
        (loses_its_channel, "there is no channel sms any more"),
        (pays_a_part, None),
    ],
)
def test_what_came_meanwhile_is_looked_up_when_it_goes_out(queued, meanwhile, why):
    meanwhile(queued)
    letter = queued.messages.letter(queued.messages.message(1))
    dropped = queued.messages.message(1)
    if why is None:
        assert letter is not None
        assert dropped.stage is Stage.QUEUED
        return
    assert letter is None
    assert dropped.stage is Stage.DROPPED
    assert why in dropped.why


def test_a_letter_is_in_their_language_and_the_shops_own_words(queued):
    changed(queued, language="hi")
    message = queued.messages.message(1)
    letter = queued.messages.letter(message)
    assert letter.url == "json://gateway.example/919845000009"
    assert letter.title == ""
    assert letter.text.startswith("House 9 जी, Nandini Dairy से नवंबर 2026 का बिल: Rs 62.00")
    assert "upi://pay?" in letter.text
    queued.settings.change(TEMPLATES["hi"].name, "{name}: {amount}|{shop}", OWNER)
    assert queued.messages.letter(message).text == "House 9: 62.00\nNandini Dairy"


def test_a_mail_has_the_shops_name_as_its_subject(queued):
    queued.message_channels.set("mail", MAIL, OWNER)
    assert queued.messages.queue(NOVEMBER, ("mail",), OWNER).new == 2
    letter = queued.messages.letter(queued.messages.message(3))
    assert (letter.url, letter.title) == (
        "mailto://shop.example/?to=9@example.org",
        "Nandini Dairy",
    )


def test_a_number_too_short_to_be_sent_to_is_none(queued):
    changed(queued, phone="245245")
    assert queued.messages.letter(queued.messages.message(1)) is None


def test_a_rebuilt_till_ignores_messages(queued, home):
    tried(queued, 1, "sent")
    queued._db.close()
    verdict = verify_home(home, rebuild=True)
    queued._db.connect()
    assert (verdict.result, verdict.bad) == (Result.GOOD, None)


@pytest.mark.parametrize("content", ["[1]", '{"sms": 4}', "{", '"secret', "\x00"])
def test_a_file_of_channels_that_is_none(till, home, content):
    home.message_urls.write_text(content)
    with pytest.raises(NotWhole, match="holds no channels") as refused:
        till.message_channels.all()
    assert "secret" not in refused.value.message
    assert refused.value.__cause__ is None


def test_no_such_message(queued):
    for number in (0, 99, 2**63, 10**40):
        with pytest.raises(Refused) as refused:
            queued.messages.drop(number, OWNER)
        assert refused.value.code == "message-unknown"


def test_a_message_that_goes_out_is_not_dropped_under_way(queued):
    message = queued.messages.message(1)
    queued.messages.begin(message)
    with pytest.raises(Refused):
        queued.messages.drop(1, OWNER)
    assert not queued.messages.begin(message), "begun once"
