"""The one thread that owns the till's database. Screens hand it work and get messages back."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from milkpos_tui.domain.errors import Defect, MilkPOSError

if TYPE_CHECKING:
    from milkpos_tui.home import Home
    from milkpos_tui.neighbours import Hearing
    from milkpos_tui.till import Till

T = TypeVar("T")


class Done(Generic[T]):
    """How a piece of work ended: its result, or the refusal."""

    __slots__ = ("_result", "refused")

    def __init__(self, result: T | None, refused: MilkPOSError | None) -> None:
        self._result = result
        self.refused = refused

    @property
    def result(self) -> T:
        """The result; only where nothing was refused."""
        assert self.refused is None, "it was refused"
        return cast(T, self._result)  # None may be a result, too


class Clerk:
    """Does one thing after another, in the order they were asked for. A slow disk makes the clerk
    wait, never a key."""

    def __init__(self, home: "Home") -> None:
        self.home = home
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clerk")
        self._open = ExitStack()
        self._till: Till | None = None
        self._hearing: Hearing | None = None
        self.when_written: Callable[[], object] = lambda: None
        """Called in the clerk's thread after each piece of work that wrote the books."""

    def ask(self, work: Callable[["Till"], T], then: Callable[[Done[T]], object]) -> None:
        """Have work done; `then` is called in the clerk's thread, so it may only post messages."""
        hearing = self._hearing
        if hearing is not None:
            hearing.begin()

        def done(future: "Future[T]") -> None:
            then(_done(future))
            if hearing is not None:
                hearing.end()

        # Before the work is handed over: what is added to a future that is done already is called
        # here and now, and would overtake the answers that are still on their way.
        answer: Future[T] = Future()
        answer.add_done_callback(done)
        self._thread.submit(self._answer, answer, work)

    def hear(self, hearing: "Hearing") -> None:
        """Have somebody told when the clerk is at work, and what else was written meanwhile."""
        self._hearing = hearing

    def close(self) -> None:
        """Finish what is under way and close the till."""
        self._thread.submit(self._open.close).result()
        self._thread.shutdown()

    def _answer(self, answer: "Future[T]", work: Callable[["Till"], T]) -> None:
        try:
            result = self._do(work)
        except BaseException as error:  # noqa: BLE001  # it is the answer, as a pool's own would be
            answer.set_exception(error)
        else:
            answer.set_result(result)

    def _do(self, work: Callable[["Till"], T]) -> T:
        from milkpos_tui.till import open_till, telling_storage_errors

        with telling_storage_errors():
            if self._till is None:
                self._till = self._open.enter_context(open_till(self.home))
            commits = self._till.commits
            result = work(self._till)
            if self._till.commits != commits:
                if self._hearing is not None:
                    self._hearing.wrote(self._till)
                self.when_written()
            return result


def _done(future: "Future[T]") -> Done[T]:
    error = future.exception()
    if error is None:
        return Done(future.result(), None)
    return Done(None, refusal(error))


def refusal(error: BaseException) -> MilkPOSError:
    """What went wrong, as it is told: what is no error of ours is a defect of ours."""
    if isinstance(error, MilkPOSError):
        return error
    return Defect("defect", f"a defect of milkpos: {error!r}")
