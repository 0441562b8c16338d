"""The khata screens on a real pseudo-terminal: what they cost with 20,000 customers and with 20."""

from benchmarks.books import RESULTS, copy_books
from benchmarks.compare import compare, median, quotients
from benchmarks.figures import Figure, Measured, spread
from benchmarks.khata import CUSTOMERS, ENTRIES, make_khata
from benchmarks.measure import Keys, Scenario
from benchmarks.screen import till
from milkpos_tui.home import Home

FEW = 20
OPENED = 7
MANY_NAME, FEW_NAME = "many", "few"
LIST, LEDGER = "list of customers opened", "one customer's khata opened"
# Alt and a letter comes 100 ms late: a terminal sends it as Esc and the letter. A key that comes
# at once shows what the screen itself takes.
KEYS = '[keys]\nkhata = "f11"\nshift = "alt+s"\n'
LISTED = r"^ +code +name"
SETTLE_S = 0.3  # longer than Textual waits whether more comes behind Esc


def opening(runs: int) -> Measured:
    """The list of all customers, and the khata of the first one: with 100,000 entries, or one."""
    many = copy_books(make_khata(), "khata-many")
    few = copy_books(make_khata(FEW, FEW), "khata-few")
    scenarios = [_scenario(MANY_NAME, many), _scenario(FEW_NAME, few)]
    comparison = compare(scenarios, runs=runs, date="")
    figures = [
        _ratio(comparison, LIST, "ms", f"ledger screen: opening, {CUSTOMERS:,} / {FEW}", 1.5),
        _ratio(comparison, LIST, "cpu_ms", f"ledger screen: CPU, {CUSTOMERS:,} / {FEW}", 1.5),
        _ratio(comparison, LEDGER, "ms", f"one khata: opening, {ENTRIES:,} entries / {FEW}", None),
    ]
    return Measured(figures, comparison)


def _scenario(name: str, home: Home) -> Scenario:
    (home.path / "config.toml").write_text(KEYS)
    steps = [
        Keys("", lambda _i: "<f11>", lambda _i: LISTED, settle_s=SETTLE_S),  # what is loaded once
        Keys("", lambda _i: "<enter>", lambda _i: "Khata of 1 ", settle_s=SETTLE_S),
        Keys("", lambda _i: "<esc>", lambda _i: LISTED, settle_s=SETTLE_S),
        Keys(
            LIST,
            lambda _i: "<f11>",
            lambda _i: LISTED,
            OPENED,
            before=lambda _i: "<esc>",
            settle_s=SETTLE_S,
        ),
        Keys(
            LEDGER,
            lambda _i: "<enter>",
            lambda _i: "Khata of 1 ",
            OPENED,
            before=lambda i: "<esc>" if i else "",
            settle_s=SETTLE_S,
        ),
    ]
    scenario = till(home, name, list(steps))
    # The tree that this file stands in, whichever one the environment has installed.
    return Scenario(
        scenario.name,
        scenario.command,
        scenario.ready,
        scenario.steps,
        scenario.env | {"PYTHONPATH": str(RESULTS.parents[1])},
        before_run=scenario.before_run,
    )


def _ratio(
    comparison: dict[str, object], label: str, figure: str, name: str, limit: float | None
) -> Figure:
    mine, its = (MANY_NAME, label, figure), (FEW_NAME, label, figure)
    found = quotients(comparison, mine, its)
    told = f"{median(comparison, mine):.1f} / {median(comparison, its):.1f} ms"
    note = f"{told}; {spread(found['min'], found['max'])}"
    return Figure(name, found["median"], "x", limit, note=note)
