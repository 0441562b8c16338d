"""The till on a real pseudo-terminal, against the two floors: stock widgets, and the Line API."""

import random
import statistics
import time
from typing import Any

from benchmarks.books import (
    ACTOR,
    COUNTER,
    FIRST_PLU,
    OWNER,
    PIN,
    clear_counter,
    copy_books,
    make_books,
)
from benchmarks.compare import Place, compare, median, per_run, quotients
from benchmarks.figures import Figure, Measured, spread
from benchmarks.floors.scenario import FLOOR_ENV, IDLE_SECONDS, floor
from benchmarks.measure import Idle, Keys, Memory, Scenario
from benchmarks.sales import settle_memory
from benchmarks.starting import MILKPOS
from milkpos_tui.home import Home
from milkpos_tui.till import open_till

PRODUCTS, BILLS = 5_000, 100_000
DIGITS = "123456789012345678901234567890123456"
LETTERS = "abcdghkmpr"  # each begins a name
LINES_ADDED = 15
ROOM = 12  # lines that fit on the smallest screen for certain
SCROLLED = 20  # and so many do not
MANY_LINES = 500
SALE = ["101<enter>", "2*102<enter>", "103<enter>", "104<enter>"]
FRAME_MS = 1000 / 60
PAUSE_S = 0.06  # between key-ins in process: as cold a start as the screen's

STOCK, LEAN, TILL, FULL = "stock-0", "lean-0", "till", f"till-{MANY_LINES}"
ADDED, SCROLLING, PAID = "line added", "line added, scrolling", "bill paid"
SEARCHED = "letter searched"


def lines(count: int) -> str:
    """The total row with so many lines."""
    return rf"^ {count} lines?\b"


def till(home: Home, name: str, steps: list[Keys | Idle | Memory], on_bill: int = 0) -> Scenario:
    """A till that signs in by itself, with so many lines on the open bill."""
    return Scenario(
        name=name,
        command=[str(MILKPOS)],
        ready=lines(on_bill),
        steps=steps,
        env=FLOOR_ENV
        | {"MILKPOS_HOME": str(home.path), "MILKPOS_AS": OWNER.code, "MILKPOS_PIN": PIN},
        before_run=lambda: prepare(home, on_bill),
    )


def prepare(home: Home, on_bill: int) -> None:
    """Nothing on the counter but an open bill of so many lines."""
    clear_counter(home)
    if on_bill:
        with open_till(home) as opened:
            checkout = opened.checkout(COUNTER, ACTOR)
            for number in range(on_bill):
                checkout.key_in(str(FIRST_PLU + number))


def press(keys: str, expect: str, settle_s: float = 0.3) -> Keys:
    """Something that has to be done and is not measured."""
    return Keys("", lambda _i: keys, lambda _i: expect, settle_s=settle_s)


def adding(label: str, on_bill: int, repeat: int = LINES_ADDED) -> Keys:
    """Lines added one by one by Enter on a PLU."""
    return Keys(
        label,
        lambda _i: "<enter>",
        lambda i: lines(on_bill + 1 + i),
        repeat,
        before=lambda i: str(FIRST_PLU + on_bill + i),
    )


# -- start


def start(runs: int) -> Measured:
    """From exec to the first screen that takes a key."""
    home = copy_books(make_books(PRODUCTS, BILLS), "screen")
    floors = [_only_start(floor(name, 0)) for name in ("stock", "lean")]
    comparison = compare([till(home, TILL, []), *floors], runs=runs, date="")
    figures = [
        _ratio(comparison, f"start: {word} / {name}", (TILL, "start", figure), its, limit)
        for name, limits in ((STOCK, (1.2, None)), (LEAN, (None, None)))
        for (word, figure), limit in zip((("time", "ms"), ("CPU", "cpu_ms")), limits, strict=True)
        for its in [(name, "start", figure)]
    ]
    return Measured(figures, comparison)


def _only_start(scenario: Scenario) -> Scenario:
    return Scenario(scenario.name, scenario.command, scenario.ready, [], scenario.env)


# -- keys


def keys(runs: int, idle_s: float = IDLE_SECONDS) -> Measured:
    """Typing, lines, payments and doing nothing."""
    home = copy_books(make_books(PRODUCTS, BILLS), "screen")
    busy = till(
        home,
        TILL,
        [
            press("101<enter>", lines(1)),
            press("+<enter>", lines(0)),
            press("101<enter>", lines(1)),
            Keys("character typed", lambda i: DIGITS[i], _typed, repeat=len(DIGITS)),
            press("<ctrl+u>", "^> +$"),
            adding(ADDED, 1, ROOM - 1),
            *(press(str(FIRST_PLU) + "<enter>", lines(n + 1), 0) for n in range(ROOM, SCROLLED)),
            adding(SCROLLING, SCROLLED),
            press("+<enter>", lines(0)),
            Keys(
                PAID,
                lambda _i: "<enter>",
                lambda _i: lines(0) + r"[\s\S]*CHANGE",
                LINES_ADDED,
                before=lambda _i: "".join(SALE) + "+",
            ),
            Keys(
                SEARCHED,
                lambda i: LETTERS[i],
                lambda _i: r"^ +PLU Item",
                len(LETTERS),
                before=lambda _i: "<ctrl+u>",
            ),
            press("<ctrl+u>", "^> +$"),
            Idle("idle", idle_s),
        ],
    )
    full = till(
        home,
        FULL,
        [press("101<enter>", lines(MANY_LINES + 1)), adding(ADDED, MANY_LINES + 1)],
        MANY_LINES,
    )
    floors = [floor(name, 0, idle_s) for name in ("stock", "lean")]
    comparison = compare([busy, full, *floors], runs=runs, date="")
    service = _service_costs(home, LINES_ADDED * 3)
    return Measured(_key_figures(comparison, service), {**comparison, "service_cpu_ms": service})


def _typed(i: int) -> str:
    return rf"^> {DIGITS[: i + 1]} "


def _key_figures(comparison: dict[str, Any], service: dict[str, float]) -> list[Figure]:
    def of(scenario: str, label: str, figure: str) -> Place:
        return (scenario, label, figure)

    row, its_row = of(TILL, ADDED, "cpu_ms"), of(STOCK, ADDED, "cpu_ms")
    full, scrolling = of(FULL, ADDED, "cpu_ms"), of(TILL, SCROLLING, "cpu_ms")
    figures = [
        _ratio(
            comparison,
            "digit typed: time / stock",
            of(TILL, "character typed", "ms"),
            of(STOCK, "character typed", "ms"),
            0.7,
        ),
        _bytes(comparison, "digit typed", of(TILL, "character typed", "bytes"), 100),
        _ratio(comparison, "line added: CPU, all / stock", row, its_row, None),
        _ratio(comparison, "line added: CPU, screen / stock", row, its_row, 0.25, service["line"]),
        _ratio(
            comparison,
            "line added, scrolling: CPU, screen / stock",
            scrolling,
            its_row,
            0.25,
            service["line"],
        ),
        _ratio(
            comparison,
            f"line added at {MANY_LINES}: CPU, screen / stock",
            full,
            its_row,
            0.25,
            service["line at many"],
        ),
        _same_when_full(comparison, service),
        _bytes(comparison, "line added, with room", of(TILL, ADDED, "bytes"), 300),
        _bytes(comparison, "line added, scrolling", of(TILL, SCROLLING, "bytes"), 2_500),
        *_paid_figures(comparison, service),
        *_shown_figures(comparison),
    ]
    for name, unit, limit in (
        ("bytes_per_s", "bytes/s", 0),
        ("cpu_percent", "%", 0.5),
        ("wakeups_per_s", "/s", 12),
    ):
        place = of(TILL, "idle", name)
        stocks = f"stock {median(comparison, of(STOCK, 'idle', name)):,.2f}"
        name = f"idle: {name.partition('_')[0]}"
        figures.append(Figure(name, median(comparison, place), unit, limit, note=stocks))
    return figures


def _same_when_full(comparison: dict[str, Any], service: dict[str, float]) -> Figure:
    """Both scroll, so that only the number of lines differs."""
    few = median(comparison, (TILL, SCROLLING, "cpu_ms")) - service["line"]
    many = median(comparison, (FULL, ADDED, "cpu_ms")) - service["line at many"]
    name = f"line added, scrolling: CPU, screen, {MANY_LINES} lines / {SCROLLED + LINES_ADDED}"
    return Figure(name, many / few, "x", limit=1.2, note=f"{many:.2f} / {few:.2f} ms")


def _paid_figures(comparison: dict[str, Any], service: dict[str, float]) -> list[Figure]:
    paid, row = per_run(comparison, (TILL, PAID, "cpu_ms")), (TILL, ADDED, "cpu_ms")
    whole = quotients(comparison, (TILL, PAID, "cpu_ms"), row)
    screens = [
        (one - service["payment"]) / (line - service["line"])
        for one, line in zip(paid, per_run(comparison, row), strict=True)
    ]
    note = f"{statistics.median(paid) - service['payment']:.2f} ms; "
    return [
        Figure(
            "bill paid: CPU, all / line added",
            whole["median"],
            "x",
            limit=2,
            note=f"{statistics.median(paid):.2f} ms",
        ),
        Figure(
            "bill paid: CPU, screen / line added",
            statistics.median(screens),
            "x",
            limit=2,
            note=note + spread(min(screens), max(screens)),
        ),
    ]


def _shown_figures(comparison: dict[str, Any]) -> list[Figure]:
    """How soon an answer of the clerk is on the screen; a letter's own frame comes before it."""
    added, stocks = (median(comparison, (name, ADDED, "ms")) for name in (TILL, STOCK))
    typed, searched = (
        median(comparison, (TILL, label, "ms")) for label in ("character typed", SEARCHED)
    )
    return [
        Figure("line added: time", added, "ms", note=f"stock {stocks:.1f} ms"),
        Figure("bill paid: time", median(comparison, (TILL, PAID, "ms")), "ms"),
        Figure(
            "first items found: frames after the letter",
            (searched - typed) / FRAME_MS,
            f"of {FRAME_MS:.1f} ms",
            limit=1.5,  # the next frame, and the time it takes to paint
            note=f"{searched:.1f} / {typed:.1f} ms",
        ),
    ]


def _ratio(
    comparison: dict[str, Any],
    name: str,
    mine: Place,
    its: Place,
    limit: float | None,
    less: float = 0,
) -> Figure:
    found = quotients(comparison, mine, its, less)
    told = f"{median(comparison, mine) - less:.2f} / {median(comparison, its):.2f} ms"
    note = f"{told}; {spread(found['min'], found['max'])}"
    return Figure(name, found["median"], "x", limit, note=note)


def _bytes(comparison: dict[str, Any], name: str, place: Place, limit: float) -> Figure:
    scenario, label, figure = place
    most = comparison["figures"][scenario][label][figure]["max"]
    return Figure(
        f"{name}: bytes", median(comparison, place), "", limit, note=f"at most {most:,.0f}"
    )


def _service_costs(home: Home, repeat: int) -> dict[str, float]:
    """CPU of the clerk's work in milliseconds, with pauses as they are between keys."""
    clear_counter(home)
    with open_till(home) as opened:
        checkout = opened.checkout(COUNTER, ACTOR)
        settle_memory()

        def cost(key_in: str) -> float:
            time.sleep(PAUSE_S)
            begun = time.thread_time_ns()
            checkout.key_in(key_in)
            return (time.thread_time_ns() - begun) / 1e6

        added, paid = [], []
        for _ in range(repeat // len(SALE)):
            added += [cost(keyed.removesuffix("<enter>")) for keyed in SALE]
            paid.append(cost("+"))
        for number in range(MANY_LINES):
            checkout.key_in(str(FIRST_PLU + number))
        at_many = [cost(str(FIRST_PLU + number)) for number in range(repeat)]
        checkout.key_in("--")
    return {
        "line": statistics.median(added),
        "payment": statistics.median(paid),
        "line at many": statistics.median(at_many),
    }


# -- memory


def memory(bills: int, runs: int) -> Measured:
    """After a morning and after a day, against stock widgets after 62 rows."""
    home = copy_books(make_books(PRODUCTS, BILLS), "screen")
    chance = random.Random(bills)
    steps: list[Keys | Idle | Memory] = []
    for number in range(1, 2 * bills + 1):
        items = [f"{FIRST_PLU + chance.randrange(PRODUCTS)}<enter>" for _ in SALE]
        steps += [press("".join(items), lines(len(items)), 0), press("+<enter>", lines(0), 0)]
        if number in (bills, 2 * bills):
            steps.append(Memory(f"after {number}"))
    stock = floor("stock", 0, 0.1)
    comparison = compare([till(home, TILL, steps), stock], runs=runs, date="", warm_up_runs=0)
    figures = comparison["figures"]
    first, then = (figures[TILL][f"after {n}"] for n in (bills, 2 * bills))
    stocks = figures[STOCK]["memory after"]

    def told(name: str) -> str:
        return f"{first[name]['median']:.1f} / {stocks[name]['median']:.1f} MB"

    grown = then["private_mb"]["median"] - first["private_mb"]["median"]
    return Measured(
        [
            Figure(
                f"memory after {bills:,} bills: PSS / stock",
                first["pss_mb"]["median"] / stocks["pss_mb"]["median"],
                "x",
                limit=1.3,
                note=f"{told('pss_mb')}; private {told('private_mb')}",
            ),
            Figure(
                f"memory: growth per 1,000 bills, from {bills:,} to {2 * bills:,}",
                grown * 1000 / bills,
                "MB",
                limit=1 if bills >= 1_000 else None,  # before, caches fill
            ),
        ],
        comparison,
    )
