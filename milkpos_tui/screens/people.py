"""Who works here: adding people, what they may do, their PINs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from textual.app import ComposeResult

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.pins import check_secret
from milkpos_tui.domain.roles import Role, parse_role
from milkpos_tui.domain.text import cell, clean
from milkpos_tui.screens.ask import Asking, Question, needed
from milkpos_tui.screens.base import Handler, Head, Keys, Notice
from milkpos_tui.screens.pick import Choice, Pick
from milkpos_tui.services.records import Operator
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.painted import BOLD, PLAIN, QUIET, REVERSE, Painted, Row

ROLES = ", ".join(Role)
CODE = Question("Code", "1 to 12 letters or digits, keyed at sign-in", needed, limit=12)
NAME = Question("Name", "as on bills and screens", needed)
ROLE = Question("Role", ROLES, parse_role, usual=Role.CASHIER.value, limit=12)


class People(Asking):
    """A row for each; Enter opens what can be done with one, `+` adds somebody."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor
        self._people: tuple[Operator, ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """The list."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        keys = [("+", "add"), ("Enter", "change"), ("Up/Down", "move"), ("Esc", "back")]
        self.query_one(Keys).show(keys)
        await self.look()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and what to do."""
        return {
            "escape": self.leave,
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "plus": self.add,
            "enter": self.choose,
        }

    async def look(self) -> None:
        """See who works here now."""
        await self.decide(lambda till: till.people.operators(), self._found)

    async def counters_changed(self) -> None:
        """Another terminal did something."""
        await self.look()

    def leave(self) -> None:
        """Back."""
        self.dismiss(None)

    # --- deeds -----------------------------------------------------------------------------

    async def add(self) -> None:
        """Somebody new."""
        actor = self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Operator]:
            code, name, role, pin, _again = answers
            operator = Operator(code, clean(name), parse_role(role).value)
            return lambda till: till.people.add(operator, pin, actor)

        questions = [CODE, NAME, ROLE, *new_pin()]
        await self._ask("Somebody new", questions, work_of, "works here now")

    async def choose(self) -> None:
        """What can be done with the one under the cursor."""
        if not self._people:
            return
        one = self._people[self._at]
        deeds: list[tuple[str, Handler]] = [
            ("Another name", partial(self._ask_change, one, "name", NAME)),
            ("Another role", partial(self._ask_change, one, "role", ROLE)),
            ("A new PIN or password", partial(self._ask_pin, one)),
            (
                "Works here no more" if one.active else "Works here again",
                partial(self._change, one._replace(active=not one.active)),
            ),
        ]

        async def chosen(index: object) -> None:
            if isinstance(index, int):
                waiting = deeds[index][1]()
                if waiting is not None:
                    await waiting

        choices = [Choice(tells) for tells, _deed in deeds]
        await self.app.push_screen(Pick(f"{one.name} ({one.code})", choices), chosen)

    # --- steps -----------------------------------------------------------------------------

    async def _ask(
        self,
        title: str,
        questions: Sequence[Question],
        work_of: Callable[[tuple[str, ...]], Callable[[Till], Operator]],
        told: str,
    ) -> None:
        await self.ask_to_do(title, questions, work_of, partial(self._tell, told))

    async def _ask_change(self, one: Operator, what: str, question: Question) -> None:
        actor = self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Operator]:
            (answer,) = answers
            if what == "name":
                changed = one._replace(name=clean(answer))
            else:
                changed = one._replace(role=parse_role(answer).value)
            return lambda till: till.people.change(changed, actor)

        asked = question._replace(usual=one.name if what == "name" else one.role)
        await self._ask(f"{one.name} ({one.code})", [asked], work_of, "is changed")

    async def _change(self, one: Operator) -> None:
        told = "works here again" if one.active else "works here no more"
        actor = self._actor
        await self.decide(lambda till: till.people.change(one, actor), partial(self._tell, told))

    async def _ask_pin(self, one: Operator) -> None:
        actor = self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Operator]:
            pin, _again = answers
            return lambda till: till.people.set_secret(one.code, pin, actor)

        title = f"A new PIN for {one.name} ({one.code})"
        await self._ask(title, new_pin(one.code), work_of, "has a new PIN")

    async def _tell(self, told: str, one: Operator) -> None:
        await self.look()
        self.tell(f"{one.name} ({one.code}) {told}")

    def _found(self, people: tuple[Operator, ...]) -> None:
        self._people = people
        self._at = min(self._at, max(0, len(people) - 1))
        self._show()

    def _move(self, by: int) -> None:
        self._at = min(max(0, self._at + by), max(0, len(self._people) - 1))
        self._show()

    def _show(self) -> None:
        self.query_one(Head).show("People", f"{len(self._people)}")
        page = self.query_one("#page", Painted)
        room = max(1, page.size.height - 1)
        top = max(0, self._at - room + 1)
        rows: list[Row] = [((f"  {'Code':14}{'Role':12}Name", BOLD),)]
        for place, one in enumerate(self._people[top : top + room], top):
            gone = "" if one.active else "  (works here no more)"
            text = f"  {cell(one.code, 14)}{one.role:12}{one.name}{gone}"
            style = REVERSE if place == self._at else PLAIN if one.active else QUIET
            rows.append(((text, style),))
        page.set_rows(rows)


def new_pin(code: str = "") -> list[Question]:
    """The two questions for a new PIN; the second answer must be the first."""
    first: list[str] = []

    def good(answer: str) -> None:
        check_secret(answer, code)
        first[:] = [answer]

    def same(answer: str) -> None:
        if [answer] != first:
            raise Refused("pin-differs", "the two PINs are not the same")

    return [
        Question("PIN", "6 digits, or a password of 10 letters or more", good, "", True, 64),
        Question("The same once more", "", same, "", True, 64),
    ]
