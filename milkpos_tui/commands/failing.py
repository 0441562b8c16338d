"""How a command fails: words or JSON on standard error, and an exit code. Never a traceback."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

from milkpos_tui.commands.globals import Settings
from milkpos_tui.domain.errors import Defect, MilkPOSError, Unreachable
from milkpos_tui.domain.text import clean

INTERRUPTED = 130
PIPE_CLOSED = 141
DEFECT = Defect.exit_code
MESSAGE_MAX = 4000


def guarded(settings: Settings, action: Callable[[], int]) -> int:
    """Run an action; what it raises becomes words and an exit code."""
    try:
        settings.check()
        return action()
    except MilkPOSError as error:
        _trace(settings)
        tell(settings, error.code, error.message)
        return error.exit_code
    except OSError as error:
        _trace(settings)
        drop_output()
        tell(settings, "file-unreachable", f"{error.filename or 'a file'}: {error.strerror}")
        return Unreachable.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last door: a defect of ours, told and not shown
        _trace(settings)
        tell(settings, "defect", f"a defect of milkpos: {error!r}. --debug shows where")
        return DEFECT


def drop_output() -> None:
    """Send what is left of the output nowhere, so that the interpreter does not fail at it too."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def tell(settings: Settings, code: str, message: str) -> None:
    """Tell a failure on standard error; what a file or a key-in said is cleaned first."""
    message = clean(message, limit=MESSAGE_MAX)
    if settings.json:
        told = json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False)
    else:
        told = f"milkpos: {message}"
    if sys.stderr is not None:
        sys.stderr.write(told + "\n")


def _trace(settings: Settings) -> None:
    if settings.debug:
        traceback.print_exc()
