"""A few questions, one after another, on one line: cash in, a new operator, a reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual.app import ComposeResult

from milkpos_tui.domain.errors import MilkPOSError, Refused
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted, Row

if TYPE_CHECKING:
    from milkpos_tui.till import Till

T = TypeVar("T")


class Question(NamedTuple):
    """One question. `check` raises Refused for an answer without meaning; `usual` is offered."""

    prompt: str
    hint: str = ""
    check: Callable[[str], object] = str
    usual: str = ""
    masked: bool = False
    limit: int = 80


class Ask(TillScreen):
    """Gives back the answers as they were typed, or None. Esc goes a step back; nothing is done
    before the last one is answered. `refused` is why the answers given before were of no use."""

    DEFAULT_CSS = "Ask #asked { height: 1fr; }"

    def __init__(self, title: str, questions: Sequence[Question], refused: str = "") -> None:
        super().__init__()
        self._title = title
        self._questions = questions
        self._refused = refused
        self._answers: list[str] = []

    def compose(self) -> ComposeResult:
        """What was answered so far, and the question."""
        yield Head()
        yield Painted(id="asked")
        yield Notice()
        yield Field(id="entry")
        yield Keys()

    def on_mount(self) -> None:
        """The first one."""
        self.query_one(Keys).show([("Enter", "next"), ("Esc", "a step back")])
        self.set_focus(self.query_one("#entry", Field))
        self._show()
        if self._refused:
            self.query_one(Notice).refuse(self._refused)

    def on_resize(self) -> None:
        """The head is as wide as the screen."""
        self.query_one(Head).show(self._title, "")

    def keys(self) -> Mapping[str, Handler]:
        """A step back."""
        return {"escape": self.step_back}

    async def submitted(self, field: Field) -> None:
        """An answer; a refused one stays for mending."""
        question, answer = self._questions[len(self._answers)], field.text.strip()
        try:
            question.check(answer)
        except MilkPOSError as refused:
            self.query_one(Notice).refuse(refused.message)
            field.offer(field.text)
            return
        self._answers.append(answer)
        if len(self._answers) == len(self._questions):
            field.text = ""  # a PIN does not stay on a screen below
            self.dismiss(tuple(self._answers))
            return
        self._show()

    def step_back(self) -> None:
        """The question before, or out."""
        if not self._answers:
            self.dismiss(None)
            return
        usual = self._answers.pop()
        self._show()
        question = self._questions[len(self._answers)]
        if not question.masked:
            self.query_one("#entry", Field).offer(usual)

    def _show(self) -> None:
        question = self._questions[len(self._answers)]
        self.query_one(Head).show(self._title, "")
        self.query_one("#asked", Painted).set_rows(self._rows())
        field = self.query_one("#entry", Field)
        field.masked = question.masked
        field.limit = question.limit
        field.prompt = f"{question.prompt}: "
        field.text = ""
        if question.usual:
            field.offer(question.usual)
        self.query_one(Notice).tell(question.hint)

    def _rows(self) -> list[Row]:
        answered = zip(self._questions, self._answers, strict=False)
        return [
            (),
            *(
                (
                    (f"  {question.prompt:24}", PLAIN),
                    ("*" * len(answer) if question.masked else answer, BOLD),
                )
                for question, answer in answered
            ),
        ]


class Asking(TillScreen):
    """A screen that asks, and has the clerk do what was answered."""

    async def ask_to_do(
        self,
        title: str,
        questions: Sequence[Question],
        work_of: Callable[[tuple[str, ...]], Callable[["Till"], T]],
        then: Callable[[T], object],
        refused: str = "",
    ) -> None:
        """Have done what follows from the answers. Where it is refused, the questions come back
        with what was answered offered, for mending; a PIN is keyed anew."""

        async def answered(answers: object) -> None:
            if not isinstance(answers, tuple):
                return

            async def mend(message: str) -> None:
                offered = [
                    question if question.masked else question._replace(usual=answer)
                    for question, answer in zip(questions, answers, strict=True)
                ]
                await self.ask_to_do(title, offered, work_of, then, message)

            await self.decide(work_of(answers), then, mend)

        await self.app.push_screen(Ask(title, questions, refused), answered)


def needed(answer: str) -> str:
    """An answer that may not be empty. Refused for an empty one."""
    if not answer:
        raise Refused("answer-missing", "an answer is needed")
    return answer


def only_enter(answer: str) -> None:
    """Refused where something was typed though Enter alone says yes: it may have been a no."""
    if answer:
        raise Refused("answer-strange", "Enter alone says yes; Esc goes back")
