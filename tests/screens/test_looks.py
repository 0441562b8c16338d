"""When is looked after the kernel said that somebody wrote: soon, ever later, then never."""

import asyncio
import os

from milkpos_tui.neighbours import LOOKS_AFTER_S, Looks
from tests.screens.driving import driven


class Word:
    """What `Neighbours` is to a loop: something that becomes readable."""

    def __init__(self):
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)

    def fileno(self):
        return self._read

    def drain(self):
        os.read(self._read, 4096)

    def comes(self):
        os.write(self._write, b"!")


class Loop:
    """A loop whose time is turned by hand."""

    def __init__(self):
        self.waiting = []
        self.readers = {}

    def add_reader(self, word, call):
        self.readers[word] = call

    def remove_reader(self, word):
        del self.readers[word]

    def call_later(self, seconds, call):
        handle = asyncio.TimerHandle(seconds, call, (), self)
        self.waiting.append(handle)
        return handle

    def get_debug(self):
        return False

    def _timer_handle_cancelled(self, _handle):
        pass

    def turn(self):
        """The next that is due; how long it was waited for, or None."""
        self.waiting = [handle for handle in self.waiting if not handle.cancelled()]
        if not self.waiting:
            return None
        (handle,) = self.waiting  # never two at once
        self.waiting = []
        handle._run()
        return handle.when()


def listening():
    word, loop, looked = Word(), Loop(), []
    looks = Looks(word, lambda: looked.append(True), loop)

    def comes():
        word.comes()
        loop.readers[word]()

    return looks, loop, looked, comes


def test_without_word_nobody_looks():
    _looks, loop, looked, _comes = listening()
    assert loop.turn() is None
    assert looked == []


def test_one_word_is_several_looks_for_longer_than_a_writer_waits():
    _looks, loop, looked, comes = listening()
    comes()
    waited = []
    while (after := loop.turn()) is not None:
        waited.append(after)
    assert tuple(waited) == LOOKS_AFTER_S
    assert len(looked) == len(LOOKS_AFTER_S)
    assert sum(waited) > 5
    assert sum(waited[:4]) < 0.05


def test_a_burst_is_one_first_look_that_is_not_put_off():
    _looks, loop, looked, comes = listening()
    for _ in range(50):
        comes()
    assert loop.turn() == LOOKS_AFTER_S[0]
    assert looked == [True]


def test_a_later_word_begins_anew():
    _looks, loop, _looked, comes = listening()
    comes()
    for _ in range(8):
        loop.turn()
    comes()
    assert loop.turn() == LOOKS_AFTER_S[0]


def test_stopped_nothing_comes_any_more():
    looks, loop, looked, comes = listening()
    comes()
    looks.stop()
    assert loop.turn() is None
    assert (looked, loop.readers) == ([], {})


@driven
async def test_on_a_real_loop():
    word, looked = Word(), asyncio.Event()
    looks = Looks(word, looked.set, asyncio.get_running_loop())
    word.comes()
    await asyncio.wait_for(looked.wait(), 5)
    looks.stop()
