"""`milkpos audit`: is the journal whole?"""

import json

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, say

group = typer.Typer(no_args_is_help=True)

EXIT = {"good": 0, "tampered": 1, "cut": 2, "unanchored": 3, "unreadable": 4}


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


@group.command()
def export(
    first: int = typer.Option(1, "--first", metavar="SEQ", min=1, help="The first entry's number."),
) -> None:
    """The journal as JSON, an entry a line, for an auditor's own tools.

    Each line has the entry as it was hashed (its canonical form: keys sorted, no spaces), the hash
    before it, its own, and the signature, in hex. docs/journal.md says how they belong together.

    Example: milkpos audit export > journal.jsonl
    """
    with opened() as till:
        for sealed in till.books.entries(first, acting(till)):
            names = {
                "entry": sealed.entry._asdict(),
                "prev": sealed.prev.hex(),
                "hash": sealed.hash.hex(),
                "signature": sealed.signature.hex(),
            }
            say(json.dumps(names, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
