"""The command `milkpos`. Without arguments it opens the till, and loads nothing of the commands."""

import gc
import os
import sys

COMPLETION = "_MILKPOS_COMPLETE"  # set by a shell that completes our command line


def main() -> None:
    """Run what the arguments ask for, and exit with the contract's codes (docs/cli.md)."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from milkpos_tui import __version__

        print(f"milkpos {__version__}")  # noqa: T201  # the command line's own output
        return
    from milkpos_tui.commands.globals import split_globals

    settings, rest = split_globals(arguments)
    if rest or COMPLETION in os.environ:
        from milkpos_tui.commands.main import run

        sys.exit(run(settings, rest))
    # A start makes little garbage, and its two threads need not take turns every 5 ms; the app
    # sets both right when it stands.
    gc.disable()
    sys.setswitchinterval(0.05)
    from milkpos_tui.commands.screen import run_till

    sys.exit(run_till(settings))


if __name__ == "__main__":
    main()
