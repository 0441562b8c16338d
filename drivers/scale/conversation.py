"""What passes between a till and one scale, apart from the wire: bytes in, bytes and events out.

All rules of time are here, and time is an argument: monotonic milliseconds.
"""

from collections import deque

from drivers.events import DeviceDown, DeviceUp, Event, Moving, Reading, Weighed
from drivers.scale.frames import Frames
from drivers.scale.protocols import Protocol, Step
from drivers.scale.settling import settled
from drivers.scale.weight import Trouble, same

ANSWER_MS = 1_000  # so long an answer may take; the slowest frame takes 90 ms on the wire
SILENT_MS = 2_500  # two questions unanswered
HEARTBEAT_MS = 750  # with the poll interval on top, a weight is confirmed once a second
SETTLE_TIMES = 4

SILENT = "the scale does not answer: is it switched on, and its cable in?"
NOT_UNDERSTOOD = "what the scale sends is not understood: check its protocol and line settings"


class Conversation:
    """One scale, from opening its port to losing it."""

    def __init__(
        self, device: str, protocol: Protocol, now_ms: int, *, settle_times: int = SETTLE_TIMES
    ) -> None:
        self._device = device
        self._protocol = protocol
        self._frames = Frames(protocol.grammar)
        self._recent: deque[Reading] = deque(maxlen=settle_times)
        self._questions = _Questions(protocol, now_ms)
        self._heard_ms = now_ms  # when it last said anything that was understood
        self._babbles = False  # whether anything else came since
        self._up = False
        self._told = ""  # the trouble that was told last
        self._shown: Reading | None = None
        self._shown_ms = now_ms

    def due_ms(self) -> int:
        """When `ask` and `look` want to be called at the latest."""
        silent_ms = self._heard_ms + SILENT_MS
        return min(self._questions.due_ms(), silent_ms) if self._questions.asks else silent_ms

    def ask(self, now_ms: int) -> bytes:
        """What to send now; empty where it is not time."""
        question = self._questions.ask(now_ms)
        if question:
            self._frames.cut(lost=False)
        return question

    def drained(self) -> None:
        """Bytes were thrown away unread."""
        self._frames.cut(lost=True)

    def hear(self, data: bytes, now_ms: int) -> list[Event]:
        """What came, and what that means."""
        busy = self._questions.answered_by(data, now_ms)
        heard = [Moving()] if busy else self._frames.feed(data)
        if not heard:
            self._babbles = self._babbles or not self._questions.handshaking
            return []
        self._heard_ms, self._babbles = now_ms, False
        events: list[Event] = []
        for each in heard:
            if isinstance(each, Trouble):
                events += self._down(each.words)
            else:
                self._questions.frame_came()
                events += self._weigh(each, now_ms)
        return events

    def look(self, now_ms: int) -> list[Event]:
        """What a scale means that says nothing."""
        if now_ms < self._heard_ms + SILENT_MS:
            return []
        words = NOT_UNDERSTOOD if self._babbles else SILENT
        self._heard_ms, self._babbles = now_ms, False
        return self._down(words)

    def _weigh(self, reading: Reading, now_ms: int) -> list[Event]:
        events: list[Event] = []
        if not self._up:
            self._up, self._told, self._shown = True, "", None
            self._recent.clear()  # what it said before it was lost counts for nothing
            events.append(DeviceUp(self._device, self._protocol.words))
        self._recent.append(reading)
        if not self._protocol.tells_rest:
            reading = settled(self._recent, self._recent.maxlen or 1)
        if not same(reading, self._shown) or now_ms >= self._shown_ms + HEARTBEAT_MS:
            self._shown, self._shown_ms = reading, now_ms
            events.append(Weighed(self._device, reading))
        return events

    def _down(self, words: str) -> list[Event]:
        if words == self._told:
            return []
        self._up, self._told = False, words
        return [DeviceDown(self._device, words)]


class _Questions:
    """Which question is open, and when the next is due: after its answer, and not too often."""

    def __init__(self, protocol: Protocol, now_ms: int) -> None:
        self._steps = protocol.steps
        self._poll_ms = protocol.poll_ms
        self._next = 0  # the step to be sent next
        self._round_ms = now_ms - protocol.poll_ms  # when the first step was sent
        self._asked_ms = now_ms
        self._open: Step | None = None
        self._answer = b""

    @property
    def asks(self) -> bool:
        return bool(self._steps)

    @property
    def handshaking(self) -> bool:
        """Whether what came was the scale's part of a handshake."""
        return self._open is None and self._next > 0

    def due_ms(self) -> int:
        if self._open is not None:
            return self._asked_ms + ANSWER_MS
        return self._asked_ms if self._next else self._round_ms + self._poll_ms

    def ask(self, now_ms: int) -> bytes:
        if not self.asks or now_ms < self.due_ms():
            return b""
        if self._open is not None:
            self._next = 0  # no answer: from the beginning
        step = self._steps[self._next]
        if self._next == 0:
            self._round_ms = now_ms
        self._open, self._answer, self._asked_ms = step, b"", now_ms
        return step.ask

    def answered_by(self, data: bytes, now_ms: int) -> bool:
        """Whether this is the answer that there is no weight yet; goes on where it is a step's."""
        step = self._open
        if step is None:
            return False
        self._answer += data
        if step.busy and self._answer.startswith(step.busy):
            self.frame_came()
            return True
        if step.until and step.until in self._answer:
            self._open, self._asked_ms = None, now_ms
            self._next += 1
        return False

    def frame_came(self) -> None:
        """The round is over."""
        self._open, self._next = None, 0
