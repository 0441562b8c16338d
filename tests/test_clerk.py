"""The clerk answers in the order it was asked, and in its own thread alone."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from milkpos_tui.clerk import Clerk
from milkpos_tui.domain.errors import Defect, Refused


@pytest.fixture
def clerk(home):
    clerk = Clerk(home)
    yield clerk
    clerk.close()


@pytest.fixture
def quick(monkeypatch):
    """Work is done before whoever asked for it comes to anything else."""
    submit = ThreadPoolExecutor.submit

    def submitted(pool, *work):
        future = submit(pool, *work)
        wait([future])
        return future

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submitted)


def refused(_till):
    raise Refused("no", "not today")


def broken(_till):
    raise ZeroDivisionError


def test_an_answer_comes_from_the_clerks_thread_however_quick_it_is(clerk, quick):
    """Called in the asker's own thread, it would overtake the answers that are on their way."""
    told = []
    for work in (lambda _till: 1, refused, broken):
        clerk.ask(work, lambda done: told.append((threading.current_thread(), done)))
    threads = {thread for thread, _done in told}
    assert len(told) == 3
    assert threading.current_thread() not in threads
    assert len(threads) == 1
    one, no, defect = (done for _thread, done in told)
    assert one.result == 1
    assert no.refused.code == "no"
    assert isinstance(defect.refused, Defect)
