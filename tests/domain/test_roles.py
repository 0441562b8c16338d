"""The table of roles and rights: what holds of it as a whole."""

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import TABLE, Cell, Right, Role, cell, parse_role

RISING = (Role.CASHIER, Role.SUPERVISOR, Role.MANAGER, Role.OWNER)
STRENGTH = (Cell.NO, Cell.ASK, Cell.YES)
ONLY_READING = {Right.SEE_TAKINGS, Right.SEE_KHATA, Right.EXPORT}


def test_every_right_has_a_row():
    assert set(TABLE) == set(Right)
    assert all(row.tells for row in TABLE.values())


@pytest.mark.parametrize("right", Right)
def test_who_stands_higher_may_do_no_less(right):
    strengths = [STRENGTH.index(cell(role, right)) for role in RISING]
    assert strengths == sorted(strengths)


@pytest.mark.parametrize("right", Right)
def test_the_owner_may_do_everything(right):
    assert cell(Role.OWNER, right) is Cell.YES


@pytest.mark.parametrize("right", Right)
def test_the_auditor_reads_and_does_nothing_else(right):
    assert cell(Role.AUDITOR, right) is (Cell.YES if right in ONLY_READING else Cell.NO)


def test_a_cashier_sells_alone_and_asks_for_the_rest():
    assert cell(Role.CASHIER, Right.SELL) is Cell.YES
    assert cell(Role.CASHIER, Right.OVERRIDE_PRICE) is Cell.ASK
    assert cell(Role.CASHIER, Right.SEE_TAKINGS) is Cell.NO


@pytest.mark.parametrize("word", ["cashier", " Owner ", "AUDITOR"])
def test_a_role_by_its_name(word):
    assert parse_role(word) == word.strip().lower()


@pytest.mark.parametrize("word", ["", "boss", "cashiers"])
def test_no_other_role(word):
    with pytest.raises(Refused, match="cashier, supervisor, manager, owner, auditor"):
        parse_role(word)
