"""Time in India, and identities that sort by the time they were made."""

import re
import time
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.numbering import financial_year
from milkpos_tui.journal.clock import (
    INDIA,
    MachineClock,
    day_in_india,
    moment_in_india,
    uuid7,
)

TIMES = st.integers(0, 2**48 - 1)


def utc_ms(text):
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-11-22T18:29:59.999", date(2026, 11, 22)),
        ("2026-11-22T18:30:00.000", date(2026, 11, 23)),  # midnight in India
        ("2026-11-23T18:29:59.999", date(2026, 11, 23)),
        ("2028-02-28T18:30:00.000", date(2028, 2, 29)),
        ("2026-12-31T18:29:59.999", date(2026, 12, 31)),
        ("2026-12-31T18:30:00.000", date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_india(utc, day):
    assert day_in_india(utc_ms(utc)) == day


def test_days_before_1970():
    # A clock without a battery may say so.
    assert day_in_india(-1) == date(1970, 1, 1)
    assert day_in_india(utc_ms("1969-12-31T18:29:59.999")) == date(1969, 12, 31)


def test_the_machine_s_own_time_zone_does_not_count(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        assert day_in_india(utc_ms("2026-11-22T18:30")) == date(2026, 11, 23)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_moment_has_whole_seconds_and_the_zone_of_india():
    moment = moment_in_india(utc_ms("2026-11-23T01:30:00.999"))
    assert moment == datetime(2026, 11, 23, 7, 0, 0, tzinfo=INDIA)
    assert moment.isoformat() == "2026-11-23T07:00:00+05:30"


@pytest.mark.parametrize(
    ("utc", "year"),
    [
        ("2027-03-31T18:29:59.999", "2627"),
        ("2027-03-31T18:30:00.000", "2728"),  # 1 April in India, and still March in London
        ("2026-03-31T18:29:59.999", "2526"),
        ("2099-03-31T18:30:00.000", "9900"),
    ],
)
def test_a_financial_year_begins_at_midnight_in_india(utc, year):
    assert financial_year(day_in_india(utc_ms(utc))) == year


# --- identities ---------------------------------------------------------------------------------


@given(TIMES)
def test_a_uuid_has_version_7_its_variant_and_its_time(at):
    identity = uuid7(at)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identity
    )
    assert int(identity.replace("-", "")[:12], 16) == at


@given(TIMES, TIMES)
def test_uuids_sort_by_time(one, other):
    if one != other:
        assert (uuid7(one) < uuid7(other)) == (one < other)


def test_uuids_of_one_moment_differ():
    made = {uuid7(1_795_397_400_000) for _ in range(1000)}
    assert len(made) == 1000
    # Each of the 74 free bits is now this, now that.
    bits = [int(identity.replace("-", ""), 16) for identity in made]
    always, sometimes = bits[0], 0
    for value in bits:
        always, sometimes = always & value, sometimes | value
    assert (always ^ sometimes).bit_count() == 74


# --- the machine's clock ------------------------------------------------------------------------


def test_the_machine_s_clock():
    clock = MachineClock()
    assert clock.now() > utc_ms("2024-01-01")
    first = clock.mono()
    assert isinstance(first, int)
    assert clock.mono() >= first
    assert clock.boot == MachineClock().boot


def test_a_machine_without_a_boot_id(monkeypatch):
    def missing(_path):
        raise FileNotFoundError

    monkeypatch.setattr("milkpos_tui.journal.clock.Path.read_text", missing)
    assert MachineClock().boot == ""
