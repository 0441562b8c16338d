"""Why something was done that the books will be asked about later."""

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean

REASON_MAX = 120


def told_reason(text: str) -> str:
    """A reason as it is kept, if there is one."""
    return clean(text, limit=REASON_MAX)


def needed_reason(text: str) -> str:
    """A reason as it is kept. Refused where none is given."""
    reason = told_reason(text)
    if not reason:
        raise Refused("reason-missing", "say why: a reason is needed")
    return reason
