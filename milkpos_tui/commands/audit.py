"""`milkpos audit`: is the journal whole?"""

import typer

from milkpos_tui.commands import context

group = typer.Typer(no_args_is_help=True)

EXIT = {"good": 0, "tampered": 1, "cut": 2, "unanchored": 3, "unreadable": 4}


@group.callback()
def _group() -> None:
    """Keeps `verify` a command of its own."""


@group.command()
def verify(
    rebuild: bool = typer.Option(
        False, "--rebuild", help="Also replay the journal and compare every table."
    ),
) -> None:
    """Check every entry: number, chain, hash, signature; with --rebuild also every row.

    \b
    Exit codes of this command:
      0  good: whole, signed by this node, nothing missing
      1  tampered: the first bad entry or row is named
      2  cut: newer entries were written than are there
      3  unanchored: whole as far as it goes, but the anchor file beside the database is gone
      4  unreadable: the database or the node's key can't be read

    Example: milkpos audit verify --rebuild --json
    """
    from milkpos_tui.till import verify_home

    verdict = verify_home(context.settings.found_home, rebuild=rebuild)
    bad = verdict.bad
    names = None
    told = f"{verdict.result.value}: {verdict.entries} entries"
    if bad is not None:
        names = {"node": bad.node, "epoch": bad.epoch, "seq": bad.seq, "reason": bad.reason}
        names["table"] = bad.table
        where = f"entry {bad.seq} of node {bad.node}: " if bad.seq else ""
        told = f"{verdict.result.value}: {where}{bad.reason}"
    context.result(
        {
            "result": verdict.result.value,
            "entries": verdict.entries,
            "first_bad": names,
            "unanchored_bills": verdict.unanchored_bills,
            "head": verdict.head,
        },
        [told],
    )
    raise typer.Exit(EXIT[verdict.result.value])
