"""The root of the command line: which group, and how a run ends."""

import importlib
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from milkpos_tui.commands import context
from milkpos_tui.commands.failing import INTERRUPTED, PIPE_CLOSED, drop_output, guarded, tell
from milkpos_tui.commands.globals import Settings

HELP = """The till of a dairy shop. Without a command it opens the till.

\b
Examples:
  milkpos init --name "Nandini Dairy" --state-code 29 --tax-mode regular --owner asha \\
      --owner-name Asha --sample
  milkpos                                  open the till
  milkpos shift open --float 500           answer for the drawer's cash; then sell
  printf '3*12\\n+500\\n' | milkpos ring     sell three of item 12, Rs 500 in cash
  milkpos bill list --date 2026-11-23 --json
  milkpos audit verify --rebuild
"""

# Group or command -> its module, the attribute there, and the line in the help.
COMMANDS = {
    "init": ("setup", "init", "Make a new till in its home."),
    "demo": ("demo", "demo", "A shop to try: people, goods and a traded week."),
    "ring": ("ring", "ring", "The entry line on standard input, one key-in a line."),
    "display": ("display", "display", "What the customer sees, in a terminal of its own."),
    "bill": ("bills", "group", "Bills: list, show, return, reprint."),
    "shift": ("shifts", "group", "Shifts: open, cash in and out, count, hand over, close, report."),
    "product": (
        "products",
        "group",
        "The catalogue: list, show, add, change, import, export, labels.",
    ),
    "customer": ("customers", "group", "Customers: list, add, change, merge, erase, import."),
    "khata": ("khata", "group", "Khata: what customers owe, receive, adjust, statement, ageing."),
    "rate": ("rates", "group", "Price lists and customers' own rates: list, set."),
    "order": ("orders", "group", "Standing orders: add, pause, skip, more, switch, end."),
    "round": ("rounds", "group", "Rounds: the sheet, recorded by exception, generated."),
    "month": ("months", "group", "Monthly bills: run, list, show, messages."),
    "message": ("messages", "group", "Messages: list, channel, queue, send, settle, drop."),
    "milk": ("milk", "group", "Milk from farmers: take, list, chart, rates, settle."),
    "user": ("users", "group", "People: list, add, change, disable, PINs."),
    "counter": ("counters", "group", "Counters: list, add."),
    "setting": ("settings", "group", "The shop's settings: list, set."),
    "device": ("devices", "group", "Devices: find, add, test, watch, learn, print jobs."),
    "audit": ("audit", "group", "The journal: is it whole?"),
    "doctor": ("doctor", "doctor", "What this machine has, and what is missing."),
}


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    context.settings = settings
    return guarded(settings, lambda: _call(settings, arguments))


def _call(settings: Settings, arguments: Sequence[str]) -> int:
    try:
        code = _root(_wanted(arguments))(
            list(arguments), prog_name="milkpos", standalone_mode=False
        )
        context.flush()
    except TyperException as error:
        tell(settings, "usage", f"{error.format_message()} (milkpos --help)")
        return error.exit_code
    except typer.Abort:
        return INTERRUPTED
    except context.OutputGone:
        drop_output()
        return PIPE_CLOSED
    except SystemExit as ended:
        if ended.code != 1:  # 1 is click's own end where nobody reads the help any more
            raise
        drop_output()
        return PIPE_CLOSED
    return code if isinstance(code, int) else 0


def _wanted(arguments: Sequence[str]) -> list[str]:
    """The commands to load: the one that is called, or all of them for the help."""
    named = next((word for word in arguments if not word.startswith("-")), None)
    return [named] if named in COMMANDS else list(COMMANDS)


def _root(names: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        name="milkpos",
        help=HELP,
        rich_markup_mode=None,  # [brackets] in texts are brackets
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globals)
    for name in names:
        module, attribute, line = COMMANDS[name]
        found = getattr(importlib.import_module(f"milkpos_tui.commands.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, help=line)
        else:
            app.command(name, short_help=line)(found)
    return app


def _tell_version(wanted: bool) -> None:
    if wanted:
        from milkpos_tui import __version__

        context.say(f"milkpos {__version__}")
        raise typer.Exit


def _globals(
    home: str = typer.Option("", "--home", metavar="DIR", help="The till's folder."),
    counter: str = typer.Option("", "--counter", metavar="NAME", help="The counter billed on."),
    operator: str = typer.Option("", "--as", metavar="OPERATOR", help="Who acts."),
    approver: str = typer.Option("", "--approve", metavar="OPERATOR", help="Who allows it."),
    because: str = typer.Option("", "--because", metavar="WHY", help="Why it is allowed."),
    as_json: bool = typer.Option(False, "--json", help="The result as JSON."),
    debug: bool = typer.Option(False, "--debug", help="Show where a failure came from."),
    version: bool = typer.Option(
        False, "--version", help="The version.", callback=_tell_version, is_eager=True
    ),
) -> None:
    """Only for the help: these options are taken out before, wherever they stand."""
